// The console's request gate and headers: which requests are looked at at all, before any routing (security.md 2.3, 2.4).
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { Refused } from '../errors.ts';
import type { Places } from '../sites/places.ts';
import { strictTransport } from './strict-transport.ts';

const SAFE = new Set(['GET', 'HEAD']);

/**
 * Lets through what our own pages and typed addresses ask for, nothing that another site made a browser send.
 * @throws {Refused} `wrong-origin`, `service-worker`
 */
export function checkConsoleRequest(
  request: Pick<IncomingMessage, 'method' | 'headers'>,
  places: Pick<Places, 'consoleOrigin'>,
): void {
  const { headers, method = '' } = request;
  if (headers['service-worker'] !== undefined) throw new Refused('service-worker');
  if (!SAFE.has(method) && headers.origin !== places.consoleOrigin) throw new Refused('wrong-origin');
  if (headers.origin !== undefined && headers.origin !== places.consoleOrigin)
    throw new Refused('wrong-origin');
  const from = headers['sec-fetch-site'];
  // Older browsers and tools do not say; they send no cross-site cookie of ours either (SameSite=Lax).
  if (from === undefined || from === 'same-origin' || from === 'none') return;
  const isTopNavigation =
    headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document' && SAFE.has(method);
  if (!isTopNavigation) throw new Refused('wrong-origin');
}

/** Headers of every answer of the console's host. @param hsts seconds of Strict-Transport-Security */
export function consoleHeaders(places: Places, hsts = 0): RequestHandler {
  const sockets = places.consoleOrigin.replace(/^http/, 'ws');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'font-src': ["'self'"],
        'media-src': ["'self'"],
        'connect-src': ["'self'", sockets],
        // The followers' views; a shell or a page cannot be framed here, they refuse it themselves.
        'frame-src': [`${places.scheme}://*.${places.base}`],
        'frame-ancestors': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'require-trusted-types-for': ["'script'"],
      },
    },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    originAgentCluster: true,
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: strictTransport(places, hsts),
    xFrameOptions: { action: 'deny' },
  });
}
