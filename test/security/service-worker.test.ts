// Attack: a script of the site registers a service worker on a session address and owns all that comes after.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startShop, type TestGateway, type Upstream } from '../gateway/proxy/upstream.ts';

let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  ({ upstream, gateway } = await startShop((_req, res) => {
    res.writeHead(200, { 'content-type': 'text/javascript', 'service-worker-allowed': '/' });
    res.end('addEventListener("fetch",()=>{})');
  }));
});
afterAll(() => gateway.stop());

test.each([
  { headers: { 'service-worker': 'script' }, dest: 'serviceworker' },
  { headers: { 'service-worker': 'script' }, dest: 'script' },
  { headers: {}, dest: 'serviceworker' },
])('its script is not there (%j)', async (options) => {
  for (const path of ['/sw.js', '/.tandem/page.js', '/']) {
    const answer = await gateway.ask(`http://www.shop.example${path}`, options);
    expect([404, 410]).toContain(answer.status);
    expect(answer.text).not.toContain('addEventListener');
  }
  expect(upstream.requests).toHaveLength(0);
});

test('no answer widens a scope', async () => {
  const answer = await gateway.ask('http://www.shop.example/a.js', { dest: 'script' });
  expect(answer.status).toBe(200);
  expect(answer.headers['service-worker-allowed']).toBeUndefined();
});
