// The shell host: a fixed table of paths, its policy, its cookies, and its end.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';

let test: TestGateway;
let session: Awaited<ReturnType<TestGateway['open']>>;
beforeAll(async () => {
  test = await startTestGateway();
  session = await test.open();
});
afterAll(() => test.stop());

describe('the session window', () => {
  it('may frame the addresses of this session and nothing else, and nobody frames it', async () => {
    const { sid } = session;
    const { headers } = await test.call(test.hosts.shell(sid), '/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain(
      `frame-src http://${test.hosts.page(sid)} http://${test.hosts.page(sid, 'h---static-shop-example')} http://${test.hosts.view(sid)};`,
    );
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain(`connect-src 'self' ws://${test.hosts.shell(sid)}`);
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'origin-agent-cluster': '?1',
      'x-content-type-options': 'nosniff',
    });
  });

  it('is the same page for everybody, at both of its addresses', async () => {
    const shell = test.hosts.shell(session.sid);
    const [a, b] = [
      await test.call(shell, '/'),
      await test.call(shell, '/join', { headers: { Cookie: session.cookie } }),
    ];
    expect(a.text).toBe(b.text);
  });

  it.each(['/admin', '/console/api/me', '/..%2f', '/socket', '/d/x', '/r/x', '/.tandem/page.js'])(
    'has nothing at %s',
    async (path) => {
      expect((await test.call(test.hosts.shell(session.sid), path)).status).toBeGreaterThanOrEqual(400);
    },
  );

  it('tells the customer’s window what the page may use, from the site’s options', async () => {
    const shell = test.hosts.shell(session.sid);
    const answer = await test.call(shell, '/enter', {
      method: 'POST',
      headers: { Origin: `http://${shell}`, Cookie: session.cookie },
      body: {},
    });
    expect(JSON.parse(answer.text)).toMatchObject({ kind: 'customer', features: ['geolocation'] });
  });

  it('registers no service worker', async () => {
    const shell = test.hosts.shell(session.sid);
    expect((await test.call(shell, '/', { headers: { 'Service-Worker': 'script' } })).status).toBe(404);
  });
});

describe('cookies', () => {
  it('are the participant’s on this host only, and the page pass on the base', async () => {
    const other = await test.beginWithAnna();
    const { url } = JSON.parse((await test.start(other)).text);
    const { host, hash } = new URL(url);
    const answer = await test.call(host, '/join', {
      method: 'POST',
      headers: { Origin: `http://${host}` },
      body: { ticket: hash.slice(3) },
    });
    const [participant, pass] = answer.headers['set-cookie']!;
    expect(participant).toMatch(/^__Host-Http-cbs=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(pass).toMatch(
      /^__Secure-cbp-[a-z2-7]{16}=[\w-]{43}; Path=\/; Domain=cobrowse.localhost; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it('that come twice are used neither of them', async () => {
    const shell = test.hosts.shell(session.sid);
    const Cookie = `${session.cookie}; __Host-Http-cbs=planted`;
    const answer = await test.call(shell, '/enter', {
      method: 'POST',
      headers: { Origin: `http://${shell}`, Cookie },
      body: {},
    });
    expect(answer.status).toBe(400);
  });

  it('are expired by name when the session is gone', async () => {
    const gone = await test.open();
    await test.gateway.sessions.end(gone.sid, 'stopped-by-customer');
    const answer = await test.call(test.hosts.shell(gone.sid), '/', { headers: { Cookie: gone.cookie } });
    expect(answer.status).toBe(410);
    expect(answer.headers['set-cookie']).toEqual([
      '__Host-Http-cbs=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax',
      `__Secure-cbp-${gone.sid}=; Domain=cobrowse.localhost; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax`,
    ]);
    expect(answer.headers['clear-site-data']).toBeUndefined();
  });
});
