// Our own small pages on session addresses: refusals, the way out, and what a dead address says.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Reason } from '../../protocol/reasons.ts';
import type { Refused } from '../errors.ts';
import { escapeHtml } from '../rewrite/escape-html.ts';
import type { Places } from '../sites/places.ts';

const STYLE = `:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}main{max-width:32rem;padding:2rem}p{margin:0 0 1rem}code{font-size:.8rem;opacity:.7}`;

/**
 * Heads of every page of ours: nothing of an upstream may run in it, and only the session window or a page of a session may
 * frame it.
 */
function pageHeaders(places: Places, tag: OwnTag | undefined): OutgoingHttpHeaders {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; ${tag ? `script-src 'nonce-${tag.nonce}'; ` : ''}style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors ${places.scheme}://*.${places.base}`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'origin-agent-cluster': '?1',
  };
}

/** The injected script's tag, so that followers see what the customer sees here, too. */
export interface OwnTag {
  html: string;
  nonce: string;
}

export interface PageDeps {
  places: Places;
  sentence(reason: Reason, params?: Record<string, string>, acceptLanguage?: string): string;
}

/** A page with one sentence and its reason code. */
export function sendPage(
  req: IncomingMessage,
  res: ServerResponse,
  deps: PageDeps,
  answer: {
    status: number;
    reason: Reason;
    params?: Record<string, string>;
    headers?: OutgoingHttpHeaders;
    tag?: OwnTag | undefined;
  },
): void {
  const said = deps.sentence(answer.reason, answer.params, languageOf(req));
  const body = `<!doctype html><html><head>${answer.tag?.html ?? ''}<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(said)}</title><style>${STYLE}</style></head><body data-reason="${answer.reason}"><main><p role="alert">${escapeHtml(said)}</p><code>${answer.reason}</code></main></body></html>`;
  res.writeHead(answer.status, {
    ...pageHeaders(deps.places, answer.tag),
    'content-length': Buffer.byteLength(body),
    ...answer.headers,
  });
  res.end(req.method === 'HEAD' ? undefined : body);
}

/** Still there when the stage of request headers has made the others the upstream's. */
function languageOf(req: IncomingMessage): string | undefined {
  return req.headers['accept-language'];
}

/** A refusal: a page where a page was expected, JSON otherwise. */
export function sendRefusal(
  req: IncomingMessage,
  res: ServerResponse,
  deps: PageDeps,
  refused: Refused,
  options: { isDocument: boolean; headers?: OutgoingHttpHeaders; tag?: OwnTag | undefined },
): void {
  if (res.headersSent) {
    // Something of the body is out already: only breaking off tells the browser that it is not whole.
    res.destroy();
    return;
  }
  const { status, reason, params } = refused;
  // What follows on a connection whose framing is in doubt must not be read as a request.
  if (reason === 'malformed') res.setHeader('connection', 'close');
  if (options.isDocument || reason === 'session-ended') {
    sendPage(req, res, deps, {
      status,
      reason,
      params,
      tag: options.tag,
      ...(options.headers ? { headers: options.headers } : {}),
    });
    return;
  }
  const body = JSON.stringify({ reason, sentence: deps.sentence(reason, params, languageOf(req)) });
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'origin-agent-cluster': '?1',
    ...options.headers,
  });
  res.end(req.method === 'HEAD' ? undefined : body);
}
