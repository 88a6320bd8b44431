// The leak meter: what is counted, what is kept of an address, what is no business of it, and how much it can hold.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLog } from '../../../gateway/log.ts';
import { BlockedHosts } from '../../../gateway/sites/blocked-hosts.ts';
import type { Domain, Site } from '../../../gateway/sites/config.ts';
import { placesOf } from '../../../gateway/sites/places.ts';
import type { Store } from '../../../gateway/store/store.ts';
import { domain, site } from '../proxy/upstream.ts';

const places = placesOf({}, 8080);
const log = createLog('silent');
const PAGE = 'http://www.shop.example/basket?card=4111#x';
let kept: Map<string, unknown>;
let store: Store;
let shop: Site;
let blocked: BlockedHosts;

beforeEach(async () => {
  kept = new Map();
  store = {
    list: async () => [...kept].map(([key, value]) => ({ key, value, version: 1 })),
    put: async (_space: string, key: string, value: unknown) => {
      kept.set(key, value);
      return 1;
    },
    delete: async (_space: string, key: string) => void kept.delete(key),
  } as unknown as Store;
  shop = site([domain('www.shop.example')], { resources: [domain('cdn.shop.example')] });
  blocked = await BlockedHosts.open(store, places, log);
});
afterEach(() => kept.clear());

it('counts by host and kind, and keeps of the page its path only', () => {
  blocked.note(shop, { url: 'https://cdn.example/a.js?token=s', kind: 'script', page: PAGE }, 1_000);
  blocked.note(shop, { url: 'https://cdn.example/b.png', kind: 'image', page: PAGE }, 2_000);
  blocked.note(shop, { url: 'https://cdn.example/c.png', kind: 'image', page: PAGE }, 3_000);
  blocked.note(shop, { url: 'wss://live.example:8443/x', kind: 'fetch', page: '' }, 4_000);
  expect(blocked.list(shop)).toEqual({
    hosts: [
      {
        origin: 'https://cdn.example',
        shown: 'https://cdn.example',
        count: 3,
        kinds: ['image', 'script'],
        page: 'http://www.shop.example/basket',
        at: '1970-01-01T00:00:03.000Z',
      },
      expect.objectContaining({ origin: 'https://live.example:8443', kinds: ['fetch'], page: '' }),
    ],
    others: 0,
    dismissed: 0,
  });
  expect(JSON.stringify(blocked.list(shop))).not.toMatch(/token|4111/);
});

it('writes names of other letters as people do', () => {
  expect(blocked.note(shop, { url: 'https://bücher.example/', kind: 'frame', page: PAGE })).toBe(
    'bücher.example',
  );
  expect(blocked.list(shop).hosts[0]).toMatchObject({
    origin: 'https://xn--bcher-kva.example',
    shown: 'https://bücher.example',
  });
});

it.each([
  ['data:text/css,x', 'style'],
  ['inline', 'script'],
  ['', 'script'],
  ['http://console.localhost:8080/', 'fetch'],
  ['http://www-shop-example--abcdefghijklmnop.cobrowse.localhost:8080/', 'fetch'],
  ['http://www.shop.example/x', 'navigation'],
  ['http://cdn.shop.example/x', 'image'],
] as const)('%j is no business of the list', (url, kind) => {
  expect(blocked.note(shop, { url, kind, page: PAGE })).toBeUndefined();
  expect(blocked.list(shop).hosts).toEqual([]);
});

it('a resource that somebody wants to see is one, until it is a domain', () => {
  blocked.note(shop, { url: 'http://cdn.shop.example/x', kind: 'navigation', page: PAGE });
  expect(blocked.list(shop).hosts).toHaveLength(1);
  expect(blocked.list({ ...shop, domains: [...shop.domains, ...shop.resources] }).hosts).toEqual([]);
});

it('what is listed since is gone from it', () => {
  blocked.note(shop, { url: 'https://cdn.example/', kind: 'script', page: PAGE });
  const cdn: Domain = domain('cdn.example', { protocols: ['https'] });
  expect(blocked.list({ ...shop, resources: [cdn] }).hosts).toEqual([]);
});

it('a name too long for an address of its own counts although a wildcard covers it', () => {
  const wide = site([domain('shop.example', { includeSubdomains: true })]);
  const long = `http://${'a-very-long-name-'.repeat(3)}x.shop.example/`;
  blocked.note(wide, { url: long, kind: 'image', page: PAGE });
  blocked.note(wide, { url: 'http://a.shop.example/', kind: 'image', page: PAGE });
  expect(blocked.list(wide).hosts.map(({ origin }) => `${origin}/`)).toEqual([long]);
});

it('holds fifty hosts of a site, however many a page makes up; those asked for often stay', () => {
  for (let n = 0; n < 3; n++) blocked.note(shop, { url: 'https://cdn.example/', kind: 'script', page: PAGE });
  for (let n = 0; n < 5_000; n++)
    blocked.note(shop, { url: `https://h${n}.example/`, kind: 'image', page: PAGE });
  const { hosts, others } = blocked.list(shop);
  expect(hosts).toHaveLength(50);
  expect(hosts[0]).toMatchObject({ origin: 'https://cdn.example', count: 3 });
  expect(hosts.reduce((sum, { count }) => sum + count, others)).toBe(5_003);
});

it('what an admin dismissed is counted no more, also after a restart, until he wants it back', async () => {
  blocked.note(shop, { url: 'https://ads.example/', kind: 'script', page: PAGE });
  await blocked.dismiss('shop', 'https://ads.example');
  blocked = await BlockedHosts.open(store, places, log);
  expect(blocked.note(shop, { url: 'https://ads.example/', kind: 'script', page: PAGE })).toBeUndefined();
  expect(blocked.list(shop)).toEqual({ hosts: [], others: 0, dismissed: 1 });
  const other = { ...shop, id: 'other' };
  expect(blocked.note(other, { url: 'https://ads.example/', kind: 'script', page: PAGE })).toBe(
    'ads.example',
  );
  await blocked.restore('shop');
  expect(kept.size).toBe(0);
  blocked.note(shop, { url: 'https://ads.example/', kind: 'script', page: PAGE });
  expect(blocked.list(shop)).toMatchObject({ hosts: [{ count: 1 }], dismissed: 0 });
});
