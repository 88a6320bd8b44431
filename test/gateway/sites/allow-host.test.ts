// Allowing a host: what is written into the admin's file, and what stays as he wrote it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findEntry } from '../../../gateway/sites/addresses.ts';
import { withHost } from '../../../gateway/sites/allow-host.ts';
import { ConfigError } from '../../../gateway/sites/config.ts';
import { loadConfig } from '../../../gateway/sites/load.ts';
import { parseOrigin } from '../../../protocol/address.ts';
import { CHEAP_HASH, GOOD_CONFIG } from './config-text.ts';

const FILE = 'tandem.yaml';

function allow(text: string, site: string, origin: string, as: 'domains' | 'resources'): string {
  return withHost(loadConfig(text, FILE), FILE, site, parseOrigin(origin)!, as);
}

function kindOf(text: string, site: string, origin: string): string | undefined {
  const found = loadConfig(text, FILE).config.sites.find(({ id }) => id === site)!;
  return findEntry(found, parseOrigin(origin)!)?.kind;
}

/** Lines that are new, and proof that nothing else changed. */
function added(before: string, after: string): string[] {
  const old = before.split('\n');
  return after.split('\n').filter((line) => {
    if (line !== old[0]) return true;
    old.shift();
    return false;
  });
}

describe('the example configuration', () => {
  const example = readFileSync(join(import.meta.dirname, '../../../config/tandem.yaml'), 'utf8');

  it('gets four lines and a title, in the manner of what stands there', () => {
    const text = allow(example, 'demo', 'https://cdn.example:8443', 'resources');
    expect(text).toContain(
      [
        '    connect: 127.0.0.1:8090',
        '  - title: cdn.example',
        '    hosts: [cdn.example]',
        '    protocols: [https]',
        '    port: 8443',
        '',
        '# What is shared together, and how.',
      ].join('\n'),
    );
    expect(text).toContain(
      '    resources: [Demo shop static files, cdn.example] # pages may load from them, nobody can go there',
    );
    const back = text
      .replace(
        '  - title: cdn.example\n    hosts: [cdn.example]\n    protocols: [https]\n    port: 8443\n',
        '',
      )
      .replace(', cdn.example]', ']');
    expect(back).toBe(example);
    expect(kindOf(text, 'demo', 'https://cdn.example:8443')).toBe('resource');
    expect(kindOf(text, 'demo', 'https://cdn.example')).toBeUndefined();
  });

  it('gets a host that may be shown, with a name of other letters', () => {
    const text = allow(example, 'demo', 'https://xn--bcher-kva.example', 'domains');
    expect(text).toContain('domains: [Demo shop, Demo payment, "bücher.example"]');
    expect(text).toContain('  - title: "bücher.example"\n    hosts: [xn--bcher-kva.example]\n');
    expect(kindOf(text, 'demo', 'https://xn--bcher-kva.example')).toBe('domain');
  });

  it('makes a domain of a resource by its title alone', () => {
    const text = allow(example, 'demo', 'http://static.demoshop.localhost:8090', 'domains');
    expect(added(example, text)).toHaveLength(
      1 +
        example.split('\n').length -
        example
          .split('\n')
          .indexOf('    domains: [Demo shop, Demo payment] # may be shown and navigated to') -
        1,
    );
    expect(text).toContain('domains: [Demo shop, Demo payment, Demo shop static files]');
    expect(kindOf(text, 'demo', 'http://static.demoshop.localhost:8090')).toBe('domain');
  });

  it('stays to the byte where the host is listed already', () => {
    expect(allow(example, 'demo', 'http://www.demoshop.localhost:8090', 'resources')).toBe(example);
    expect(allow(example, 'demo', 'http://static.demoshop.localhost:8090', 'resources')).toBe(example);
  });
});

describe('other layouts', () => {
  const config = (domains: string, site: string) =>
    `system: { cobrowsing: true }\nagents:\n  - { name: anna, title: Anna, password: "${CHEAP_HASH}" }\n${domains}\n${site}`;
  const HEAD = 'domains:\n  - { title: Shop, hosts: [www.shop.example], protocols: [https] } # ours\n';
  const START = 'start: https://www.shop.example/';

  it.each([
    ['flow', config(HEAD, `sites: [{ id: shop, title: Shop, domains: [Shop], ${START} }]\n`)],
    [
      'flow, empty',
      config(HEAD, `sites:\n  - { id: shop, title: Shop, domains: [Shop], resources: [], ${START} }`),
    ],
    [
      'block',
      config(
        HEAD,
        `sites:\n  - id: shop\n    title: Shop\n    domains:\n      - Shop # the shop\n    # where it starts\n    ${START}`,
      ),
    ],
    [
      'block, not indented',
      config(
        HEAD,
        `sites:\n- id: shop\n  title: Shop\n  domains:\n  - Shop\n  resources:\n  - Shop\n  ${START}\n\n# the end\n`,
      ),
    ],
    ['no line end', config(HEAD, `sites:\n  - id: shop\n    title: Shop\n    ${START}\n    domains: [Shop]`)],
    [
      'list over lines',
      config(
        'domains: [\n  { title: Shop, hosts: [www.shop.example], protocols: [https] }, # ours\n]',
        `sites:\n  - id: shop\n    title: Shop\n    ${START}\n    domains: [\n      Shop,\n    ]`,
      ),
    ],
    [
      'json',
      JSON.stringify({
        domains: [{ title: 'Shop', hosts: ['www.shop.example'], protocols: ['https'] }],
        sites: [{ id: 'shop', title: 'Shop', domains: ['Shop'], start: 'https://www.shop.example/' }],
      }),
    ],
    [
      'windows',
      config(HEAD, `sites:\n  - id: shop\n    title: Shop\n    ${START}\n    domains: [Shop]\n`).replaceAll(
        '\n',
        '\r\n',
      ),
    ],
  ])('%s', (_name, text) => {
    for (const as of ['resources', 'domains'] as const) {
      const once = allow(text, 'shop', 'https://cdn.example', as);
      const twice = allow(once, 'shop', 'http://10.0.0.1:81', as);
      const kind = as === 'domains' ? 'domain' : 'resource';
      expect(kindOf(twice, 'shop', 'https://cdn.example')).toBe(kind);
      expect(kindOf(twice, 'shop', 'http://10.0.0.1:81')).toBe(kind);
      expect(kindOf(twice, 'shop', 'https://www.shop.example')).toBe('domain');
      for (const comment of text.match(/#.*$/gm) ?? []) expect(twice).toContain(comment);
      // All that was there is there, in its order.
      let at = 0;
      for (const word of text.split(/[\s,\]}]+/)) {
        at = twice.indexOf(word, at);
        expect(at, word).toBeGreaterThanOrEqual(0);
      }
    }
  });
});

describe('what is refused', () => {
  it('hosts that lead to the gateway itself', () => {
    expect(() => allow(GOOD_CONFIG, 'shop', 'http://console.localhost', 'domains')).toThrow(ConfigError);
  });
  it('a site that is not there', () => {
    expect(() => allow(GOOD_CONFIG, 'other', 'https://cdn.example', 'domains')).toThrow(RangeError);
  });
});

it('titles stay unique: another entry may be called like the host', () => {
  const text = GOOD_CONFIG.replace('title: Static', 'title: cdn.example').replace(
    'resources: [Static]',
    'resources: [cdn.example]',
  );
  const after = allow(text, 'shop', 'https://cdn.example:444', 'resources');
  expect(after).toContain('title: "cdn.example:444"');
  expect(kindOf(after, 'shop', 'https://cdn.example:444')).toBe('resource');
});
