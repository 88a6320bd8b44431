// The panel host: who may embed it, what its API takes and from whom.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHOP, startTestGateway, type TestGateway } from '../start-gateway.ts';

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  test.call(test.hosts.panel, path, {
    method: 'POST',
    headers: { Origin: `http://${test.hosts.panel}`, ...headers },
    body,
  });

describe('the frame', () => {
  it('is embedded by the sites’ own pages only', async () => {
    const { headers } = await test.call(test.hosts.panel, '/?site=shop');
    expect(headers['content-security-policy']).toContain('frame-ancestors http://www.shop.example');
    expect(headers['content-security-policy']).not.toContain('static.shop.example');
    expect(headers['x-frame-options']).toBeUndefined();
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('keeps its hold on the window that it opened', async () => {
    const { headers } = await test.call(test.hosts.panel, '/opening');
    expect(headers['cross-origin-opener-policy']).toBeUndefined();
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });
});

describe('the API', () => {
  it.each([
    ['no name', { contact: 'sales', page: `${SHOP}/` }, 400],
    ['an unknown field', { contact: 'sales', name: 'C', page: `${SHOP}/`, agent: 'anna' }, 400],
    ['an unknown contact', { contact: 'nobody', name: 'C', page: `${SHOP}/` }, 400],
    ['a page off the list', { contact: 'sales', name: 'C', page: 'http://evil.example/' }, 403],
    ['no page', { contact: 'sales', name: 'C' }, 403],
    ['a list', [], 400],
    ['no JSON', Buffer.from('{'), 400],
  ])('refuses a conversation with %s', async (_, body, status) => {
    expect((await post('/panel/api/conversation', body, { 'Content-Type': 'application/json' })).status).toBe(
      status,
    );
  });

  it('takes unsafe requests from its own origin only', async () => {
    const body = { contact: 'sales', name: 'C', page: `${SHOP}/` };
    for (const Origin of ['null', SHOP, `http://${test.hosts.console}`])
      expect((await post('/panel/api/conversation', body, { Origin })).status).toBe(403);
  });

  it('needs a token for Start, before it reads a body', async () => {
    const big = Buffer.alloc(20 * 2 ** 20);
    expect((await post('/panel/api/session', big, { 'Content-Type': 'application/json' })).status).toBe(401);
    const { token } = await test.beginWithAnna();
    expect((await post('/panel/api/session', {}, { Authorization: `Bearer ${token}` })).status).toBe(400);
  });

  it('takes a hand-over of megabytes', async () => {
    const { token } = await test.beginWithAnna();
    const local = Array.from({ length: 5 }, (_, i) => [`k${i}`, 'x'.repeat(1_000_000)]);
    const body = { url: `${SHOP}/`, cookie: '', local, session: [], fields: [], scroll: [0, 0] };
    expect((await post('/panel/api/session', body, { Authorization: `Bearer ${token}` })).status).toBe(201);
  });

  it('opens another window of a running session to its customer, and to nobody else', async () => {
    const { customer, sid, joined } = await test.open();
    const bearer = { Authorization: `Bearer ${customer.token}` };
    const answer = await post('/panel/api/session/window', {}, bearer);
    expect(answer.status).toBe(201);
    const { url } = JSON.parse(answer.text) as { url: string };
    const again = await test.arrive(url);
    expect(again).toMatchObject({ sid, joined: { kind: 'customer', nonce: joined.nonce } });
    expect((await post('/panel/api/session/window', {}, {})).status).toBe(401);
    const other = await test.begin();
    const others = { Authorization: `Bearer ${other.token}` };
    expect((await post('/panel/api/session/window', {}, others)).status).toBe(410);
    await test.gateway.sessions.end(sid, 'stopped-by-customer');
    expect((await post('/panel/api/session/window', {}, bearer)).status).toBe(410);
  });

  it('gives sentences in the customer’s language', async () => {
    const answer = await post('/panel/api/session', {}, { 'Accept-Language': 'en' });
    expect(JSON.parse(answer.text)).toMatchObject({
      reason: 'no-conversation',
      message: expect.stringMatching(/\w+ \w+/),
    });
  });
});
