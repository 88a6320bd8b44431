// The HTTPS server: TLS 1.2 or newer, HTTP/1.1 and WebSockets, a certificate by name, and connections known before they are encrypted.
import type { Server as PlainServer } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { Log } from '../log.ts';
import type { ServedCertificates } from './served-certificates.ts';

/** To have agreed on keys; a browser needs two round trips. */
const HANDSHAKE_MS = 10_000;

export interface SecureServerOptions {
  certificates: () => ServedCertificates;
  minVersion: 'TLSv1.2' | 'TLSv1.3';
  log: Log;
}

/** @param http as for `http.createServer` */
export function createSecureServer(http: ServerOptions, options: SecureServerOptions): Server {
  const choose = (name: string, done: (error: Error | null, context?: SecureContext) => void): void => {
    options
      .certificates()
      .contextFor(name.toLowerCase())
      .then(
        (context) => done(null, context),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
  };
  const server = createServer({
    ...http,
    minVersion: options.minVersion,
    handshakeTimeout: HANDSHAKE_MS,
    ALPNProtocols: ['http/1.1'],
    SNICallback: choose,
  });
  // Noise of scanners and of browsers that do not trust the certificate (yet): nothing that an operator must act on.
  server.on('tlsClientError', (error: NodeJS.ErrnoException) =>
    options.log.debug({ code: error.code, message: error.message }, 'TLS handshake failed'),
  );
  return server;
}

/**
 * Tells of each connection when it comes in, and which encrypted socket stands for it later: what is counted must be counted
 * from the first byte on, but requests know the encrypted one only.
 */
export function watchConnections(
  server: PlainServer | Server,
  opened: (raw: Socket) => void,
  secured: (encrypted: TLSSocket, raw: Socket) => void,
): void {
  const greeting = new Map<string, Socket>();
  const keyOf = ({ localAddress, localPort, remoteAddress, remotePort }: Socket): string =>
    [localAddress, localPort, remoteAddress, remotePort].join(' ');
  server.on('connection', (raw: Socket) => {
    const key = keyOf(raw);
    greeting.set(key, raw);
    raw.once('close', () => greeting.get(key) === raw && greeting.delete(key));
    opened(raw);
  });
  server.on('secureConnection', (encrypted: TLSSocket) => {
    const key = keyOf(encrypted);
    const raw = greeting.get(key);
    greeting.delete(key);
    if (raw) secured(encrypted, raw);
  });
}
