// Reading the config: what a good file becomes. Bad files are in test/security/bad-config.test.ts.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../gateway/sites/load.ts';
import { GOOD_CONFIG, spoil } from './config-text.ts';

test('an empty file is a gateway that is switched off and shares nothing', () => {
  const { config } = loadConfig('', 'x.yaml');
  expect(config).toMatchObject({
    cobrowsing: false,
    listen: { host: '127.0.0.1', port: 8080 },
    agents: [],
    sites: [],
    trustProxy: [],
    privacy: { keepChat: true, keepIp: false },
  });
});

test('titles of domains become the domains, and defaults are filled in', () => {
  const { config } = loadConfig(GOOD_CONFIG, 'x.yaml');
  const site = config.sites[0]!;
  expect(site.domains.map(({ title }) => title)).toEqual(['Shop', 'Intranet']);
  expect(site.domains[1]).toEqual({
    title: 'Intranet',
    hosts: ['intranet.company.localhost'],
    protocols: ['http'],
    port: 8090,
    includeSubdomains: false,
    connect: { host: '127.0.0.1', port: 8090 },
    allowPrivate: [],
  });
  expect(site.cobrowsing).toBe(true);
  expect(site.options).toMatchObject({
    mask: ['#account .iban', 'input[name="tax"]'],
    hide: [],
    agentMay: { askControl: true, navigate: false, invite: false },
    unanswered: 25,
  });
  expect(config.agents.map(({ name, roles, cobrowsing }) => [name, roles, cobrowsing])).toEqual([
    ['anna', ['agent'], true],
    ['ben', ['agent'], false],
    ['admin', ['admin'], false],
  ]);
});

test('features of the page frame are those that are known, none unless named', () => {
  expect(loadConfig(GOOD_CONFIG, 'x.yaml').config.sites[0]!.options.features).toEqual([]);
  const options = (features: string) =>
    spoil('    options:\n', `    options:\n      features: [${features}]\n`);
  expect(loadConfig(options('geolocation, camera'), 'x.yaml').config.sites[0]!.options.features).toEqual([
    'geolocation',
    'camera',
  ]);
  // A word that is none would change the whole list for the browser.
  expect(() => loadConfig(options('"camera; microphone *"'), 'x.yaml')).toThrow(/features/);
});

test('hosts are lower case, IDNA-encoded, without trailing dot, once each', () => {
  const text = spoil(
    '[www.shop.example, shop.example]',
    '[WWW.shop.example., www.shop.example, münchen.example]',
  );
  expect(loadConfig(text, 'x.yaml').config.domains[0]!.hosts).toEqual([
    'www.shop.example',
    'xn--mnchen-3ya.example',
  ]);
});

test('a wildcard means the same as its host where subdomains are included', () => {
  const text = spoil('[static.shop.example]', '["*.static.shop.example"]');
  expect(loadConfig(text, 'x.yaml').config.domains[1]!.hosts).toEqual(['static.shop.example']);
});

test('networks are normalised, single addresses too', () => {
  const { config } = loadConfig('trustProxy: [10.0.0.0/8, 127.0.0.1, "fd00::/8", "::1"]', 'x.yaml');
  expect(config.trustProxy).toEqual(['10.0.0.0/8', '127.0.0.1/32', 'fd00::/8', '::1/128']);
});

test('a production config with console and pages under domains of their own', () => {
  const text = `listen: 0.0.0.0:80\npublicUrl: https://cobrowse.company.example\nbase: Cobrowse-Content.example\n`;
  expect(loadConfig(text, 'x.yaml').config).toMatchObject({
    publicUrl: 'https://cobrowse.company.example',
    base: 'cobrowse-content.example',
  });
});

test('the development example is good', () => {
  const file = new URL('../../../config/tandem.yaml', import.meta.url).pathname;
  const { config } = loadConfig(readFileSync(file, 'utf8'), file);
  expect(config.sites.map(({ id }) => id)).toEqual(['demo']);
  expect(config.agents.filter(({ cobrowsing }) => cobrowsing).map(({ name }) => name)).toEqual(['anna']);
});

test('TLS is 1.2 or newer with certificates by name; without it there is none', () => {
  const text = `${GOOD_CONFIG}tls:
  certificates: [{ certificate: a.pem, key: a.key }]
  redirect: 0.0.0.0:80
`;
  expect(loadConfig(text, 'x.yaml').config.tls).toEqual({
    certificates: [{ certificate: 'a.pem', key: 'a.key' }],
    minVersion: 'TLSv1.2',
    redirect: { host: '0.0.0.0', port: 80 },
  });
  expect(loadConfig(GOOD_CONFIG, 'x.yaml').config).toMatchObject({ hsts: 31_536_000 });
  expect(loadConfig(GOOD_CONFIG, 'x.yaml').config.tls).toBeUndefined();
});

test('a site hands over only where it says how, and a domain may have an authority of its own', () => {
  const secret = 's'.repeat(32);
  const handing = spoil(
    '    options:\n',
    `    handover: { secrets: [${secret}], cookies: [login] }\n    options:\n`,
  );
  expect(loadConfig(handing, 'x.yaml').config.sites[0]?.handover).toEqual({
    path: '/tandem-handover',
    secrets: [secret],
    cookies: ['login'],
    fromBrowser: false,
  });
  expect(loadConfig(GOOD_CONFIG, 'x.yaml').config.sites[0]).not.toHaveProperty('handover');
  const inside = spoil('    port: 8090\n', '    port: 8090\n    ca: company.pem\n');
  expect(loadConfig(inside, 'x.yaml').config.domains.find(({ title }) => title === 'Intranet')).toMatchObject(
    {
      ca: 'company.pem',
    },
  );
});
