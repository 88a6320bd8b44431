// Our own paths on session addresses: the injected script, the way out, a blank page, and the emptying at Stop.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { OWN_PREFIX, shellOrigin } from '../../protocol/address.ts';
import { chooseCoding } from '../content-coding.ts';
import { Refused } from '../errors.ts';
import { blockedBy } from './blocked.ts';
import { authenticate, TO_SHELL } from './guard.ts';
import { BLANK_PATH, CLEAR_PATH, OUTSIDE_PATH, REPORT_PATH, SCRIPT_PATH } from './own-paths.ts';
import { ownTag } from './own-tag.ts';
import { sendPage } from './pages.ts';
import type { ProxyDeps, ProxySession } from './proxy-session.ts';
import { takeReport } from './reports.ts';

/** What empties the browser of the site's data. Never `"cookies"`: that would take the passes of other sessions too. */
export const CLEAR_HEADER = { 'clear-site-data': '"storage", "cache"' } as const;

/** Whether a request is for the emptying page: on a dead address that is all that is left. */
export function isClearPath(url: string | undefined): boolean {
  return url?.split('?', 1)[0] === CLEAR_PATH;
}

/**
 * Answers the request when its path is ours.
 * @throws {Refused} session-ended for those who have no right to the session, and for paths below ours that are nothing
 */
export function serveOwn(
  req: IncomingMessage,
  res: ServerResponse,
  session: ProxySession,
  slug: string,
  deps: ProxyDeps,
): boolean {
  const { url = '', headers } = req;
  if (!url.startsWith(OWN_PREFIX)) return false;
  const [path, query = ''] = url.split('?', 2) as [string, string?];
  if (path === REPORT_PATH && req.method === 'POST') {
    // Of a page of this session, with the pass or without.
    if (authenticate(req, session) === TO_SHELL) throw new Refused('session-ended', {}, 'report');
    void takeReport(req, res, session, deps);
    return true;
  }
  if (req.method !== 'GET' && req.method !== 'HEAD') throw new Refused('session-ended', {}, 'method');
  if (path === CLEAR_PATH) {
    // While the session lives only its own window may do it.
    if (!isFromShell(headers, session)) throw new Refused('session-ended', {}, 'clear');
    sendPage(req, res, deps, { status: 200, reason: 'session-ended', headers: CLEAR_HEADER });
    return true;
  }
  if (path === SCRIPT_PATH) {
    serveScript(req, res, session, deps);
    return true;
  }
  if (authenticate(req, session) === TO_SHELL) throw new Refused('session-ended', {}, 'top level');
  if (path === OUTSIDE_PATH) {
    const outside = new URLSearchParams(query).get('url') ?? '';
    deps.blocked?.(session, blockedBy(req, session, outside));
    sendPage(req, res, deps, {
      status: 200,
      reason: 'address-outside',
      params: { host: URL.parse(outside, 'https://invalid/')?.host ?? '' },
      tag: ownTag(req, session, slug, deps),
    });
    return true;
  }
  if (path === BLANK_PATH) {
    res.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'origin-agent-cluster': '?1',
      'content-security-policy': `default-src 'none'; frame-ancestors ${shellOrigin(session.addresses.table)} ${deps.places.scheme}://*.${deps.places.base}`,
    });
    res.end('<!doctype html>');
    return true;
  }
  throw new Refused('session-ended', {}, 'own path');
}

function isFromShell({ origin, referer }: IncomingMessage['headers'], { addresses }: ProxySession): boolean {
  const shell = shellOrigin(addresses.table);
  return origin === shell || referer === `${shell}/`;
}

/** The script itself holds nothing of the session. A sandboxed frame of the page asks for it without the pass. */
function serveScript(
  req: IncomingMessage,
  res: ServerResponse,
  session: ProxySession,
  deps: ProxyDeps,
): void {
  const { referer, origin } = req.headers;
  const isWorker =
    req.headers['service-worker'] !== undefined || req.headers['sec-fetch-dest'] === 'serviceworker';
  const byReferer = referer === undefined || isWorker ? undefined : session.addresses.toUpstream(referer);
  if (byReferer === undefined && authenticate(req, session) === TO_SHELL) throw new Refused('session-ended');
  const { packed, body: plain } = deps.assets.injectScript;
  const coding = packed && chooseCoding(String(req.headers['accept-encoding'] ?? ''));
  const body = coding ? packed[coding] : plain;
  res.writeHead(200, {
    'content-type': 'text/javascript; charset=utf-8',
    'content-length': body.length,
    ...(coding ? { 'content-encoding': coding } : {}),
    vary: 'accept-encoding',
    'cache-control': 'private, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'origin-agent-cluster': '?1',
    ...(origin === 'null' ? { 'access-control-allow-origin': 'null' } : {}),
  });
  res.end(req.method === 'HEAD' ? undefined : body);
}
