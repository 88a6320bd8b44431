// Upstreams over TLS: certificate and name are checked against the real host, wherever the connection goes.
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { word } from '../../../gateway/http/words.ts';
import type { Domain } from '../../../gateway/sites/config.ts';
import { makeAuthority, type TestAuthority } from '../tls/test-certificates.ts';
import { closeServer, domain, listen, PASS, SID, site, startProxy, type TestGateway } from './upstream.ts';

/** Self-signed for www.shop.example; used by nothing but this test. */
const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
const before = getCACertificates('default');

let server: Server;
let gateway: TestGateway;
let names: (string | false | null)[] = [];

beforeAll(async () => {
  server = createServer({ key: read('key.pem'), cert: read('cert.pem') }, (req, res) => {
    names.push((req.socket as TLSSocket).servername as string);
    res.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'a=1; Secure' });
    res.end('<a href="https://www.shop.example/x">');
  });
  const connect = { host: '127.0.0.1', port: await listen(server as never) };
  gateway = await startProxy(
    site([
      domain('www.shop.example', { protocols: ['https'], connect }),
      domain('pay.shop.example', { protocols: ['https'], connect }),
    ]),
  );
});
afterAll(async () => {
  setDefaultCACertificates(before);
  await gateway.stop();
  await closeServer(server as never);
});

test('a certificate that nobody vouches for is refused', async () => {
  const answer = await gateway.ask('https://www.shop.example/', { dest: 'iframe' });
  expect(answer.status).toBe(502);
  expect(names).toHaveLength(0);
});

test('a trusted one is taken for the host that it names, and for no other', async () => {
  setDefaultCACertificates([...before, read('cert.pem')]);
  gateway.proxy.drop(gateway.session.sid);
  names = [];
  const answer = await gateway.ask('https://www.shop.example/', { dest: 'iframe' });
  expect(answer.status).toBe(200);
  expect(answer.text).toContain(`href="http://${gateway.hostOf('https://www.shop.example')}/x"`);
  expect(gateway.session.jar.headerFor('https://www.shop.example/', { sameSite: 'strict' })).toBe('a=1');
  expect(names).toEqual(['www.shop.example']);
  expect((await gateway.ask('https://pay.shop.example/', { dest: 'iframe' })).status).toBe(502);
});

describe('an upstream with an authority of its own', () => {
  const HOSTS = {
    good: 'good.shop.example',
    expired: 'expired.shop.example',
    early: 'early.shop.example',
    other: 'other.shop.example',
    plain: 'plain.shop.example',
    public: 'public.shop.example',
  };
  let own: TestAuthority;
  let servers: Server[] = [];
  let proxied: TestGateway;
  let reached: string[] = [];

  beforeAll(async () => {
    own = makeAuthority('Company authority');
    const certificates = {
      good: own.issue([HOSTS.good]),
      expired: own.issue([HOSTS.expired], { from: -9, until: -1 }),
      early: own.issue([HOSTS.early], { from: 2 }),
      other: own.issue(['elsewhere.example']),
      plain: makeAuthority('Another authority').issue([HOSTS.plain]),
      public: own.issue([HOSTS.public]),
    };
    const domains: Domain[] = [];
    for (const [name, pem] of Object.entries(certificates)) {
      const upstream = createServer(pem, (req, res) => {
        reached.push(req.headers.host ?? '');
        res.writeHead(200, { 'content-type': 'text/css' }).end('b{}');
      });
      upstream.on('upgrade', (req, socket) => {
        reached.push(`upgrade ${req.headers.host}`);
        socket.end('HTTP/1.1 403 No\r\n\r\n');
      });
      servers.push(upstream);
      const connect = { host: '127.0.0.1', port: await listen(upstream as never) };
      const host = HOSTS[name as keyof typeof HOSTS];
      // The last one is as an operator left it who named no authority.
      domains.push(
        domain(host, { protocols: ['https'], connect, ...(name === 'public' ? {} : { ca: 'own.pem' }) }),
      );
    }
    proxied = await startProxy(site(domains), {
      authorities: ({ ca }) => (ca === undefined ? undefined : { pem: own.cert, digest: ca }),
    });
  });
  afterAll(async () => {
    await proxied.stop();
    for (const upstream of servers) await closeServer(upstream as never);
    servers = [];
  });

  test('is reached where its authority is named', async () => {
    expect((await proxied.ask(`https://${HOSTS.good}/`, { dest: 'iframe' })).status).toBe(200);
  });

  test.each([
    ['expired', 'upstream-expired', /has expired/],
    ['early', 'upstream-not-yet-valid', /not valid yet/],
    ['other', 'upstream-wrong-host', /for another name/],
    ['plain', 'upstream-unknown-authority', /vouches/],
    ['public', 'upstream-unknown-authority', /vouches/],
  ] as const)('is refused when %s, and the page says why', async (name, reason, words) => {
    const host = HOSTS[name];
    reached = [];
    const page = await proxied.ask(`https://${host}/`, { dest: 'iframe' });
    expect([page.status, page.text]).toEqual([502, expect.stringContaining(`data-reason="${reason}"`)]);
    expect(page.text).toContain(`sentence of ${reason} ${host}`);
    expect(word(`reason.${reason}`, { host })).toMatch(words);
    // The same for what followers ask for, and for WebSockets.
    await expect(proxied.proxy.fetchFor(proxied.session, `https://${host}/a.css`)).rejects.toMatchObject({
      reason,
    });
    expect(await upgradeStatus(host)).toBe(502);
    expect(reached).toEqual([]);
  });

  test('is not reached by way of the environment either', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      proxied.proxy.drop(SID);
      reached = [];
      expect((await proxied.ask(`https://${HOSTS.plain}/`, { dest: 'iframe' })).status).toBe(502);
      expect(reached).toEqual([]);
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  function upgradeStatus(host: string): Promise<number> {
    const address = proxied.hostOf(`https://${host}`);
    const { port } = new URL(`http://${address}`);
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, {
        headers: {
          Host: address,
          Origin: `http://${address}`,
          Cookie: `__Secure-cbp-${SID}=${PASS}`,
        },
      });
      socket.once('unexpected-response', (req, res) => {
        req.destroy();
        resolve(res.statusCode ?? 0);
      });
      socket.once('open', () => reject(new Error('open')));
      socket.once('error', reject);
    });
  }
});
