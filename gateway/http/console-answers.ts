// How console and API answer: decoded bodies in, JSON refusals with reason and sentence out.
import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Refusal } from '../../protocol/http-api.ts';
import { type Decoder, Malformed } from '../../protocol/schema.ts';
import { asRefused, Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import { ConfigError } from '../sites/config.ts';
import { sentence } from './words.ts';

/** The body of a request as a message of ours. @throws {Refused} `malformed` */
export function readBody<T>(decoder: Decoder<T>, req: Request): T {
  try {
    return decoder(req.body, '');
  } catch (error) {
    if (error instanceof Malformed) throw new Refused('malformed', {}, error);
    throw error;
  }
}

/** The last handler: whatever was thrown becomes one refusal, said in the caller's language; unknown errors are logged. */
export function answerRefusals(log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const refused = translate(error);
    const rule = { reason: refused.reason, method: req.method, path: req.path };
    if (refused.reason === 'internal') log.error({ ...rule, err: error }, 'console request failed');
    else log.info(rule, 'console request refused');
    if (res.headersSent) return next(error);
    sendRefusal(req, res, refused);
  };
}

function translate(error: unknown): Refused {
  if (error instanceof ConfigError) {
    const [first] = error.problems;
    return new Refused(
      'config-broken',
      { line: String(first?.line ?? 1), problem: first?.message ?? '' },
      error,
    );
  }
  // Errors of the body parser carry the status they stand for.
  const { status, type } = error as { status?: unknown; type?: unknown };
  if (!(error instanceof Refused) && typeof status === 'number' && status >= 400 && status < 500)
    return new Refused(
      type === 'entity.too.large' && isDocument(error) ? 'document-too-large' : 'malformed',
      {},
      error,
    );
  return asRefused(error);
}

/** The parser's limit is that of documents only on the route of documents. */
function isDocument(error: unknown): boolean {
  return (
    (error as { limit?: number }).limit !== undefined && (error as { limit: number }).limit > 1024 * 1024
  );
}

function sendRefusal(req: Request, res: Response, refused: Refused): void {
  const message = sentence(refused.reason, refused.params, req.headers['accept-language']);
  res.status(refused.status).set('Cache-Control', 'no-store');
  if (/^\/(console\/)?api\//.test(req.path)) {
    const body: Refusal = { reason: refused.reason, message };
    if (Object.keys(refused.params).length > 0) body.params = refused.params;
    res.json(body);
  } else {
    res.type('text/plain').send(message);
  }
}
