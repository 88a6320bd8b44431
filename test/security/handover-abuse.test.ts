// Sealed cookies: replayed, of another conversation or site, forged, too old, too large, or more than the site may hand over.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CHALLENGE_LIFE, issueChallenge, openSealed } from '../../gateway/session/sealed-cookies.ts';
import type { Site } from '../../gateway/sites/config.ts';
import { openEmbedded } from '../../gateway/store/embedded.ts';
import { sealCookies } from '../../handover/handover.js';
import type { HandoverChallenge, SessionBegun } from '../../protocol/http-api.ts';
import { domain, site as plainSite } from '../gateway/proxy/upstream.ts';
import { SHOP, startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

const SECRET = 'a-secret-of-this-test-of-at-least-32-characters';
const VALUE = 'value-that-no-script-may-read';
const LOGIN = { name: 'login', value: VALUE };
const EMPTY = { cookie: '', local: [], session: [], fields: [], scroll: [0, 0] };

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
  await test.editConfig(
    'contacts: [sales]\n',
    `contacts: [sales]\n    handover: { secrets: ["${SECRET}"], cookies: [login, cart] }\n`,
  );
  await vi.waitFor(() => expect(test.gateway.registry.findSite('shop')?.handover).toBeDefined(), 5_000);
});
afterAll(() => test.stop());
afterEach(async () => {
  for (const { sid } of [...test.gateway.sessions.all()]) await test.gateway.sessions.end(sid, 'idle');
});

const post = (path: string, token: string | undefined, body: unknown) =>
  test.call(test.hosts.panel, path, {
    method: 'POST',
    headers: {
      Origin: `http://${test.hosts.panel}`,
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    body,
  });

async function challengeOf(token: string): Promise<string> {
  const answer = await post('/panel/api/handover', token, {});
  expect(answer.status).toBe(201);
  return (JSON.parse(answer.text) as HandoverChallenge).challenge;
}

interface Sealing {
  secret?: string;
  site?: string;
  origin?: string;
  now?: number;
  cookies?: { name: string; value: string; path?: string; domain?: string }[];
}
const seal = (challenge: string, sealing: Sealing = {}) =>
  sealCookies({ secret: SECRET, site: 'shop', origin: SHOP, cookies: [LOGIN], challenge, ...sealing });

async function start(
  token: string,
  sealed: { challenge: string; token: string },
  cookie = '',
): Promise<{ status: number; sealed?: string; jar: string; scripts: string }> {
  const answer = await post('/panel/api/session', token, {
    handover: { ...EMPTY, cookie, url: `${SHOP}/account` },
    sealed,
  });
  const session = [...test.gateway.sessions.all()].at(-1);
  return {
    status: answer.status,
    ...(answer.status === 201 ? pickSealed(JSON.parse(answer.text)) : {}),
    jar: session?.jar.headerFor(`${SHOP}/`, { sameSite: 'strict' }) ?? '',
    scripts: session?.jar.scriptCookies(`${SHOP}/`) ?? '',
  };
}
const pickSealed = ({ sealed }: SessionBegun) => (sealed === undefined ? {} : { sealed });

describe('cookies that the site sealed', () => {
  it('reach the upstream, and neither scripts nor the log', async () => {
    const { token } = await test.beginWithAnna();
    const challenge = await challengeOf(token);
    // A script of the page tries to be first with a value of its own.
    const began = await start(token, { challenge, token: seal(challenge) }, 'login=planted; basket=7');
    expect(began).toEqual({
      status: 201,
      sealed: 'taken',
      jar: expect.stringContaining(`login=${VALUE}`),
      scripts: 'basket=7',
    });
    expect(began.jar).not.toContain('planted');
    expect(test.logged.join('')).not.toContain(VALUE);
  });

  it('are good once, and for one conversation', async () => {
    const { token } = await test.beginWithAnna();
    const challenge = await challengeOf(token);
    const sealed = { challenge, token: seal(challenge) };
    expect((await start(token, sealed)).sealed).toBe('taken');
    for (const { sid } of [...test.gateway.sessions.all()]) await test.gateway.sessions.end(sid, 'idle');
    expect(await start(token, sealed)).toMatchObject({ status: 201, sealed: 'refused', jar: '' });
  });

  it('are refused to another conversation, even with the challenge of the first, and then to the first too', async () => {
    const victim = await test.beginWithAnna();
    const attacker = await test.begin('Mallory');
    victim.desk.send({ type: 'conversation.accept', cid: attacker.cid });
    await attacker.panel.next('conversation.changed', ({ conversation }) => conversation.cobrowsing.may);
    const challenge = await challengeOf(victim.token);
    const sealed = { challenge, token: seal(challenge) };
    expect(await start(attacker.token, sealed)).toMatchObject({ sealed: 'refused', jar: '' });
    expect(await start(victim.token, sealed)).toMatchObject({ sealed: 'refused', jar: '' });
    const own = await challengeOf(victim.token);
    for (const { sid } of [...test.gateway.sessions.all()]) await test.gateway.sessions.end(sid, 'idle');
    // Sealed for the one, presented with the other.
    expect(await start(victim.token, { challenge: own, token: sealed.token })).toMatchObject({
      sealed: 'refused',
    });
  });

  it.each<[string, (challenge: string) => string]>([
    ['another secret', (c) => seal(c, { secret: SECRET.replace('a', 'b') })],
    ['another site', (c) => seal(c, { site: 'other' })],
    ['another origin than the page', (c) => seal(c, { origin: 'http://static.shop.example' })],
    ['the clock of yesterday', (c) => seal(c, { now: Date.now() - 86_400_000 })],
    ['the clock of tomorrow', (c) => seal(c, { now: Date.now() + 86_400_000 })],
    ['a changed byte', (c) => seal(c).replace(/.{4}$/, 'AAAA')],
    ['another version', (c) => seal(c).replace('1.', '2.')],
    ['half of it', (c) => seal(c).slice(0, 30)],
    ['nothing', () => ''],
    ['more than twenty cookies', (c) => seal(c, { cookies: Array.from({ length: 21 }, () => LOGIN) })],
    ['a cookie beyond 4 KiB', (c) => seal(c, { cookies: [{ name: 'login', value: 'x'.repeat(4_097) }] })],
    ['an attribute in a value', (c) => seal(c, { cookies: [{ name: 'login', value: 'x; Domain=example' }] })],
    ['a line end in a path', (c) => seal(c, { cookies: [{ ...LOGIN, path: '/\r\nSet-Cookie: a=b' }] })],
    ['a name that is none', (c) => seal(c, { cookies: [{ name: 'login;x', value: '' }] })],
  ])('are refused with %s, and the customer starts without', async (_, make) => {
    const { token } = await test.beginWithAnna();
    const challenge = await challengeOf(token);
    const began = await start(token, { challenge, token: make(challenge) });
    expect(began).toMatchObject({ status: 201, sealed: 'refused', jar: '' });
  });

  it('are refused unread when they are too large', async () => {
    const { token } = await test.beginWithAnna();
    const challenge = await challengeOf(token);
    expect((await start(token, { challenge, token: `1.${'A'.repeat(40_000)}` })).status).toBe(400);
  });

  it('reach only what the site may hand over, on its own domains', async () => {
    const { token } = await test.beginWithAnna();
    const challenge = await challengeOf(token);
    const cookies = [
      LOGIN,
      { name: 'admin', value: 'not-listed' },
      { name: 'cart', value: 'foreign', domain: 'evil.example' },
      { name: 'cart', value: 'suffix', domain: 'example' },
    ];
    const began = await start(token, { challenge, token: seal(challenge, { cookies }) });
    expect(began).toMatchObject({ sealed: 'taken', jar: `login=${VALUE}` });
    const [session] = test.gateway.sessions.all();
    expect(session?.jar.size).toBe(1);
    expect(session?.jar.headerFor('http://evil.example/', { sameSite: 'strict' })).toBe('');
  });

  it('have challenges for those only who hold a conversation, and not without end', async () => {
    expect((await post('/panel/api/handover', undefined, {})).status).toBe(401);
    const { token } = await test.begin();
    for (let count = 0; count < 20; count += 1) await challengeOf(token);
    expect((await post('/panel/api/handover', token, {})).status).toBe(429);
  });
});

describe('a challenge', () => {
  const shop: Site = {
    ...plainSite([domain('www.shop.example')]),
    handover: {
      path: '/tandem-handover',
      secrets: ['new-'.repeat(10), SECRET],
      cookies: ['login'],
      fromBrowser: false,
    },
  };
  it('runs out in a minute, and takes the secret before as well as the new one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-handover-'));
    let ahead = 0;
    const store = await openEmbedded(folder, { now: () => Date.now() + ahead });
    try {
      const from = { cid: 'c1', site: shop, page: `${SHOP}/` };
      const open = async (late: number) => {
        ahead = 0;
        const challenge = await issueChallenge(store, { cid: 'c1', site: 'shop' });
        ahead = late;
        return await openSealed(store, { challenge, token: seal(challenge) }, from);
      };
      expect(await open(CHALLENGE_LIFE - 5_000)).toEqual([`login=${VALUE}; Path=/; SameSite=Lax; HttpOnly`]);
      await expect(open(CHALLENGE_LIFE + 1_000)).rejects.toMatchObject({ rule: 'challenge' });
      const { handover: _, ...without } = shop;
      await expect(
        openSealed(store, { challenge: 'x', token: 'x' }, { ...from, site: without }),
      ).rejects.toMatchObject({ rule: 'not-offered' });
    } finally {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
