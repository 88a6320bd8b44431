// What moves by itself in the shop: stock and lookers over a WebSocket, offers as an event stream.
import type { IncomingMessage, Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type Exchange, schemeOf } from './exchange.ts';
import { HOSTS } from './layout.ts';
import type { Till } from './till.ts';

const TICK_MS = 2_000;
const OFFER_MS = 8_000;
const OFFERS = [
  'Free delivery from € 50',
  'A scoop with every kettle',
  'Jasmine is in season',
  'Saturday: seconds sale',
];

/** Serves `/live/stock` on the shop's host; returns what ends it. */
export function startLive(
  server: Server | SecureServer,
  till: Till,
): { answerOffers(exchange: Exchange): void; stop(): void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 4_096 });
  const streams = new Set<Exchange>();
  const say = (): void => {
    const text = JSON.stringify({ lookers: sockets.clients.size, stock: Object.fromEntries(till.stock) });
    for (const socket of sockets.clients) socket.send(text);
  };
  sockets.on('connection', (socket) => {
    say();
    // An echo lets a page see that its words arrive, too.
    socket.on('message', (data) => socket.send(JSON.stringify({ echo: String(data) })));
    socket.on('close', say);
    socket.on('error', () => socket.terminate());
  });
  const upgrade = (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const host = req.headers.host?.split(':')[0];
    const origin = req.headers.origin;
    if (
      host !== HOSTS.shop ||
      req.url !== '/live/stock' ||
      origin !== `${schemeOf(req)}://${req.headers.host}`
    ) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(req, socket, head, (accepted) => sockets.emit('connection', accepted, req));
  };
  server.on('upgrade', upgrade);
  let turn = 0;
  const offer = (exchange: Exchange): boolean =>
    exchange.res.write(`event: offer\nid: ${turn}\ndata: ${OFFERS[turn % OFFERS.length]}\n\n`);
  const tick = setInterval(say, TICK_MS);
  const next = setInterval(() => {
    turn += 1;
    for (const exchange of streams) offer(exchange);
  }, OFFER_MS);
  tick.unref();
  next.unref();
  return {
    answerOffers(exchange) {
      exchange.res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      streams.add(exchange);
      exchange.res.on('close', () => streams.delete(exchange));
      offer(exchange);
    },
    stop() {
      clearInterval(tick);
      clearInterval(next);
      server.off('upgrade', upgrade);
      for (const socket of sockets.clients) socket.terminate();
      for (const exchange of streams) exchange.res.end();
    },
  };
}
