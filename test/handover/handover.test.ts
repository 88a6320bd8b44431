// The site's middleware: whom it answers, what it hands over, and that it does so behind express as well as bare.
import { readFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { issueChallenge, openSealed } from '../../gateway/session/sealed-cookies.ts';
import type { Store } from '../../gateway/store/store.ts';
import { type HandoverOptions, handOver } from '../../handover/handover.js';
import { domain, site } from '../gateway/proxy/upstream.ts';

const ORIGIN = 'https://www.shop.example';
const OPTIONS: HandoverOptions = {
  site: 'shop',
  secret: 'a-secret-of-this-test-of-at-least-32-characters',
  origins: [ORIGIN],
  cookies: ['login', { name: 'wide', domain: 'shop.example', sameSite: 'None' }],
};
const CHALLENGE = 'c'.repeat(43);

let server: Server | undefined;
afterEach(() => new Promise((done) => (server ? server.close(done) : done(undefined))));

/** @param parsed with express.json() before it */
async function serve(options: Partial<HandoverOptions> = {}, parsed = false): Promise<void> {
  const app = express();
  if (parsed) app.use(express.json());
  app.use(handOver({ ...OPTIONS, ...options }));
  app.use((_req, res) => {
    res.status(404).send('the shop');
  });
  const started = createServer(app);
  server = started;
  await new Promise<void>((done) => started.listen(0, '127.0.0.1', done));
}

interface Asked {
  method?: string;
  path?: string;
  headers?: Record<string, string | undefined>;
  body?: string;
}

function ask({ method = 'POST', path = '/tandem-handover', headers = {}, body }: Asked = {}): Promise<{
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  text: string;
}> {
  const { port } = server!.address() as AddressInfo;
  const all = {
    Origin: ORIGIN,
    'Sec-Fetch-Site': 'same-origin',
    'Content-Type': 'application/json',
    Cookie: 'login=secret-value; wide=w; other=not-listed',
    ...headers,
  };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const req = request({ host: '127.0.0.1', port, method, path, headers: sent, agent: false }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, text }));
    });
    req.on('error', reject);
    req.end(method === 'GET' ? undefined : (body ?? JSON.stringify({ challenge: CHALLENGE })));
  });
}

describe('the middleware of a site', () => {
  it.each([false, true])(
    'seals the listed cookies, and shows none of them (body read before: %s)',
    async (parsed) => {
      await serve({}, parsed);
      const answer = await ask();
      expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
      expect(answer.text).not.toMatch(/secret-value|not-listed/);
      const { token } = JSON.parse(answer.text) as { token: string };
      expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('secret-value');
      expect(await openAtGateway(token)).toEqual([
        'login=secret-value; Path=/; SameSite=Lax; Secure; HttpOnly',
        'wide=w; Path=/; Domain=shop.example; SameSite=None; Secure; HttpOnly',
      ]);
    },
  );

  it.each<[string, Asked, number]>([
    ['another origin', { headers: { Origin: 'https://evil.example' } }, 403],
    ['a sibling of the site', { headers: { Origin: 'https://blog.shop.example' } }, 403],
    ['nobody that says who', { headers: { Origin: undefined } }, 403],
    ['a sandboxed frame', { headers: { Origin: 'null' } }, 403],
    ['a page of the same site only', { headers: { 'Sec-Fetch-Site': 'same-site' } }, 403],
    ['a form', { headers: { 'Content-Type': 'text/plain' } }, 415],
    ['a link', { method: 'GET' }, 405],
    ['no challenge', { body: '{}' }, 400],
    ['a challenge that is none', { body: '{"challenge":"a b"}' }, 400],
    ['no JSON', { body: '{' }, 400],
    ['a body without end', { body: `{"challenge":"${'c'.repeat(5_000)}"}` }, 400],
  ])('answers %s with no cookie', async (_, asked, status) => {
    await serve();
    const answer = await ask(asked);
    expect([answer.status, answer.text]).toEqual([status, '']);
  });

  it('has nothing to say when no listed cookie is there, or one came twice', async () => {
    await serve();
    expect((await ask({ headers: { Cookie: 'other=1' } })).status).toBe(204);
    expect((await ask({ headers: { Cookie: 'login=a; login=b' } })).status).toBe(204);
  });

  it('leaves the last word to the site, and everything else to the shop', async () => {
    await serve({ mayHandOver: (req) => req.headers['x-agreed'] === 'yes' });
    expect((await ask()).status).toBe(403);
    expect((await ask({ headers: { 'X-Agreed': 'yes' } })).status).toBe(200);
    expect((await ask({ path: '/tandem-handover/more' })).text).toBe('the shop');
  });

  it('refuses to start with a secret that can be guessed', () => {
    expect(() => handOver({ ...OPTIONS, secret: 'short' })).toThrow(TypeError);
    expect(() => handOver({ ...OPTIONS, cookies: [] })).toThrow(TypeError);
  });
});

describe('the contract', () => {
  it('is as docs/HANDOVER.md says: its example opens', async () => {
    const text = await readFile(new URL('../../docs/HANDOVER.md', import.meta.url), 'utf8');
    const token = /^1\.[\w-]{100,}$/m.exec(text)?.[0] ?? '';
    const secret = /secrets: \['(example[^']+)'\]/.exec(
      await readFile(new URL('../../config/tandem.yaml', import.meta.url), 'utf8'),
    )?.[1];
    const demo = {
      ...site([domain('www.shop.example')]),
      id: 'demo',
      handover: {
        path: '/tandem-handover',
        secrets: [secret ?? ''],
        cookies: ['shop_session'],
        fromBrowser: false,
      },
    };
    const store = { take: async () => ({ cid: 'c1', site: 'demo' }) } as unknown as Store;
    const from = { cid: 'c1', site: demo, page: `${ORIGIN}/` };
    expect(await openSealed(store, { challenge: CHALLENGE, token }, from, 1_767_225_600_000)).toEqual([
      'shop_session=abc; Path=/; SameSite=Lax; Secure; HttpOnly',
    ]);
  });
});

/** What the gateway takes out of it. */
async function openAtGateway(token: string): Promise<string[]> {
  const record = { cid: 'c1', site: 'shop' };
  const store = {
    put: async () => 1,
    take: async () => record,
  } as unknown as Store;
  await issueChallenge(store, record);
  const shop = {
    ...site([domain('www.shop.example')]),
    handover: {
      path: '/tandem-handover',
      secrets: [OPTIONS.secret],
      cookies: ['login', 'wide'],
      fromBrowser: false,
    },
  };
  return await openSealed(
    store,
    { challenge: CHALLENGE, token },
    { cid: 'c1', site: shop, page: `${ORIGIN}/x` },
  );
}
