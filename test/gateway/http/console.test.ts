// The console's host: sign-in, settings, joining, the keyed API, public files, headers.
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Refused } from '../../../gateway/errors.ts';
import type { BlockedKind } from '../../../protocol/blocked.ts';
import { API_KEY, CONSOLE_CONFIG, type ConsoleUnderTest, startConsole } from './console-harness.ts';

let it: ConsoleUnderTest;
beforeAll(async () => {
  it = await startConsole({
    joinAsAgent: (agent, sid) => {
      if (!agent.cobrowsing) throw new Refused('agent-off');
      return { nonce: `${agent.name} ${sid}`, viewOrigin: 'http://view' };
    },
  });
});
afterAll(() => it.stop());

describe('signing in', () => {
  test('sets a cookie that only this host gets and no script reads', async () => {
    const answer = await it
      .own('post', '/console/api/login')
      .send({ name: 'anna', password: 'tandem' })
      .expect(200);
    expect(answer.body).toEqual({ name: 'anna', title: 'Anna Berg', roles: ['agent'], cobrowsing: true });
    const [cookie] = answer.get('Set-Cookie') ?? [];
    expect(cookie).toMatch(/^__Host-Http-cba=[\w-]{43}; /);
    expect(
      cookie
        ?.replace(/ Expires=[^;]+;/, '')
        .split('; ')
        .slice(1)
        .sort(),
    ).toEqual(['HttpOnly', 'Max-Age=43200', 'Path=/', 'SameSite=Lax', 'Secure']);
    const me = await it.own('get', '/console/api/me', cookie?.split(';')[0]).expect(200);
    expect(me.body.name).toBe('anna');
    expect(me.get('Cache-Control')).toBe('no-store');
  });

  test('is refused with one answer for a wrong password and an unknown name', async () => {
    const wrong = await it
      .own('post', '/console/api/login')
      .send({ name: 'anna', password: 'x' })
      .expect(401);
    const unknown = await it
      .own('post', '/console/api/login')
      .send({ name: 'eve', password: 'x' })
      .expect(401);
    expect(wrong.body).toEqual(unknown.body);
    expect(wrong.body.reason).toBe('sign-in-failed');
    expect(wrong.get('Set-Cookie')).toBeUndefined();
  });

  test('ends with the login dead and the cookie expired', async () => {
    const cookie = await it.signIn('anna');
    const answer = await it.own('post', '/console/api/logout', cookie).expect(204);
    expect(answer.get('Set-Cookie')?.[0]).toMatch(/^__Host-Http-cba=; Path=\/; Expires=Thu, 01 Jan 1970/);
    const me = await it.own('get', '/console/api/me', cookie).expect(401);
    expect(me.body.reason).toBe('signed-out');
  });

  test('two login cookies: neither is used, both are expired', async () => {
    const cookie = await it.signIn('anna');
    const answer = await it.own('get', '/console/api/me', `__Host-Http-cba=planted; ${cookie}`).expect(400);
    expect(answer.get('Set-Cookie')?.[0]).toMatch(/^__Host-Http-cba=; /);
  });

  test('bodies of another shape are refused', async () => {
    for (const body of [
      '{"name":"anna"',
      '[]',
      '"x"',
      '{"name":1,"password":"x"}',
      '{"name":"a","password":"b","role":"admin"}',
    ])
      await it.own('post', '/console/api/login').type('json').send(body).expect(400);
    await it.own('post', '/console/api/login').type('form').send('name=anna&password=tandem').expect(400);
    await it
      .own('post', '/console/api/login')
      .send({ name: 'x'.repeat(20_000), password: '' })
      .expect(413);
  });
});

describe('system settings', () => {
  test('are for admins only', async () => {
    const anna = await it.signIn('anna');
    await it.own('get', '/console/api/settings').expect(401);
    for (const request of [
      it.own('get', '/console/api/settings', anna),
      it.own('post', '/console/api/settings/cobrowsing', anna).send({ on: false }),
      it.own('post', '/console/api/settings/agents/ben', anna).send({ cobrowsing: true }),
    ])
      expect((await request.expect(403)).body.reason).toBe('not-allowed');
    expect(it.registry.config.cobrowsing).toBe(true);
  });

  test('show switches, sites, domains and what depends on them', async () => {
    const { body } = await it.own('get', '/console/api/settings', await it.signIn('admin')).expect(200);
    expect(body).toMatchObject({ cobrowsing: true, problems: [] });
    expect(
      body.agents.map(({ name, cobrowsing }: { name: string; cobrowsing: boolean }) => [name, cobrowsing]),
    ).toEqual([
      ['anna', true],
      ['ben', false],
      ['admin', false],
    ]);
    expect(body.sites[0]).toMatchObject({ id: 'shop', domains: ['Shop', 'Intranet'], resources: ['Static'] });
    expect(body.domains[2]).toEqual({
      title: 'Intranet',
      hosts: ['intranet.company.localhost'],
      protocols: ['http'],
      port: 8090,
      includeSubdomains: false,
    });
    expect(JSON.stringify(body)).not.toContain('scrypt');
  });

  test('the system switch and the agents’ switches are written to the file', async () => {
    const admin = await it.signIn('admin');
    const off = await it
      .own('post', '/console/api/settings/cobrowsing', admin)
      .send({ on: false })
      .expect(200);
    expect(off.body.cobrowsing).toBe(false);
    expect(await readFile(it.file, 'utf8')).toContain('cobrowsing: false # R1');
    await it.own('post', '/console/api/settings/cobrowsing', admin).send({ on: true }).expect(200);
    const agent = await it
      .own('post', '/console/api/settings/agents/anna', admin)
      .send({ cobrowsing: false })
      .expect(200);
    expect(agent.body.agents[0]).toMatchObject({ name: 'anna', cobrowsing: false });
    expect(await readFile(it.file, 'utf8')).toContain('cobrowsing: false # R2');
    await it.own('post', '/console/api/settings/agents/anna', admin).send({ cobrowsing: true }).expect(200);
    expect(await readFile(it.file, 'utf8')).toBe(CONSOLE_CONFIG);
    await it.own('post', '/console/api/settings/agents/eve', admin).send({ cobrowsing: true }).expect(409);
    await it.own('post', '/console/api/settings/cobrowsing', admin).send({ on: 'off' }).expect(400);
  });

  test('a broken edit is shown with its line, and refuses the switches until it is put right', async () => {
    const admin = await it.signIn('admin');
    await writeFile(it.file, CONSOLE_CONFIG.replace('title: Anna Berg', 'titel: Anna Berg'));
    await vi.waitFor(() => expect(it.registry.problems).not.toEqual([]), { timeout: 2_000 });
    const { body } = await it.own('get', '/console/api/settings', admin).expect(200);
    expect(body.problems).toContainEqual({
      file: 'tandem.yaml',
      line: 10,
      message: 'There is no key "titel" in "agents[0]".',
    });
    const refused = await it
      .own('post', '/console/api/settings/cobrowsing', admin)
      .send({ on: false })
      .expect(409);
    expect(refused.body).toMatchObject({ reason: 'config-broken', params: { line: '9' } });
    await writeFile(it.file, CONSOLE_CONFIG);
    await vi.waitFor(() => expect(it.registry.problems).toEqual([]), { timeout: 2_000 });
  });
});

describe('hosts that are not on the list', () => {
  const PATH = '/console/api/settings/sites/shop/blocked';
  const ALLOW = { type: 'allow', origin: 'https://cdn.example:8443', as: 'resources' };
  const ask = (kind: BlockedKind, url = 'https://cdn.example:8443/a?b') =>
    it.blocked.note(it.registry.findSite('shop')!, { url, kind, page: 'https://www.shop.example/p?q' });

  test('are for admins only, and for requests of the page itself', async () => {
    const admin = await it.signIn('admin');
    expect(
      (
        await it
          .own('post', PATH, await it.signIn('anna'))
          .send(ALLOW)
          .expect(403)
      ).body.reason,
    ).toBe('not-allowed');
    await it.own('post', PATH).send(ALLOW).expect(401);
    await it.bare('post', PATH).set('Cookie', admin).send(ALLOW).expect(403);
    await it
      .bare('post', PATH)
      .set('Cookie', admin)
      .set('Origin', 'https://evil.example')
      .set('Sec-Fetch-Site', 'cross-site')
      .send(ALLOW)
      .expect(403);
    expect(await readFile(it.file, 'utf8')).toBe(CONSOLE_CONFIG);
  });

  test('are listed, allowed into the file with its comments, and gone from the list', async () => {
    const admin = await it.signIn('admin');
    ask('script');
    ask('image');
    const { body } = await it.own('get', '/console/api/settings', admin).expect(200);
    expect(body.sites[0].blocked).toEqual({
      hosts: [
        {
          origin: 'https://cdn.example:8443',
          shown: 'https://cdn.example:8443',
          count: 2,
          kinds: ['script', 'image'],
          page: 'https://www.shop.example/p',
          at: expect.stringMatching(/^\d{4}-.*Z$/),
        },
      ],
      others: 0,
      dismissed: 0,
    });
    const allowed = await it.own('post', PATH, admin).send(ALLOW).expect(200);
    expect(allowed.body.sites[0]).toMatchObject({
      resources: ['Static', 'cdn.example'],
      blocked: { hosts: [] },
    });
    const text = await readFile(it.file, 'utf8');
    expect(text).toContain(
      '  - title: cdn.example\n    hosts: ["cdn.example"]\n'.replaceAll('"', '') +
        '    protocols: [https]\n    port: 8443\n',
    );
    expect(text.match(/#.*$/gm)).toEqual(CONSOLE_CONFIG.match(/#.*$/gm));
    // Only the other site has not allowed it.
    expect(allowed.body.sites[1].resources).toEqual([]);
    // It may be loaded from; who wants to see it is listed again, and may be let.
    ask('frame');
    const shown = await it
      .own('post', PATH, admin)
      .send({ ...ALLOW, as: 'domains' })
      .expect(200);
    expect(shown.body.sites[0].domains).toEqual(['Shop', 'Intranet', 'cdn.example']);
    await writeFile(it.file, CONSOLE_CONFIG);
    await vi.waitFor(() => expect(it.registry.config.domains).toHaveLength(3), { timeout: 2_000 });
  });

  test('are dismissed and brought back', async () => {
    const admin = await it.signIn('admin');
    ask('script', 'https://ads.example/');
    const dismissed = await it
      .own('post', PATH, admin)
      .send({ type: 'dismiss', origin: 'https://ads.example' })
      .expect(200);
    expect(dismissed.body.sites[0].blocked.dismissed).toBe(1);
    expect(ask('script', 'https://ads.example/')).toBeUndefined();
    const back = await it.own('post', PATH, admin).send({ type: 'restore' }).expect(200);
    expect(back.body.sites[0].blocked.dismissed).toBe(0);
  });

  test('other sites, other shapes and hosts of the gateway itself are refused', async () => {
    const admin = await it.signIn('admin');
    await it.own('post', PATH.replace('shop', 'none'), admin).send(ALLOW).expect(403);
    for (const body of [
      { ...ALLOW, as: 'sites' },
      { ...ALLOW, origin: 'cdn.example' },
      { ...ALLOW, origin: 'ftp://cdn.example' },
      { ...ALLOW, origin: 'https://a:b@cdn.example' },
      { ...ALLOW, more: 1 },
      { type: 'forget' },
    ])
      await it.own('post', PATH, admin).send(body).expect(400);
    const loop = await it
      .own('post', PATH, admin)
      .send({ ...ALLOW, origin: 'http://console.localhost:1' })
      .expect(409);
    expect(loop.body.reason).toBe('config-broken');
    expect(await readFile(it.file, 'utf8')).toBe(CONSOLE_CONFIG);
  });
});

describe('sessions', () => {
  test('an agent joins by session address; one without co-browsing is refused (R2)', async () => {
    const joined = await it
      .own('post', '/console/api/session/abcdefghijklmnop', await it.signIn('anna'))
      .expect(200);
    expect(joined.body).toEqual({ nonce: 'anna abcdefghijklmnop', viewOrigin: 'http://view' });
    const refused = await it
      .own('post', '/console/api/session/abcdefghijklmnop', await it.signIn('ben'))
      .expect(403);
    expect(refused.body.reason).toBe('agent-off');
    await it.own('post', '/console/api/session/abcdefghijklmnop').expect(401);
  });

  test('an agent shares a document as bytes; nobody else’s bytes are read', async () => {
    const path = '/console/api/session/abcdefghijklmnop/documents?name=a%20b.pdf';
    const shared = await it
      .own('post', path, await it.signIn('anna'))
      .type('application/json')
      .send('{"not": json')
      .expect(200);
    expect(shared.body).toEqual({ id: 'a b.pdf 12' });
    await it.own('post', path).type('application/pdf').send('x').expect(401);
    await it
      .own('post', path.replace('?name=a%20b.pdf', ''), await it.signIn('anna'))
      .type('application/pdf')
      .send('x')
      .expect(400);
  });
});

describe('the keyed API', () => {
  const announce = (body: object, key = API_KEY) =>
    it.bare('post', '/api/v1/conversations').set('Authorization', `Bearer ${key}`).send(body);

  test('announces a call for an agent and ends it', async () => {
    const { body } = await announce({
      site: 'shop',
      customer: 'Carla',
      agent: 'anna',
      reference: 'call 7',
    }).expect(201);
    expect(body).toMatchObject({
      id: expect.stringMatching(/^\w+$/),
      customerToken: expect.stringMatching(/^[\w-]{40,}$/),
      reference: 'call 7',
      conversation: { kind: 'call', status: 'open', agent: { name: 'anna' }, cobrowsing: { may: true } },
    });
    expect(it.conversations.getByToken(body.customerToken).cid).toBe(body.id);
    await it.bare('delete', `/api/v1/conversations/${body.id}`).expect(401);
    await it
      .bare('delete', `/api/v1/conversations/${body.id}`)
      .set('Authorization', `Bearer ${API_KEY}`)
      .expect(204);
    expect(it.conversations.find(body.id)?.status).toBe('ended');
  });

  test('takes the first agent of a contact who may co-browse', async () => {
    const { body } = await announce({ site: 'shop', customer: 'Carla', contact: 'sales' }).expect(201);
    expect(body.conversation.agent.name).toBe('anna');
  });

  test('refuses other keys, other sites, unknown agents and other shapes', async () => {
    const call = { site: 'shop', customer: 'Carla', agent: 'anna' };
    await it.bare('post', '/api/v1/conversations').send(call).expect(401);
    await announce(call, 'another-key-that-is-long-enough').expect(401);
    await announce({ ...call, site: 'other' }).expect(403);
    await announce({ ...call, agent: 'eve' }).expect(409);
    await announce({ ...call, contact: 'sales' }).expect(400);
    await announce({ site: 'shop', customer: 'Carla' }).expect(400);
    await announce({ ...call, customer: ' \u200b ' }).expect(400);
    await announce({ ...call, admin: true }).expect(400);
    await it
      .bare('delete', '/api/v1/conversations/nonsense')
      .set('Authorization', `Bearer ${API_KEY}`)
      .expect(401);
  });

  test('a login cookie opens nothing here', async () => {
    const cookie = await it.signIn('admin');
    await it
      .own('post', '/api/v1/conversations', cookie)
      .send({ site: 'shop', customer: 'C', agent: 'anna' })
      .expect(401);
  });
});

describe('what is public', () => {
  test('the panel script, for any site', async () => {
    const answer = await it
      .bare('get', '/panel.js')
      .set('Sec-Fetch-Site', 'cross-site')
      .set('Sec-Fetch-Mode', 'no-cors')
      .expect(200);
    expect(answer.get('Content-Type')).toBe('text/javascript; charset=utf-8');
    expect(answer.get('Cross-Origin-Resource-Policy')).toBe('cross-origin');
    expect(answer.get('Set-Cookie')).toBeUndefined();
    await it.bare('get', '/panel.js').set('If-None-Match', answer.get('ETag')!).expect(304);
  });

  test('health and readiness', async () => {
    await it.bare('get', '/healthz').expect(200, { status: 'ok' });
    await it.bare('get', '/readyz').expect(200);
    const busy = await startConsole({ isReady: () => false });
    await busy.bare('get', '/readyz').expect(503);
    await busy.bare('get', '/healthz').expect(200);
    await busy.stop();
  });
});

test('pages are served on their paths, nothing else is', async () => {
  for (const path of ['/', '/admin', '/admin/agents', '/session/abcdefghijklmnop']) {
    const page = await it.bare('get', path).expect(200);
    expect(page.text).toContain('<title>console</title>');
    expect(page.get('Cache-Control')).toBe('no-store');
  }
  await it.own('get', '/assets/console.js').expect(200);
  for (const path of ['/console', '/index.html', '/assets/other.js', '/console/api/nothing', '/.env'])
    expect((await it.own('get', path)).status, path).toBe(404);
});

test('every answer carries the headers that keep others out', async () => {
  for (const request of [
    it.bare('get', '/'),
    it.own('get', '/console/api/me'),
    it.own('get', '/nothing'),
    it.bare('get', '/panel.js'),
    it.bare('post', '/console/api/login'),
    it.bare('post', '/api/v1/conversations'),
  ]) {
    const answer = await request;
    expect(answer.get('Origin-Agent-Cluster')).toBe('?1');
    expect(answer.get('X-Content-Type-Options')).toBe('nosniff');
    expect(answer.get('Referrer-Policy')).toBe('no-referrer');
    expect(answer.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
    expect(answer.get('X-Powered-By')).toBeUndefined();
    const policy = answer.get('Content-Security-Policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain(`frame-src http://*.${it.places.base}`);
    expect(policy).toContain(`connect-src 'self' ws://${it.places.consoleHost}`);
    expect(policy).not.toContain('unsafe');
  }
});
