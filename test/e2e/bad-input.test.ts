// Nonsense from every side: each kind gets its clear answer, and the process goes on.
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startGateway } from '../../gateway/gateway.ts';
import { createLog } from '../../gateway/log.ts';
import { ConfigError } from '../../gateway/sites/config.ts';
import { CLOSE } from '../../protocol/close-codes.ts';
import { call, enterSession, type Inside, meet, openTalk, signIn, startSession } from './plain-client.ts';
import { type Servers, startServers } from './servers.ts';

let servers: Servers;
let stalling: Server;

beforeAll(async () => {
  // Takes connections and never answers.
  stalling = createServer(() => {});
  await new Promise<void>((resolve) => stalling.listen(0, '127.0.0.1', resolve));
  const stallPort = (stalling.address() as AddressInfo).port;
  servers = await startServers((config) => {
    const broken = [
      { title: 'Down', hosts: ['down.broken.localhost'], protocols: ['http'], connect: '127.0.0.1:1' },
      {
        title: 'Stalling',
        hosts: ['slow.broken.localhost'],
        protocols: ['http'],
        connect: `127.0.0.1:${stallPort}`,
      },
    ];
    for (const domain of broken) {
      config.addIn(['domains'], config.createNode(domain));
      config.addIn(['sites', 0, 'domains'], domain.title);
    }
  });
});

afterAll(async () => {
  await servers?.stop();
  stalling?.closeAllConnections();
  stalling?.close();
});

afterEach(async () => {
  const { port, places } = servers.gateway;
  expect((await call(port, places.consoleHost, '/healthz')).status).toBe(200);
});

/** A page of a listed host as the leader's browser asks for it. */
function askPage({ sid, cookie, shellOrigin }: Inside, url: string): ReturnType<typeof call> {
  const address = servers.gateway.sessions.find(sid)?.addresses.toSession(url, 'http');
  if (address === undefined) throw new Error(`No session address for ${url}.`);
  return call(servers.gateway.port, new URL(address).host, '/', {
    headers: {
      cookie,
      accept: 'text/html',
      referer: `${shellOrigin}/`,
      'sec-fetch-dest': 'iframe',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': 'same-site',
    },
  });
}

describe('unknown host', () => {
  it.each([
    'unknown.example',
    '127.0.0.1',
    'console.localhost.',
    'console.localhost, evil.example',
    'user@console.localhost',
    '',
  ])('%j is answered with 421 or 400, without touching an upstream', async (host) => {
    const before = servers.demo.requests().length;
    const answer = await call(servers.gateway.port, host, '/');
    expect([400, 421]).toContain(answer.status);
    expect(servers.demo.requests().length).toBe(before);
  });

  it('a well-formed session address of no session answers 410 with a sentence', async () => {
    const { port, places } = servers.gateway;
    for (const label of [
      'aaaaaaaaaaaaaaaa',
      'www-demoshop-localhost--aaaaaaaaaaaaaaaa',
      'view--aaaaaaaaaaaaaaaa',
    ]) {
      const answer = await call(port, `${label}.${places.base}`, '/');
      expect(answer.status).toBe(410);
      expect(answer.text).toMatch(/\w+ \w+/);
    }
  });
});

describe('tickets', () => {
  it('an expired one is refused with a reason and a sentence', async () => {
    const { token } = await meet(servers);
    const begun = await startSession(servers, token);
    const url = new URL(begun.json.url as string);
    servers.clock.ahead = 61_000;
    try {
      const ticket = new URLSearchParams(url.hash.slice(1)).get('t');
      const answer = await call(servers.gateway.port, url.host, '/join', {
        method: 'POST',
        headers: { origin: url.origin },
        body: { ticket },
      });
      expect(answer.status).toBe(410);
      expect(answer.json).toMatchObject({
        reason: 'invite-invalid',
        message: expect.stringMatching(/\w+ \w+/),
      });
    } finally {
      servers.clock.ahead = 0;
    }
  });

  it('one that was used and one that never was are refused alike', async () => {
    const { token } = await meet(servers);
    const begun = await startSession(servers, token);
    const url = new URL(begun.json.url as string);
    const ticket = new URLSearchParams(url.hash.slice(1)).get('t');
    const join = (body: unknown) =>
      call(servers.gateway.port, url.host, '/join', {
        method: 'POST',
        headers: { origin: url.origin },
        body,
      });
    expect((await join({ ticket })).status).toBe(200);
    const again = await join({ ticket });
    const never = await join({ ticket: 'A'.repeat(43) });
    expect(again.status).toBe(410);
    expect(never.json).toEqual(again.json);
  });
});

describe('foreign Origin', () => {
  it.each(['https://evil.example', 'null', undefined, 'http://www.demoshop.localhost'])(
    'a socket from %j is refused before the upgrade, at each door',
    async (origin) => {
      const { port, places } = servers.gateway;
      const { token, login } = await meet(servers);
      const inside = await enterSession(servers, token);
      const headers = origin === undefined ? {} : { origin };
      const doors = [
        openTalk(port, places.panelHost, '/panel/socket', headers),
        openTalk(port, places.consoleHost, '/console/socket', { ...headers, cookie: login }),
        openTalk(port, places.consoleHost, `/session/${inside.sid}/socket`, { ...headers, cookie: login }),
        openTalk(port, inside.shellHost, '/socket', { ...headers, cookie: inside.cookie }),
      ];
      expect(await Promise.all(doors.map(({ closed }) => closed))).toEqual([403, 403, 403, 403]);
    },
  );

  it('a change from another origin is refused and changes nothing', async () => {
    const { port, places, registry } = servers.gateway;
    const cookie = await signIn(servers, 'admin');
    const answer = await call(port, places.consoleHost, '/console/api/settings/cobrowsing', {
      method: 'POST',
      headers: { origin: 'https://evil.example', cookie },
      body: { on: false },
    });
    expect(answer.status).toBe(403);
    expect(registry.config.cobrowsing).toBe(true);
  });
});

describe('broken YAML', () => {
  it('at the start: refused with file, line and a sentence', async () => {
    const other = await startServers();
    await other.gateway.stop();
    await other.editConfig((text) => text.replace('protocols: [http]', 'protocols: [gopher]'));
    const starting = startGateway({ configFile: other.configFile, port: 0, log: createLog('silent') });
    const error = await starting.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ConfigError);
    const [problem] = (error as ConfigError).problems;
    expect(problem).toMatchObject({ file: other.configFile, line: expect.any(Number) });
    expect(problem!.message).toMatch(/protocols/);
    await other.demo.stop();
  });

  it('as an edit: the state before it keeps running, the fault is shown, a good edit heals', async () => {
    const { registry } = servers.gateway;
    await servers.editConfig((text) => `${text}\nnonsense: [\n`);
    await vi.waitFor(() => expect(registry.problems.length).toBeGreaterThan(0), { timeout: 3_000 });
    expect(registry.problems[0]).toMatchObject({ line: expect.any(Number), message: expect.any(String) });
    expect(registry.findSite('demo')).toBeDefined();
    await servers.editConfig((text) => text.replace('\nnonsense: [\n', ''));
    await vi.waitFor(() => expect(registry.problems).toEqual([]), { timeout: 3_000 });
  });
});

describe('upstream', () => {
  it('down: a page with status 502 and a reason', async () => {
    const inside = await enterSession(servers, (await meet(servers)).token);
    const answer = await askPage(inside, 'http://down.broken.localhost/');
    expect(answer.status).toBe(502);
    expect(answer.headers['content-type']).toMatch(/html/);
    expect(answer.text).toContain('upstream-unreachable');
  });

  it('stalling: a page with status 504 and a reason, once the time is up', { timeout: 45_000 }, async () => {
    const inside = await enterSession(servers, (await meet(servers)).token);
    const answer = await askPage(inside, 'http://slow.broken.localhost/');
    expect(answer.status).toBe(504);
    expect(answer.text).toContain('upstream-timeout');
  });
});

describe('socket messages', () => {
  it('a chat message of 1 MiB closes that socket with 1009, and only that', async () => {
    const { token } = await meet(servers);
    const inside = await enterSession(servers, token);
    inside.talk.send({ type: 'chat.send', id: 'm1', text: 'x'.repeat(1_048_576) });
    expect(await inside.talk.closed).toBe(1009);
    expect(servers.gateway.sessions.find(inside.sid)?.ended).toBe(false);
  });

  it('a chat message of 501 characters closes with the code for malformed messages', async () => {
    const inside = await enterSession(servers, (await meet(servers)).token);
    inside.talk.send({ type: 'chat.send', id: 'm1', text: 'x'.repeat(501) });
    expect(await inside.talk.closed).toBe(CLOSE.malformed);
  });

  it.each([
    ['no JSON', 'hello?'],
    ['no object', '[]'],
    ['an unknown type', '{"type":"session.rule-the-world"}'],
    ['a field of another kind', '{"type":"session.navigate","url":7}'],
    ['a prototype', '{"type":"session.navigate","url":"x","__proto__":{"admin":true}}'],
    ['depth', `{"type":"chat.send","id":"1","text":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
  ])('%s closes with the code for malformed messages', async (_what, text) => {
    const inside = await enterSession(servers, (await meet(servers)).token);
    inside.talk.send(text);
    const code = await inside.talk.closed;
    expect(code).toBe(CLOSE.malformed);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });

  it('no greeting within five seconds closes with the code for unauthenticated', {
    timeout: 10_000,
  }, async () => {
    const { port, places } = servers.gateway;
    const talk = openTalk(port, places.panelHost, '/panel/socket', { origin: places.panelOrigin });
    expect(await talk.closed).toBe(CLOSE.unauthenticated);
  });

  it.each([
    ['an unmasked frame', Buffer.from([0x81, 0x02, 0x68, 0x69]), 1002],
    ['reserved bits', Buffer.from([0xf1, 0x80, 0, 0, 0, 0]), 1002],
    ['an unknown opcode', Buffer.from([0x83, 0x80, 0, 0, 0, 0]), 1002],
    ['text that is not UTF-8', Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]), 1007],
    ['a frame of 2^40 bytes', Buffer.from([0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
  ])('%s is answered with a close frame', async (_what, frame, code) => {
    expect(await closeCodeAfter(frame)).toBe(code);
  });
});

/** Opens the panel's socket by hand, sends bytes, and reads the code of the close frame that comes back. */
function closeCodeAfter(bytes: Buffer): Promise<number> {
  const { port, places } = servers.gateway;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let got = Buffer.alloc(0);
    let upgraded = false;
    socket.setTimeout(5_000, () => reject(new Error('No answer within 5 s.')));
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      got = Buffer.concat([got, chunk]);
      if (!upgraded) {
        const end = got.indexOf('\r\n\r\n');
        if (end < 0) return;
        upgraded = true;
        got = got.subarray(end + 4);
        socket.write(bytes);
      }
      if (got.length >= 4 && got[0] === 0x88) {
        resolve(got.readUInt16BE(2));
        socket.destroy();
      }
    });
    socket.write(
      `GET /panel/socket HTTP/1.1\r\nHost: ${places.panelHost}\r\nOrigin: ${places.panelOrigin}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
  });
}
