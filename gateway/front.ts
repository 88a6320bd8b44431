// What every request must satisfy before a door is chosen: the framing and targets that Node's parser lets through (security.md 1.2).
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** Header lines of a request; Node would silently drop what is beyond its own limit. */
const MAX_HEADER_LINES = 100;

/** Status of the refusal; undefined when the request may go on. */
export function refuseFraming(req: IncomingMessage): 400 | 405 | 431 | undefined {
  const { method, url = '', rawHeaders, headers, httpVersion } = req;
  if (method === 'TRACE' || method === 'CONNECT') return 405;
  if (rawHeaders.length / 2 > MAX_HEADER_LINES) return 431;
  // Absolute-form and `*` are for proxies of another kind; `//host` would be read as a host by the next parser.
  if (!url.startsWith('/') || url.startsWith('//')) return 400;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 400;
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]!.toLowerCase() === 'host') hosts++;
  if (hosts > 1) return 400;
  const coding = headers['transfer-encoding'];
  // Another server behind us may see another end of the body (request smuggling).
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersion === '1.0')) return 400;
  if (headers.trailer !== undefined) return 400;
  return undefined;
}

const PHRASES: Record<number, string> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  421: 'Misdirected Request',
  431: 'Request Header Fields Too Large',
};

/** Answers on the bare socket and closes it. @param healCookies whether the cookies of this host may be the fault */
export function answerBare(socket: Duplex, status: number, text: string, healCookies = false): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = `${text}\n`;
  socket.end(
    [
      `HTTP/1.1 ${status} ${PHRASES[status] ?? 'Refused'}`,
      'Connection: close',
      'Origin-Agent-Cluster: ?1',
      'Content-Type: text/plain; charset=utf-8',
      "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
      'X-Content-Type-Options: nosniff',
      'Cache-Control: no-store',
      // A cookie bomb planted by a page would lock everybody out of the base; the session's own cookies are issued anew.
      ...(healCookies ? ['Clear-Site-Data: "cookies"'] : []),
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}

/** The Host header in the bytes of a request that could not be parsed. */
export function hostInPacket(packet: Buffer | undefined): string | undefined {
  return /^host:[ \t]*([^\r\n]+?)[ \t]*$/im.exec(packet?.toString('latin1') ?? '')?.[1];
}
