// Connections of strangers: exactly as many as allowed, per address, also behind a front server; who is known counts no more.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Connections, TOO_MANY } from '../../../gateway/http/connections.ts';
import type { ConnectionLimits } from '../../../gateway/sites/config.ts';

const LIMITS: ConnectionLimits = { connections: 100, connectionsPerAddress: 3, connectionsFromLoopback: 3 };

let server: Server;
let sockets: Socket[] = [];
let connections: Connections;
/** Requests that were let in, in order. */
let admitted: IncomingMessage[] = [];

async function start(limits: Partial<ConnectionLimits> = {}, trusted: string[] = []): Promise<void> {
  connections = new Connections(
    () => ({ ...LIMITS, ...limits }),
    () => trusted,
  );
  server = createServer((req, res) => {
    if (!connections.admit(req, res)) {
      res.writeHead(429, { 'Content-Length': '0' }).end();
      return;
    }
    admitted.push(req);
    // `/hold` stays open.
    if (req.url !== '/hold') res.end('in');
  });
  server.on('connection', (socket) => connections.open(socket));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
}

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  admitted = [];
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

/** Opens a connection; what comes back on it is collected. */
async function dial(): Promise<{ socket: Socket; text: () => string }> {
  let text = '';
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.on('data', (part) => {
    text += part.toString('latin1');
  });
  socket.on('error', () => {});
  await new Promise((done) => socket.once('connect', done));
  return { socket, text: () => text };
}

const ask = (path = '/', headers = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;

describe('straight connections of one address', () => {
  it('are served up to the limit and refused from the next one on, until one closes', async () => {
    await start();
    const held = [await dial(), await dial(), await dial()];
    held[2]!.socket.write(ask());
    await vi.waitFor(() => expect(held[2]!.text()).toContain('200 OK'));
    const over = await dial();
    await vi.waitFor(() => expect(over.text()).toBe(TOO_MANY));
    over.socket.write(ask());
    held[0]!.socket.destroy();
    await vi.waitFor(async () => {
      const next = await dial();
      next.socket.write(ask());
      await vi.waitFor(() => expect(next.text()).toMatch(/^HTTP\/1\.1 \d/));
      expect(next.text()).toContain('200 OK');
    });
    expect(admitted.length).toBe(2);
  });

  it('count no more when they have shown who they are', async () => {
    await start();
    for (let index = 0; index < 6; index++) {
      const { socket, text } = await dial();
      socket.write(ask());
      await vi.waitFor(() => expect(text()).toContain('200 OK'));
      connections.welcome(admitted.at(-1)!);
      expect(connections.isKnown(admitted.at(-1)!)).toBe(true);
    }
  });
});

describe('all connections together', () => {
  it('are cut at the limit, known or not', async () => {
    await start({ connections: 2 });
    const first = await dial();
    first.socket.write(ask());
    await vi.waitFor(() => expect(first.text()).toContain('200 OK'));
    connections.welcome(admitted[0]!);
    await dial();
    const over = await dial();
    await new Promise((done) => over.socket.once('close', done));
    expect(over.text()).toBe('');
  });
});

describe('behind a trusted front server', () => {
  const from = (address: string) => `X-Forwarded-For: ${address}\r\n`;

  it('each person is counted by the address that it names, and only by that', async () => {
    await start({}, ['127.0.0.0/8']);
    // One connection of the front server per request here; what a client claims further left does not count.
    for (const claimed of ['', '9.9.9.9, ', '8.8.8.8, '])
      (await dial()).socket.write(ask('/hold', from(`${claimed}203.0.113.7`)));
    await vi.waitFor(() => expect(admitted.length).toBe(3));
    const over = await dial();
    over.socket.write(ask('/', from('7.7.7.7, 203.0.113.7')));
    await vi.waitFor(() => expect(over.text()).toContain(' 429 '));
    const other = await dial();
    other.socket.write(ask('/', from('203.0.113.8')));
    await vi.waitFor(() => expect(other.text()).toContain('200 OK'));
    connections.welcome(admitted[0]!);
    const next = await dial();
    next.socket.write(ask('/', from('203.0.113.7')));
    await vi.waitFor(() => expect(next.text()).toContain('200 OK'));
  });

  it('the addresses of one IPv6 network are one', async () => {
    await start({}, ['127.0.0.0/8']);
    for (const end of ['1', '2', '3'])
      (await dial()).socket.write(ask('/hold', from(`2001:db8:1:2::${end}`)));
    await vi.waitFor(() => expect(admitted.length).toBe(3));
    const over = await dial();
    over.socket.write(ask('/', from('2001:db8:1:2:ffff::4')));
    await vi.waitFor(() => expect(over.text()).toContain(' 429 '));
    const other = await dial();
    other.socket.write(ask('/', from('2001:db8:1:3::1')));
    await vi.waitFor(() => expect(other.text()).toContain('200 OK'));
  });
});
