// Threat 13: YAML bombs and bad configs. A bad file is refused with line and sentence; a running gateway keeps the state before it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLog } from '../../gateway/log.ts';
import { ConfigError, type ConfigProblem } from '../../gateway/sites/config.ts';
import { loadConfig } from '../../gateway/sites/load.ts';
import { Registry } from '../../gateway/sites/registry.ts';
import { GOOD_CONFIG, spoil } from '../gateway/sites/config-text.ts';

const DOMAIN_HOSTS = 'hosts: [www.shop.example, shop.example]';
const nested = (depth: number) => `trustProxy: ${'['.repeat(depth)}${']'.repeat(depth)}\n`;

/** What is wrong, the text, the line, and words that the sentence must have. */
const BAD: [name: string, text: string, line: number, sentence: RegExp][] = [
  // the YAML itself
  ['larger than 1 MiB', `${GOOD_CONFIG}# ${'x'.repeat(1024 * 1024)}`, 1, /larger than 1 MiB/],
  ['an alias bomb', 'a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n', 1, /Aliases and anchors/],
  ['one alias', spoil('agents: [anna, ben]', 'agents: &all [anna]'), 24, /Aliases and anchors/],
  ['a merge key', '<<: {listen: 127.0.0.1:1}\n', 1, /no key "<<"/],
  ['33 levels', nested(32 + 1), 1, /nested more than 32/],
  ['20,000 levels', nested(20_000), 1, /nested more than 32/],
  ['500,000 levels', nested(500_000), 1, /nested more than 32/],
  ['300,000 levels of dashes', `trustProxy:\n  ${'- '.repeat(300_000)}a\n`, 1, /nested more than 32/],
  ['100,000 levels in quotes that are open', `data: "${'{'.repeat(100_000)}`, 1, /nested more than 32/],
  ['an unknown tag', spoil('data: ./data', 'data: !secret ./data'), 5, /Tags/],
  ['a tag that makes code', spoil('data: ./data', "data: !!js/function 'x'"), 5, /Tags/],
  ['a doubled key', spoil('data: ./data', 'data: ./data\ndata: ./other'), 6, /given twice/],
  [
    '__proto__',
    spoil('  cobrowsing: true # R1', '  __proto__: {cobrowsing: true}'),
    3,
    /"__proto__" is not possible/,
  ],
  ['constructor', `${GOOD_CONFIG}constructor: {}\n`, 49, /"constructor" is not possible/],
  ['a key that is no word', '? [a, b]\n: 1\n', 1, /plain words/],
  ['two documents', `${GOOD_CONFIG}---\nlisten: 127.0.0.1:1\n`, 49, /only one document/],
  ['a tab', 'system:\n\tcobrowsing: true\n', 2, /tabs/],
  ['an open quote', 'data: "x\n', 2, /quote/],
  ['a list at the top', '- a\n', 1, /The file must be a mapping/],
  // the shape
  ['an unknown key at the top', `${GOOD_CONFIG}colour: red\n`, 49, /no key "colour" at the top/],
  [
    'an unknown key inside',
    spoil('cobrowsing: true # R2', 'cobrowsing: true\n    color: red'),
    13,
    /no key "color" in "agents\[0\]"/,
  ],
  ['a missing key', spoil('    title: Anna Berg\n', ''), 9, /"agents\[0\]\.title" is missing/],
  ['a wrong kind', spoil('cobrowsing: true # R1', 'cobrowsing: yes'), 3, /must be true or false/],
  [
    'a wrong word',
    spoil('roles: [admin]', 'roles: [root]'),
    19,
    /"agents\[2\]\.roles\[0\]" must be "agent" or/,
  ],
  [
    'a plain password',
    spoil('roles: [admin]', 'password: tandem').replace(/(Administrator\n)\s+password: scrypt.*\n/, '$1'),
    18,
    /hash-password/,
  ],
  ['no protocol', spoil('protocols: [https]', 'protocols: []'), 29, /at least one entry/],
  ['another protocol', spoil('protocols: [https]', 'protocols: [ftp]'), 29, /must be "http" or "https"/],
  ['a bad port', spoil('port: 8090', 'port: 70000'), 37, /at most 65535/],
  ['a bad connect', spoil('connect: 127.0.0.1:8090', 'connect: http://127.0.0.1'), 38, /a host and a port/],
  ['a bad network', `${GOOD_CONFIG}trustProxy: [10.0.0.0/99]\n`, 49, /IP address or a network/],
  ['a selector outside the grammar', spoil("'#account .iban'", "'input:hover'"), 48, /pseudo-classes/],
  [
    'a header smuggled into the upstream header',
    `${GOOD_CONFIG}upstreamHeader: {name: X-A, value: "a\\r\\nHost: evil"}\n`,
    49,
    /printable ASCII/,
  ],
  ['Host as upstream header', `${GOOD_CONFIG}upstreamHeader: {name: Host, value: evil}\n`, 49, /sets itself/],
  [
    'a key in the clear',
    `${GOOD_CONFIG}apiKeys: [{name: a, sha256: secret, sites: [shop]}]\n`,
    49,
    /SHA-256/,
  ],
  // hosts
  [
    'a wildcard',
    spoil(DOMAIN_HOSTS, 'hosts: ["*.shop.example"]'),
    28,
    /Wildcards are refused: write "shop\.example" and add "includeSubdomains: true"/,
  ],
  [
    'a wildcard in the middle',
    spoil('hosts: [static.shop.example]', 'hosts: ["a.*.example"]'),
    31,
    /Wildcards are refused/,
  ],
  ['every host', spoil('hosts: [static.shop.example]', 'hosts: ["*"]'), 31, /Wildcards are refused/],
  [
    'a public suffix with subdomains',
    spoil('hosts: [static.shop.example]', 'hosts: [co.uk]'),
    31,
    /public suffix/,
  ],
  [
    'an address in place of a host',
    spoil(DOMAIN_HOSTS, 'hosts: [https://www.shop.example]'),
    28,
    /without scheme/,
  ],
  ['a host with a port', spoil(DOMAIN_HOSTS, 'hosts: ["www.shop.example:80"]'), 28, /without scheme, port/],
  [
    'a disguised IP address',
    spoil(DOMAIN_HOSTS, 'hosts: ["0x7f.1"]'),
    28,
    /IP address; write it as "127\.0\.0\.1"/,
  ],
  ['the console as domain', spoil(DOMAIN_HOSTS, 'hosts: [console.localhost]'), 28, /this gateway itself/],
  [
    'a session address as domain',
    spoil(DOMAIN_HOSTS, 'hosts: [abcdefghijklmnop.cobrowse.localhost]'),
    28,
    /this gateway itself/,
  ],
  [
    'two protocols on one port',
    spoil('protocols: [http]\n    port', 'protocols: [http, https]\n    port'),
    37,
    /one protocol only/,
  ],
  // references
  ['a title given twice', spoil('title: Static', 'title: Shop'), 30, /The title "Shop" is given twice/],
  [
    'a domain that is not there',
    spoil('domains: [Shop, Intranet]', 'domains: [Shop, Extranet]'),
    43,
    /names no domain: "Extranet"/,
  ],
  [
    'a resource that is not there',
    spoil('resources: [Static]', 'resources: [Other]'),
    44,
    /names no domain: "Other"/,
  ],
  [
    'a contact that is not there',
    spoil('contacts: [sales]', 'contacts: [service]'),
    46,
    /names no contact: "service"/,
  ],
  [
    'a start page elsewhere',
    spoil('start: https://www.shop.example/', 'start: https://other.example/'),
    45,
    /not on a domain/,
  ],
  [
    'a start page on a resource',
    spoil('start: https://www.shop.example/', 'start: https://static.shop.example/'),
    45,
    /not on a domain/,
  ],
  // origins
  [
    'console and pages on one registrable domain',
    `${GOOD_CONFIG}publicUrl: https://console.company.example\nbase: pages.company.example\n`,
    49,
    /registrable domain of their own/,
  ],
  [
    'the same under localhost',
    `${GOOD_CONFIG}publicUrl: http://a.tandem.localhost:80\nbase: b.tandem.localhost\n`,
    49,
    /registrable domain of their own/,
  ],
  [
    'the panel below the base',
    `${GOOD_CONFIG}panelUrl: http://panel.cobrowse.localhost\n`,
    49,
    /registrable domain of their own/,
  ],
  [
    'plain http outside localhost',
    `${GOOD_CONFIG}publicUrl: http://console.localhost:80\nbase: pages.example\n`,
    50,
    /needs https/,
  ],
  [
    'a console without base',
    `${GOOD_CONFIG}publicUrl: https://console.company.example\n`,
    49,
    /"base" is needed too/,
  ],
  [
    'a console with a path',
    `${GOOD_CONFIG}publicUrl: https://console.company.example/tandem\nbase: pages.example\n`,
    49,
    /without a path/,
  ],
  [
    'an IP address as console',
    `${GOOD_CONFIG}publicUrl: https://192.0.2.1\nbase: pages.example\n`,
    49,
    /not an IP address/,
  ],
  // TLS
  [
    'TLS without a certificate',
    `${GOOD_CONFIG}tls:\n  certificates: []\n`,
    50,
    /"tls.certificates" needs at least one entry/,
  ],
  [
    'TLS older than 1.2',
    `${GOOD_CONFIG}tls:\n  certificates: [{ certificate: a, key: b }]\n  minVersion: TLSv1.1\n`,
    51,
    /must be "TLSv1.2" or "TLSv1.3"/,
  ],
  [
    'TLS with a plain console',
    `${GOOD_CONFIG}publicUrl: http://console.localhost:80\ntls: { certificates: [{ certificate: a, key: b }] }\n`,
    49,
    /must begin with https/,
  ],
  // hand-over
  [
    'a secret that can be guessed',
    spoil('    options:\n', '    handover: { secrets: [short], cookies: [a] }\n    options:\n'),
    47,
    /must have 32 to 200 characters/,
  ],
  [
    'a hand-over by nothing',
    spoil('    options:\n', '    handover: { cookies: [a] }\n    options:\n'),
    47,
    /needs "secrets"/,
  ],
  [
    'cookies of the browser with a base elsewhere',
    spoil('    options:\n', '    handover: { cookies: [a], fromBrowser: true }\n    options:\n'),
    47,
    /must lie below the site's own domain/,
  ],
  [
    'a hand-over by another host',
    spoil(
      '    options:\n',
      `    handover: { path: //evil.example/, secrets: [${'s'.repeat(32)}], cookies: [a] }\n    options:\n`,
    ),
    47,
    /must be a path on the site/,
  ],
  [
    'a hand-over of everything',
    spoil(
      '    options:\n',
      `    handover: { secrets: [${'s'.repeat(32)}], cookies: ['*; x'] }\n    options:\n`,
    ),
    47,
    /must be the name of a cookie/,
  ],
];

function problemsOf(text: string): ConfigProblem[] {
  try {
    loadConfig(text, 'tandem.yaml');
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('the config that the bad ones are made from is good', () => {
  expect(problemsOf(GOOD_CONFIG)).toEqual([]);
  expect(problemsOf(nested(30)).map(({ message }) => message)).not.toContainEqual(
    expect.stringMatching(/nested/),
  );
});

test.each(BAD)('%s is refused with its line', (_name, text, line, sentence) => {
  const began = performance.now();
  const problems = problemsOf(text);
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(problems).toContainEqual({ file: 'tandem.yaml', line, message: expect.stringMatching(sentence) });
  for (const { message } of problems) expect(message, 'one plain sentence').toMatch(/^\S[^\n]*\.$/);
  expect(({} as { cobrowsing?: boolean }).cobrowsing).toBeUndefined();
});

test('every fault of a file is told at once, in the order of lines', () => {
  const text = spoil('protocols: [https]', 'protocols: []').replace('cobrowsing: true # R1', 'cobrowsing: 1');
  expect(problemsOf(`${text}colour: red\n`).map(({ line }) => line)).toEqual([3, 29, 49]);
});

test('however a file is spoiled, it loads or is refused with lines and sentences', () => {
  const pieces = [
    '',
    '\n',
    '  ',
    '- ',
    ': ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '#',
    '&a',
    '*a',
    '!x',
    '|',
    '>',
    '~',
    'true',
    '0',
    '-1',
    '1e99',
    '.nan',
  ];
  const words = [
    '*',
    'https://',
    'localhost',
    '__proto__',
    '\u0000',
    '\ud800',
    'ſ',
    '::1',
    '%',
    'x'.repeat(300),
    '? ',
    '<<: ',
    '---\n',
    '\t',
  ];
  const cut = fc.tuple(fc.nat(GOOD_CONFIG.length), fc.nat(12), fc.constantFrom(...pieces, ...words));
  fc.assert(
    fc.property(fc.array(cut, { minLength: 1, maxLength: 3 }), (cuts) => {
      let text = GOOD_CONFIG;
      for (const [at, length, by] of cuts) text = text.slice(0, at) + by + text.slice(at + length);
      const lines = text.split('\n').length;
      for (const { line, message } of problemsOf(text)) {
        expect(message).toMatch(/^\S[^\n]*\.$/);
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines);
      }
    }),
    { numRuns: 1_000 },
  );
});

describe('a running gateway', () => {
  let folder: string;
  let registry: Registry;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-bad-'));
    await writeFile(join(folder, 'tandem.yaml'), GOOD_CONFIG);
    registry = await Registry.open(join(folder, 'tandem.yaml'), createLog('silent'));
  });
  afterAll(async () => {
    registry.close();
    await rm(folder, { recursive: true, force: true });
  });

  // Each takes two looks at the file; a sample of every kind is enough here.
  test.each(BAD.filter((_, index) => index % 6 === 0))(
    'keeps the config of before %s',
    async (_name, text, line, sentence) => {
      const before = registry.config;
      await writeFile(join(folder, 'tandem.yaml'), text);
      await vi.waitFor(
        () =>
          expect(registry.problems).toContainEqual({
            file: join(folder, 'tandem.yaml'),
            line,
            message: expect.stringMatching(sentence),
          }),
        { timeout: 3_000, interval: 20 },
      );
      expect(registry.config).toBe(before);
      expect(registry.findSite('shop')).toBeDefined();
    },
  );
});
