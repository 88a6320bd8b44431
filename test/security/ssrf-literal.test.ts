// Attack: an IP literal, in any of its spellings, makes the gateway connect to an internal server.
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isDeniedAddress } from '../../gateway/proxy/denied-addresses.ts';
import { readAddress } from '../../gateway/sites/allowlist.ts';
import { closeServer, domain, listen, site, startProxy, startUpstream } from '../gateway/proxy/upstream.ts';

let canary: Server;
let port: number;
let hits = 0;

beforeAll(async () => {
  canary = createServer((_req, res) => res.end('internal'));
  canary.on('connection', () => hits++);
  port = await listen(canary, '::');
});
afterAll(() => closeServer(canary));

const LOOPBACKS = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '017700000001',
  '0177.0.0.1',
  '127.000.000.001',
  '127.0.0.1.',
  '①②⑦.⓪.⓪.①',
  '１２７.０.０.１',
  '127。0。0。1',
  '0',
  '0.0.0.0',
  '127.255.255.254',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '[0:0:0:0:0:0:0:1]',
];

describe('a site that lists an address literally, without allowing it', () => {
  test.each(LOOPBACKS)('%s is not reached', async (text) => {
    // Whatever a config could hold after URL parsing.
    const { hostname } = new URL(`http://${text}:${port}/`);
    const entry = domain(hostname.replace(/\.$/, ''), { port });
    const gateway = await startProxy(site([domain('www.shop.example'), entry]));
    try {
      const origin = `http://${entry.hosts[0]}:${port}`;
      const { slug } = slugOf(gateway.session.addresses.table.hosts, origin);
      expect(slug).toBeDefined();
      const answer = await gateway.ask(`${origin}/`, { dest: 'iframe' });
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('upstream-refused-address');
      await expect(gateway.proxy.fetchFor(gateway.session, `${origin}/`)).rejects.toBeDefined();
      expect(hits).toBe(0);
    } finally {
      await gateway.stop();
    }
  });
});

function slugOf(hosts: [string, string, string][], origin: string): { slug: string | undefined } {
  return { slug: hosts.find(([text]) => text === origin)?.[1] };
}

test('an address that is not on the list is never tried, however it is written', async () => {
  const gateway = await startProxy(site([domain('www.shop.example')]));
  for (const text of LOOPBACKS) {
    await expect(gateway.proxy.fetchFor(gateway.session, `http://${text}:${port}/`)).rejects.toMatchObject({
      reason: expect.stringMatching(/^address-/),
    });
  }
  expect(hits).toBe(0);
  await gateway.stop();
});

test.each([
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['192.168.1.1', true],
  ['169.254.169.254', true],
  ['100.64.0.1', true],
  ['100.100.100.200', true],
  ['198.18.0.1', true],
  ['192.0.2.1', true],
  ['203.0.113.9', true],
  ['224.0.0.1', true],
  ['240.0.0.1', true],
  ['255.255.255.255', true],
  ['168.63.129.16', true],
  ['fe80::1', true],
  ['fc00::1', true],
  ['fd00:ec2::254', true],
  ['ff02::1', true],
  ['2001:db8::1', true],
  ['::ffff:10.0.0.1', true],
  ['::10.0.0.1', true],
  ['64:ff9b::a00:1', true],
  ['64:ff9b:1::1', true],
  ['2002:a00:1::', true],
  ['not an address', true],
  ['', true],
  ['93.184.216.34', false],
  ['8.8.8.8', false],
  ['2606:2800:220:1:248:1893:25c8:1946', false],
  ['2002:5db8:d822::', false],
])('the address %s: denied %s', (address, denied) => {
  expect(isDeniedAddress(address)).toBe(denied);
});

test('only the networks of the domain entry are opened by it', () => {
  expect(isDeniedAddress('10.1.2.3', ['10.1.0.0/16'])).toBe(false);
  expect(isDeniedAddress('10.2.2.3', ['10.1.0.0/16'])).toBe(true);
  expect(isDeniedAddress('::ffff:10.1.2.3', ['10.1.0.0/16'])).toBe(false);
  expect(isDeniedAddress('fd00::1', ['fd00::/8'])).toBe(false);
});

test('user info and invisible characters are refused before anything is compared', () => {
  for (const url of [
    'http://www.shop.example@127.0.0.1/',
    'http://a:b@www.shop.example/',
    'http://www.shop\u2028.example/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
  ]) {
    expect(() => readAddress(url)).toThrow();
  }
});

test('a private address is reached where the operator wrote it', async () => {
  const upstream = await startUpstream((_req, res) => res.end('intranet'));
  const gateway = await startProxy(
    site([
      domain('www.shop.example'),
      domain('127.0.0.1', { port: upstream.port, allowPrivate: ['127.0.0.1/32'] }),
    ]),
  );
  expect((await gateway.ask(`http://127.0.0.1:${upstream.port}/`)).text).toBe('intranet');
  await gateway.stop();
  await upstream.close();
});
