// What is refused before anything looks at the host: requests that two parsers could understand differently (security.md 1.2, 2.6).
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Refused } from '../errors.ts';

const REFUSED_METHODS = new Set(['CONNECT', 'TRACE', 'TRACK']);
/** `host` or `host:port`, no list, no user info, no path. */
const HOST = /^[a-z0-9.-]+(?::\d{1,5})?$|^\[[0-9a-f:.]+\](?::\d{1,5})?$/i;

/**
 * For all doors, first of all. Node's parser has refused the worst already; this is what it lets through.
 * @throws {Refused} malformed (400)
 */
export function refuseMalformed(req: IncomingMessage): void {
  const { method = '', url = '', httpVersion, rawHeaders } = req;
  if (REFUSED_METHODS.has(method)) throw malformed('method');
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw malformed('version');
  // Absolute-form would name a second host, `*` none.
  if (!url.startsWith('/')) throw malformed('target');
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    const value = rawHeaders[index + 1]!;
    if (name === 'host') {
      hosts++;
      if (!HOST.test(value)) throw malformed('host');
    } else if (name === 'transfer-encoding') {
      // RFC 9112 6.1: on HTTP/1.0 it is a sign of smuggling; codings other than chunked would be passed on unread.
      if (httpVersion !== '1.1' || value.toLowerCase() !== 'chunked') throw malformed('transfer-encoding');
    }
  }
  if (hosts !== 1) throw malformed('host');
}

function malformed(rule: string): Refused {
  return new Refused('malformed', {}, rule);
}

/** Whether there are more header lines than allowed: answered like an overlong header. */
export function hasTooManyLines(req: IncomingMessage, headerLines = 100): boolean {
  return req.rawHeaders.length / 2 > headerLines;
}

/** What the HTTP server itself must be told so that a cookie bomb is healed; for `http.createServer`. */
export const SERVER_OPTIONS = {
  maxHeaderSize: 32 * 1024,
  headersTimeout: 10_000,
  keepAliveTimeout: 15_000,
  requestTimeout: 300_000,
  insecureHTTPParser: false,
} as const;

const BOMB_BODY = 'Too many cookies or headers. Please load the page again.';

/**
 * Heads of an answer to a request whose header is too large. A page can write cookies for the whole base ("cookie bomb"), after
 * which every address under it fails: `Clear-Site-Data` heals that at the next request; our own cookies are issued anew.
 */
export const BOMB_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/plain; charset=utf-8',
  'clear-site-data': '"cookies"',
  'cache-control': 'no-store',
  'origin-agent-cluster': '?1',
  connection: 'close',
};

/** For the server's `clientError`: the parser could make no request of it, so there is no response object. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  if (error.code === 'HPE_HEADER_OVERFLOW') {
    const head = Object.entries(BOMB_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(
      `HTTP/1.1 431 Request Header Fields Too Large\r\n${head.join('')}content-length: ${BOMB_BODY.length}\r\n\r\n${BOMB_BODY}`,
    );
    return;
  }
  const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\norigin-agent-cluster: ?1\r\n\r\n`,
  );
}

/** The same for a request that was parsed but has too many lines. */
export function answerBomb(res: ServerResponse): void {
  res.writeHead(431, BOMB_HEADERS).end(BOMB_BODY);
}
