// Attack: session ids are tried out, or kept after the end, to learn which sessions live or lived.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

const NEVER = 'abcdefghijklmnop';

/** What an onlooker can see of an answer, with the id and the clock taken out. */
function seen({ status, headers, text }: Answer, sid: string): string {
  const { date: _, etag, ...rest } = headers;
  return JSON.stringify({ status, rest, tagged: etag !== undefined, text }).replaceAll(sid, '<sid>');
}

it('ids are 80 random bits', async () => {
  const customer = await test.beginWithAnna();
  const ids = new Set<string>();
  for (let i = 0; i < 5; i++) {
    const { url } = JSON.parse((await test.start(customer)).text) as { url: string };
    const sid = new URL(url).host.slice(0, 16);
    expect(sid).toMatch(/^[a-z2-7]{16}$/);
    ids.add(sid);
    await test.gateway.sessions.end(sid, 'stopped-by-customer');
  }
  expect(ids.size).toBe(5);
});

describe('an ended session', () => {
  it('answers on every host, path and method exactly as one that never was', async () => {
    const { sid } = await test.open();
    await test.gateway.sessions.end(sid, 'stopped-by-customer');
    const hosts = ['shell', 'page', 'view'] as const;
    for (const role of hosts)
      for (const path of [
        '/',
        '/join',
        '/cart?item=7',
        '/r/x',
        '/s/x',
        '/d/x',
        '/.tandem/clear',
        '/assets/x.js',
      ])
        for (const method of ['GET', 'POST'])
          for (const headers of [{}, { 'Sec-Fetch-Dest': 'document' }, { 'Sec-Fetch-Dest': 'iframe' }]) {
            const ended = await test.call(test.hosts[role](sid), path, { method, headers });
            const never = await test.call(test.hosts[role](NEVER), path, { method, headers });
            expect(seen(ended, sid), `${method} ${role} ${path}`).toBe(seen(never, NEVER));
            if (method === 'GET') expect(ended.status).toBe(410);
          }
  });

  it('refuses sockets as one that never was', async () => {
    const { sid, cookie } = await test.open();
    await test.gateway.sessions.end(sid, 'stopped-by-customer');
    for (const one of [sid, NEVER]) {
      const host = test.hosts.shell(one);
      expect(await test.dial(host, '/socket', { Origin: `http://${host}`, Cookie: cookie })).toBe(410);
    }
  });
});

describe('a live session', () => {
  it('gives a stranger nothing on its page and view hosts that carries its content', async () => {
    const { sid } = await test.open();
    const before = test.upstream.length;
    for (const path of ['/', '/cart?item=7', '/r/x', '/s/x', '/d/x'])
      for (const host of [test.hosts.page(sid), test.hosts.view(sid)]) {
        const answer = await test.call(host, path);
        expect(answer.text).not.toContain('<h1>');
      }
    expect(test.upstream.length).toBe(before);
  });

  it('tells a stranger who asks for it nothing about its people', async () => {
    const { sid } = await test.open();
    const host = test.hosts.shell(sid);
    const answer = await test.call(host, '/enter', {
      method: 'POST',
      headers: { Origin: `http://${host}` },
      body: {},
    });
    expect(answer.status).toBe(401);
    expect(answer.text).not.toMatch(/Cleo|Anna|cart/);
  });
});
