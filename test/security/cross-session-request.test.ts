// Attack: a page of one session uses the same browser's pass of another: fetch, image, form, frame, WebSocket.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import {
  openSession,
  PASS,
  SID,
  send,
  startShop,
  type TestGateway,
  type Upstream,
} from '../gateway/proxy/upstream.ts';

const OTHER = 'ponmlkjihgfedcba';
let upstream: Upstream;
let sockets: WebSocketServer;
let gateway: TestGateway;
/** The victim's and the attacker's address of the same upstream. */
let victim: string;
let attacker: string;
const cookies = `__Secure-cbp-${SID}=${PASS}; __Secure-cbp-${OTHER}=other-pass`;

beforeAll(async () => {
  ({ upstream, gateway } = await startShop((req, res) => {
    // An upstream that trusts everybody: only the gate is left.
    res.writeHead(200, {
      'access-control-allow-origin': req.headers.origin ?? '*',
      'access-control-allow-credentials': 'true',
    });
    res.end(`marker of ${req.headers.cookie ?? 'nobody'}`);
  }));
  sockets = new WebSocketServer({ server: upstream.server });
  sockets.on('connection', (socket, req) => socket.send(`marker of ${req.headers.cookie ?? 'nobody'}`));
  const second = openSession(gateway.session.site, gateway.places, OTHER, 'other-pass');
  gateway.sessions.set(OTHER, second);
  gateway.session.jar.take(['who=victim; Path=/'], 'http://www.shop.example/');
  second.jar.take(['who=attacker; Path=/'], 'http://www.shop.example/');
  victim = gateway.hostOf('http://www.shop.example');
  attacker = victim.replace(SID, OTHER);
});
afterAll(async () => {
  sockets.close();
  await gateway.stop();
});
beforeEach(() => {
  upstream.requests.length = 0;
});

const ask = (headers: Record<string, string>, method = 'GET') =>
  send(gateway.port, {
    path: '/x',
    method,
    headers: { host: victim, cookie: cookies, 'sec-fetch-site': 'same-site', ...headers },
  });

test.each<[string, () => Record<string, string>, string]>([
  ['fetch with credentials', () => ({ origin: `http://${attacker}`, 'sec-fetch-dest': 'empty' }), 'GET'],
  ['fetch without CORS', () => ({ referer: `http://${attacker}/`, 'sec-fetch-dest': 'empty' }), 'GET'],
  ['an image', () => ({ referer: `http://${attacker}/`, 'sec-fetch-dest': 'image' }), 'GET'],
  ['a form', () => ({ origin: `http://${attacker}`, 'sec-fetch-dest': 'iframe' }), 'POST'],
  ['a form without a referrer', () => ({ origin: 'null', 'sec-fetch-dest': 'iframe' }), 'POST'],
  ['a frame', () => ({ referer: `http://${attacker}/`, 'sec-fetch-dest': 'iframe' }), 'GET'],
  ['a beacon', () => ({ origin: `http://${attacker}`, 'sec-fetch-dest': 'empty' }), 'POST'],
  ['a DELETE', () => ({ origin: `http://${attacker}`, 'sec-fetch-dest': 'empty' }), 'DELETE'],
  ['a write without any sign', () => ({ 'sec-fetch-dest': 'empty' }), 'POST'],
])('%s reaches nothing', async (_name, headers, method) => {
  const answer = await ask(headers(), method);
  expect(answer.status).toBe(403);
  expect(answer.text).not.toContain('marker');
  expect(upstream.requests).toHaveLength(0);
});

test('a read that hides its referrer gets no cookie of the jar', async () => {
  const answer = await ask({ 'sec-fetch-dest': 'image' });
  expect(answer.text).toContain('marker of nobody');
});

test('an anonymous fetch gets nothing of the other session', async () => {
  const answer = await send(gateway.port, {
    path: '/x',
    headers: { host: victim, origin: `http://${attacker}` },
  });
  expect(answer.status).toBe(410);
  expect(upstream.requests).toHaveLength(0);
});

function open(origin: string | undefined): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/live`, {
    headers: { host: victim, cookie: cookies, ...(origin === undefined ? {} : { origin }) },
  });
  return new Promise((done) => {
    socket.on('message', (data) => {
      done(String(data));
      socket.close();
    });
    socket.on('unexpected-response', (_req, res) => done(`refused ${res.statusCode}`));
    socket.on('error', (error) => done(error.message));
  });
}

test('WebSockets are opened for pages of the same session only, with its jar', async () => {
  expect(await open(`http://${victim}`)).toBe('marker of who=victim');
  const before = upstream.connections();
  for (const origin of [
    `http://${attacker}`,
    `http://${SID}.${gateway.places.base}`,
    gateway.places.consoleOrigin,
    'null',
    'https://evil.example',
    `http://${victim}.evil.example`,
    undefined,
  ]) {
    expect(await open(origin), String(origin)).toMatch(/^refused 4/);
  }
  expect(upstream.connections()).toBe(before);
});

test('fifty sessions at once each get their own', async () => {
  const sids = Array.from(
    { length: 50 },
    (_, index) =>
      `${'abcdefghijklmno'}${'abcdefghijklmnopqrstuvwxyz234567'[index % 32]}`.slice(0, 14) +
      String.fromCharCode(97 + (index % 26)) +
      String.fromCharCode(97 + ((index / 26) | 0)),
  );
  for (const sid of sids) {
    const session = openSession(gateway.session.site, gateway.places, sid, `pass-${sid}`);
    session.jar.take([`who=${sid}; Path=/`], 'http://www.shop.example/');
    gateway.sessions.set(sid, session);
  }
  const answers = await Promise.all(
    Array.from({ length: 500 }, async (_, index) => {
      const sid = sids[(index * 7) % sids.length]!;
      const host = victim.replace(SID, sid);
      const { text } = await send(gateway.port, {
        path: `/${index}`,
        headers: {
          host,
          cookie: `__Secure-cbp-${sid}=pass-${sid}`,
          'sec-fetch-site': 'same-origin',
          'sec-fetch-dest': 'empty',
        },
      });
      return text === `marker of who=${sid}`;
    }),
  );
  expect(answers.filter((right) => !right)).toHaveLength(0);
});
