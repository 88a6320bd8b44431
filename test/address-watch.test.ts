// The watch of the end-to-end tests sees a session address wherever it reaches an upstream.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { watchAddresses } from './address-watch.ts';

const ADDRESS = 'shop-example--abcdefghijklmnop.cobrowse.localhost:8080';

async function withServer(use: (port: number) => Promise<void>): Promise<() => void> {
  const server = createServer((req, res) => req.resume().on('end', () => res.end('ok')));
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.on('message', () => socket.close()));
  const watch = watchAddresses(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  await use((server.address() as AddressInfo).port);
  server.closeAllConnections();
  server.close();
  return () => watch.check();
}

const post = async (port: number, path: string, body: string, headers = {}): Promise<void> => {
  await (await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, headers })).text();
};
const say = async (port: number, text: string): Promise<void> => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  await once(socket, 'open');
  socket.send(text);
  await once(socket, 'close');
};

it.each<[string, (port: number) => Promise<void>]>([
  ['path', (port) => post(port, `/?from=${encodeURIComponent(`http://${ADDRESS}/`)}`, '')],
  ['header', (port) => post(port, '/', '', { 'X-Came-From': ADDRESS })],
  ['long body', (port) => post(port, '/', `${'x'.repeat(100_000)}${ADDRESS}`)],
  ['message', (port) => say(port, `hello ${ADDRESS}`)],
])('in a %s', async (_where, use) => {
  expect(await withServer(use)).toThrow('shop-example--');
});

it('in two parts of one request', async () => {
  const use = async (port: number): Promise<void> => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Of: ${ADDRESS.slice(0, 30)}`);
    await new Promise((done) => setImmediate(done));
    socket.end(`${ADDRESS.slice(30)}\r\n\r\n`);
    await once(socket.resume(), 'close');
  };
  expect(await withServer(use)).toThrow('shop-example--');
});

it('and nothing where there is none', async () => {
  const check = await withServer(async (port) => {
    await post(port, '/cobrowse.html', 'real addresses only: http://www.shop.example/');
    await say(port, 'hello');
  });
  check();
});
