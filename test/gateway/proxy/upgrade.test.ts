// WebSockets of the site through a session address.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import {
  domain,
  PASS,
  SID,
  site,
  startProxy,
  startUpstream,
  type TestGateway,
  type Upstream,
} from './upstream.ts';

let upstream: Upstream;
let sockets: WebSocketServer;
let gateway: TestGateway;
let host: string;
let asked: Record<string, unknown> = {};

beforeAll(async () => {
  upstream = await startUpstream((_req, res) => res.end('ok'));
  sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (protocols) => [...protocols][0] ?? false,
  });
  sockets.on('headers', (headers) => {
    headers.push('Set-Cookie: live=1; Path=/', 'X-Secret: 1', 'Alt-Svc: h3');
  });
  upstream.server.on('upgrade', (req, socket, head) => {
    asked = { url: req.url, ...req.headers };
    if (req.url === '/refuse') {
      socket.end(
        'HTTP/1.1 401 Unauthorized\r\nSet-Cookie: evil=1\r\nX-Secret: 1\r\nContent-Length: 2\r\n\r\nno',
      );
      return;
    }
    if (req.url === '/silent') {
      socket.on('end', () => socket.destroy()).resume();
      return;
    }
    sockets.handleUpgrade(req, socket, head, (client) => {
      client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }));
    });
  });
  gateway = await startProxy(
    site([domain('www.shop.example', { connect: { host: '127.0.0.1', port: upstream.port } })]),
    { limits: { firstByteMs: 300 } },
  );
  host = gateway.hostOf('http://www.shop.example');
});
afterAll(async () => {
  await gateway.stop();
  sockets.close();
  await upstream.close();
});

function open(path: string, headers: Record<string, string> = {}, protocols: string[] = []): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, protocols, {
    headers: { host, origin: `http://${host}`, cookie: `__Secure-cbp-${SID}=${PASS}`, ...headers },
  });
}

function outcome(
  socket: WebSocket,
): Promise<{ status: number | undefined; headers: Record<string, unknown> }> {
  return new Promise((done) => {
    socket.on('upgrade', ({ statusCode, headers }) => done({ status: statusCode, headers }));
    socket.on('unexpected-response', (_req, { statusCode, headers }) =>
      done({ status: statusCode, headers }),
    );
    socket.on('error', () => done({ status: 0, headers: {} }));
  });
}

test('messages go both ways, text and binary, and the upstream sees the real site', async () => {
  gateway.session.jar.take(['login=1; Path=/'], 'http://www.shop.example/');
  const socket = open(`/live?u=${encodeURIComponent(`http://${host}/x`)}`, {}, ['chat']);
  const { status, headers } = await outcome(socket);
  expect(status).toBe(101);
  for (const name of ['set-cookie', 'x-secret', 'alt-svc']) expect(headers[name]).toBeUndefined();
  expect(socket.protocol).toBe('chat');
  expect(asked).toMatchObject({
    url: `/live?u=${encodeURIComponent('http://www.shop.example/x')}`,
    host: 'www.shop.example',
    origin: 'http://www.shop.example',
    cookie: 'login=1',
  });
  expect(gateway.session.jar.scriptCookies('http://www.shop.example/')).toContain('live=1');
  const echoed = new Promise((done) => socket.once('message', (data) => done(String(data))));
  await new Promise((done) =>
    socket.readyState === socket.OPEN ? done(undefined) : socket.once('open', done),
  );
  socket.send('hello');
  expect(await echoed).toBe('hello');
  const binary = new Promise<Buffer>((done) => socket.once('message', (data) => done(data as Buffer)));
  socket.send(Buffer.alloc(200_000, 7));
  expect((await binary).equals(Buffer.alloc(200_000, 7))).toBe(true);
  const closed = new Promise((done) => socket.once('close', (code) => done(code)));
  socket.close(4000);
  expect(await closed).toBe(4000);
});

test('a refusal of the upstream is passed on without its headers', async () => {
  const { status, headers } = await outcome(open('/refuse'));
  expect(status).toBe(401);
  expect(headers['set-cookie']).toBeUndefined();
  expect(headers['x-secret']).toBeUndefined();
});

test('an upstream that does not answer is given up', async () => {
  expect((await outcome(open('/silent'))).status).toBe(504);
});

test('nothing is opened without the pass, from elsewhere, or after the end', async () => {
  const before = upstream.connections();
  expect((await outcome(open('/x', { cookie: '' }))).status).toBe(410);
  expect((await outcome(open('/x', { origin: 'https://evil.example' }))).status).toBe(403);
  gateway.session.ended = true;
  expect((await outcome(open('/x'))).status).toBe(410);
  gateway.session.ended = false;
  expect(upstream.connections()).toBe(before);
});
