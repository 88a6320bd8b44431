// WebSockets of the site through a session address.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { PASS, raw, SID, startShop, type TestGateway, type Upstream } from './upstream.ts';

let upstream: Upstream;
let sockets: WebSocketServer;
let gateway: TestGateway;
let host: string;
let asked: Record<string, unknown> = {};
/** The upstream's side of the last socket, what it heard, and how its sockets were closed. */
let inside: WebSocket;
const heard: string[] = [];
const closed: [number, string][] = [];

beforeAll(async () => {
  ({ upstream, gateway } = await startShop(undefined, { limits: { firstByteMs: 300 } }));
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
    if (req.url === '/faulty') {
      const accept = createHash('sha1')
        .update(`${req.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.write(Buffer.from([0xc1, 0x01, 0x61]));
      socket.on('end', () => socket.destroy()).resume();
      return;
    }
    sockets.handleUpgrade(req, socket, head, (client) => {
      inside = client;
      client.on('close', (code, reason) => client === inside && closed.push([code, String(reason)]));
      client.on('message', (data, isBinary) => {
        heard.push(String(data));
        if (req.url !== '/mute') client.send(data, { binary: isBinary });
      });
    });
  });
  host = gateway.hostOf('http://www.shop.example');
});
afterAll(async () => {
  sockets.close();
  await gateway.stop();
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

async function opened(path: string, protocols: string[] = []): Promise<WebSocket> {
  const socket = open(path, {}, protocols);
  await once(socket, 'open');
  heard.length = 0;
  closed.length = 0;
  return socket;
}

test('texts are mapped both ways: the upstream never sees a session address, the page no real one', async () => {
  const socket = await opened('/live');
  expect(asked['sec-websocket-extensions']).toBeUndefined();
  expect(socket.extensions).toBe('');
  socket.send(JSON.stringify({ page: `http://${host}/cart`, host }));
  const [echo] = (await once(socket, 'message')) as [Buffer];
  expect(heard).toEqual(['{"page":"http://www.shop.example/cart","host":"www.shop.example"}']);
  expect(JSON.parse(String(echo)).page).toBe(`http://${host}/cart`);
  socket.terminate();
});

test('long and fragmented texts arrive whole', async () => {
  const socket = await opened('/live');
  const text = `${'é'.repeat(300_000)}http://${host}/x`;
  for (let at = 0; at < text.length; at += 100_000)
    socket.send(text.slice(at, at + 100_000), { fin: at + 100_000 >= text.length });
  const [echo] = (await once(socket, 'message')) as [Buffer];
  expect(heard[0]).toBe(`${'é'.repeat(300_000)}http://www.shop.example/x`);
  expect(String(echo)).toBe(text);
  socket.terminate();
});

test('pings, close codes and reasons go through, in both directions', async () => {
  let socket = await opened('/live');
  inside.ping('still there?');
  expect(String((await once(inside, 'pong'))[0])).toBe('still there?');
  socket.close(4001, `left http://${host}/`);
  await once(socket, 'close');
  expect(closed).toEqual([[4001, 'left http://www.shop.example/']]);
  socket = await opened('/live');
  inside.close(4002, 'go to http://www.shop.example/new');
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  expect([code, String(reason)]).toEqual([4002, `go to http://${host}/new`]);
});

test('a subprotocol made of the page’s own host is offered as the real one, and chosen as the page knows it', async () => {
  const name = host.replace(/:\d+$/, '');
  const socket = await opened('/live', [name, 'other']);
  expect(asked['sec-websocket-protocol']).toBe('www.shop.example, other');
  expect(socket.protocol).toBe(name);
  socket.terminate();
});

test('an upstream that breaks the protocol ends the connection with 1002', async () => {
  const socket = open('/faulty');
  socket.on('error', () => {});
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1002);
});

test('an upstream that does not read holds the browser up, and takes no memory here', async () => {
  const socket = await opened('/mute');
  inside.pause();
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  for (let index = 0; index < 48; index++) socket.send(chunk, { binary: false });
  // Buffers of the kernel take some of it; when no more goes, all that is left waits at the sender.
  let waiting = -1;
  while (socket.bufferedAmount !== waiting) {
    waiting = socket.bufferedAmount;
    await new Promise((done) => setTimeout(done, 100));
  }
  expect(waiting).toBeGreaterThan(24 * 1024 * 1024);
  inside.resume();
  while (heard.length < 48) await once(inside, 'message');
  expect(heard.every((text) => text.length === chunk.length)).toBe(true);
  socket.terminate();
});

test('open sockets end with the session', async () => {
  const socket = await opened('/live');
  gateway.proxy.drop(SID);
  await once(socket, 'close');
  expect(inside.readyState).not.toBe(inside.OPEN);
});

test.each(['h2c', 'TLS/1.0', 'websocket, h2c'])('an upgrade to %s is refused cleanly', async (protocol) => {
  const before = upstream.connections();
  const answer = await raw(
    gateway.port,
    `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\nOrigin: http://${host}\r\nCookie: __Secure-cbp-${SID}=${PASS}\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toMatch(/connection: close/i);
  expect(upstream.connections()).toBe(before);
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
