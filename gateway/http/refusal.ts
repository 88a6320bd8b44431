// What a refused HTTP request of door 1 is answered: JSON for our scripts, a plain page for people.
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { Refusal } from '../../protocol/http-api.ts';
import { asRefused, Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import { sentence } from './words.ts';

/** Statuses of body-parser's own errors → our reasons. */
function reasonOf(error: unknown): Refused {
  if (error instanceof Refused) return error;
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  if (status === 413) return new Refused('document-too-large', {}, error);
  if (typeof status === 'number' && status >= 400 && status < 500) return new Refused('malformed', {}, error);
  return asRefused(error);
}

/** The last handler of an app: every thrown error becomes an answer with a reason. */
export function answerErrors(
  log: Log,
  extra: (req: Request) => Partial<Refusal> = () => ({}),
): ErrorRequestHandler {
  return (error, req, res, next) => {
    const refused = reasonOf(error);
    if (refused.reason === 'internal') log.error({ err: refused.cause ?? error }, 'request failed');
    else log.info({ audit: `${req.method} ${req.path}`, refused: refused.reason });
    if (res.headersSent) {
      next(error);
      return;
    }
    sendRefusal(res, refused, req.headers['accept-language'], extra(req));
  };
}

export function sendRefusal(
  res: Response,
  refused: Refused,
  language: string | undefined,
  extra: Partial<Refusal> = {},
): void {
  const body: Refusal = {
    reason: refused.reason,
    message: sentence(refused.reason, refused.params, language),
    params: refused.params,
    ...extra,
  };
  res.status(refused.status).set('Cache-Control', 'no-store').json(body);
}

/** Unsafe methods only from this very origin: cookies ride on every page's requests, whatever SameSite says. */
export function requireOwnOrigin(originOf: (req: Request) => string): RequestHandler {
  return (req, _res, next) => {
    const safe = req.method === 'GET' || req.method === 'HEAD';
    next(safe || req.headers.origin === originOf(req) ? undefined : new Refused('wrong-origin'));
  };
}

/** A whole page of ours that says one sentence; carries no script and no style of the outside. */
export function plainPage(text: string): string {
  const safe = text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Tandem</title></head>' +
    `<body><main><p>${safe}</p></main></body></html>\n`
  );
}

/** The answer of every address whose session has ended or never was: one and the same (security.md 2.3). */
export function sendGone(res: Response, language: string | undefined): void {
  res
    .status(410)
    .set('Cache-Control', 'no-store')
    .set('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
    .type('html')
    .send(plainPage(sentence('session-ended', {}, language)));
}
