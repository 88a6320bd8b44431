// The floor of every live figure: a WebSocket server that passes each message on to all others, and pages that speak to it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, Page } from 'playwright-core';
import { WebSocketServer } from 'ws';

export interface Relay {
  port: number;
  stop(): Promise<void>;
}

declare global {
  interface Window {
    relay: WebSocket;
  }
}

export async function startRelay(): Promise<Relay> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => {
      for (const other of sockets.clients) if (other !== socket) other.send(data, { binary: isBinary });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A page at `url` whose `window.relay` is open. */
export async function openAtRelay(context: BrowserContext, url: string, relay: Relay): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.evaluate(
    (to) =>
      new Promise<void>((resolve, reject) => {
        window.relay = new WebSocket(to);
        window.relay.onopen = () => resolve();
        window.relay.onerror = () => reject(new Error('The relay was not reached.'));
      }),
    `ws://127.0.0.1:${relay.port}/`,
  );
  return page;
}
