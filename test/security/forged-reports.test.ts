// Attack: a page (or a stranger) floods and forges reports of the leak meter, to fill memory, to make an admin allow a host, or to leak.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { BlockedThing } from '../../gateway/sites/blocked-hosts.ts';
import { startShop, type TestGateway, type Upstream } from '../gateway/proxy/upstream.ts';

const WWW = 'http://www.shop.example';
let upstream: Upstream;
let gateway: TestGateway;
let noted: BlockedThing[] = [];

beforeAll(async () => {
  ({ upstream, gateway } = await startShop((_req, res) => res.end('ok'), {
    blocked: (_session, thing) => noted.push(thing),
  }));
});
afterAll(() => gateway.stop());
beforeEach(() => {
  noted = [];
  gateway.proxy.drop(gateway.session.sid);
});

const BODY = JSON.stringify({
  'csp-report': {
    'document-uri': `${WWW}/`,
    'blocked-uri': 'https://evil.example/',
    'effective-directive': 'img-src',
  },
});

function report(body: string, headers: Record<string, string> = {}, anonymous = false) {
  return gateway.ask(`${WWW}/.tandem/report`, {
    method: 'POST',
    dest: 'report',
    anonymous,
    headers: {
      'content-type': 'application/csp-report',
      origin: `http://${gateway.hostOf(WWW)}`,
      ...headers,
    },
    body,
  });
}

test('who is no page of the session is told what every dead address says', async () => {
  for (const origin of [
    'https://evil.example',
    'http://www-shop-example--ponmlkjihgfedcba.cobrowse.localhost',
  ]) {
    const forged = await report(BODY, { origin, referer: `${origin}/` }, true);
    expect([403, 410]).toContain(forged.status);
    const withPass = await report(BODY, { origin, referer: `${origin}/` });
    expect([403, 410]).toContain(withPass.status);
  }
  expect(
    (
      await report(
        BODY,
        { origin: 'null', referer: 'https://evil.example/', 'sec-fetch-site': 'cross-site' },
        true,
      )
    ).status,
  ).toBe(410);
  expect(noted).toEqual([]);
});

test('it answers nothing but POST', async () => {
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const answer = await gateway.ask(`${WWW}/.tandem/report`, { method });
    expect(answer.status).toBe(410);
  }
  expect(upstream.requests).toHaveLength(0);
});

test('a flood is counted in part only', async () => {
  const many = JSON.stringify(
    Array.from({ length: 200 }, (_, n) => ({
      type: 'csp-violation',
      body: { documentURL: WWW, blockedURL: `https://h${n}.example`, effectiveDirective: 'img-src' },
    })),
  );
  for (let n = 0; n < 20; n++) expect((await report(many)).status).toBe(204);
  expect(noted.length).toBeGreaterThan(0);
  expect(noted.length).toBeLessThan(200);
});

test('a body without end is not kept', async () => {
  expect((await report(`{"x":"${'a'.repeat(100_000)}"}`)).status).toBe(413);
  await expect(report('x'.repeat(4_000_000))).rejects.toThrow();
  expect((await report(BODY)).status).toBe(204);
  expect(noted).toHaveLength(1);
});
