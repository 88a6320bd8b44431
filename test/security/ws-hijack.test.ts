// Attack: a page of another origin opens our sockets with the victim's cookies (cross-site WebSocket hijacking).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway, TestSocket } from '../gateway/start-gateway.ts';

let test: TestGateway;
let session: Awaited<ReturnType<TestGateway['open']>>;
beforeAll(async () => {
  test = await startTestGateway();
  session = await test.open();
});
afterAll(() => test.stop());

/** Our socket endpoints, each with everything that the victim's browser would send. */
function endpoints() {
  const { sid, cookie, anna } = session;
  return [
    { host: test.hosts.shell(sid), path: '/socket', cookie },
    { host: test.hosts.console, path: '/console/socket', cookie: anna },
    { host: test.hosts.console, path: `/session/${sid}/socket`, cookie: anna },
    { host: test.hosts.panel, path: '/panel/socket', cookie: '' },
  ];
}

describe('an upgrade with a foreign Origin', () => {
  it('is refused with 403 before a frame is read, whatever the Origin and the endpoint', async () => {
    const { sid } = session;
    for (const { host, path, cookie } of endpoints()) {
      const own = `http://${host}`;
      const foreign = [
        'null',
        'https://evil.example',
        `http://${test.hosts.page(sid)}`,
        `http://${test.hosts.view(sid)}`,
        `http://${test.hosts.shell('a'.repeat(16))}`,
        `${own}.evil.example`,
        `https://${host}`,
        own.toUpperCase(),
        `${own}/`,
        `${own}:80`,
        own.replace(/:\d+$/, ''),
        `http://user@${host}`,
        'file://',
        '',
      ].filter((origin) => origin !== own);
      for (const origin of foreign)
        expect(await test.dial(host, path, { Origin: origin, Cookie: cookie }), `${origin} → ${path}`).toBe(
          403,
        );
      // No Origin at all: not a browser of ours.
      expect(await test.dial(host, path, { Cookie: cookie })).toBe(403);
    }
  });

  it('of another of our own doors is foreign too', async () => {
    const origins = [test.hosts.console, test.hosts.panel, test.hosts.shell(session.sid)].map(
      (host) => `http://${host}`,
    );
    for (const { host, path, cookie } of endpoints())
      for (const origin of origins.filter((one) => one !== `http://${host}`))
        expect(await test.dial(host, path, { Origin: origin, Cookie: cookie })).toBe(403);
  });
});

describe('an upgrade of the right Origin', () => {
  it('without the credential is refused', async () => {
    for (const { host, path } of endpoints().slice(0, 3))
      expect(await test.dial(host, path, { Origin: `http://${host}` })).toBe(401);
  });

  it('with two cookies of our name uses neither', async () => {
    const { sid, cookie } = session;
    const host = test.hosts.shell(sid);
    const planted = `${cookie}; __Host-Http-cbs=${'x'.repeat(43)}`;
    expect(await test.dial(host, '/socket', { Origin: `http://${host}`, Cookie: planted })).toBe(400);
  });

  it('ends with 4401 when the first message has no right nonce', async () => {
    const { sid, cookie, anna } = session;
    for (const hello of [{ type: 'session.hello', nonce: 'guessed' }, { type: 'session.stop' }]) {
      const shell = await test.socket(test.hosts.shell(sid), '/socket', { Cookie: cookie });
      shell.send(hello);
      expect(await shell.closed).toBe(4401);
    }
    await test.follow(anna, sid);
    const desk = await test.socket(test.hosts.console, `/session/${sid}/socket`, { Cookie: anna });
    // The customer's nonce is not the agent's.
    desk.send({ type: 'session.hello', nonce: session.joined.nonce });
    expect(await desk.closed).toBe(4401);
    expect(test.gateway.sessions.find(sid)?.ended).toBe(false);
  });

  it('ends with 4401 when nothing is said within five seconds', { timeout: 10_000 }, async () => {
    const { sid, cookie } = session;
    const silent = [
      await test.socket(test.hosts.shell(sid), '/socket', { Cookie: cookie }),
      await test.socket(test.hosts.panel, '/panel/socket'),
    ];
    for (const socket of silent) expect(await socket.closed).toBe(4401);
  });

  it('does not give an agent a session that he has not joined, nor one to an agent without co-browsing', async () => {
    const { console } = test.hosts;
    for (const [name, status] of [
      ['carl', 401],
      ['ben', 403],
    ] as const) {
      const Cookie = await test.signIn(name);
      expect(
        await test.dial(console, `/session/${session.sid}/socket`, { Origin: `http://${console}`, Cookie }),
      ).toBe(status);
    }
  });

  it('does not open at another path or on another host', async () => {
    const { sid, cookie } = session;
    const shell = test.hosts.shell(sid);
    for (const path of ['/', '/socket/', '/console/socket', `/session/${sid}/socket`])
      expect(await test.dial(shell, path, { Origin: `http://${shell}`, Cookie: cookie })).toBe(404);
    const view = test.hosts.view(sid);
    expect(await test.dial(view, '/socket', { Origin: `http://${view}`, Cookie: cookie })).toBe(404);
    expect(await test.dial('evil.example', '/socket', { Origin: 'http://evil.example' })).toBe(421);
  });
});

it('a query does not hide the endpoint from the rule', async () => {
  const { cookie, sid } = session;
  const opened = await test.dial(test.hosts.shell(sid), '/socket?x=1', {
    Origin: `http://${test.hosts.shell(sid)}`,
    Cookie: cookie,
  });
  expect(opened).toBeInstanceOf(TestSocket);
  if (opened instanceof TestSocket) opened.socket.close();
  expect(await test.dial(test.hosts.shell(sid), '/socket?x=1', { Origin: 'null', Cookie: cookie })).toBe(403);
});
