// Host names: normal forms, registrable domains, networks.
import { expect, test } from 'vitest';
import {
  isInNetworks,
  isPublicSuffix,
  isWithin,
  normalizeHost,
  parseHostPort,
  registrableDomain,
} from '../../../gateway/sites/hosts.ts';

test.each([
  ['Shop.Example', 'shop.example'],
  ['shop.example.', 'shop.example'],
  ['shop。example', 'shop.example'],
  ['münchen.example', 'xn--mnchen-3ya.example'],
  ['0x7f.1', '127.0.0.1'],
  ['2130706433', '127.0.0.1'],
  ['[::1]', '[::1]'],
  ['[0:0::1]', '[::1]'],
  ['', undefined],
  ['shop.example..', undefined],
  ['shop..example', undefined],
  ['shop.example:80', undefined],
  ['user@shop.example', undefined],
  ['shop.example/path', undefined],
  ['shop example', undefined],
  ['https://shop.example', undefined],
  ['shop.example%2eevil', undefined],
  ['-shop.example', undefined],
  ['[::1', undefined],
  [`${'a'.repeat(64)}.example`, undefined],
])('normalizeHost(%j) is %j', (text, host) => {
  expect(normalizeHost(text)).toBe(host);
});

test.each([
  ['a.b.company.example', 'company.example'],
  ['shop.co.uk', 'shop.co.uk'],
  ['a.shop.co.uk', 'shop.co.uk'],
  ['me.github.io', 'me.github.io'],
  ['x.y.localhost', 'y.localhost'],
  ['panel.console.localhost', 'console.localhost'],
  ['localhost', 'localhost'],
  ['127.0.0.1', '127.0.0.1'],
])('the registrable domain of %s is %s', (host, domain) => {
  expect(registrableDomain(host)).toBe(domain);
});

test('public suffixes are known, private ones and localhost too', () => {
  for (const host of ['com', 'co.uk', 'github.io', 'localhost'])
    expect(isPublicSuffix(host), host).toBe(true);
  for (const host of ['shop.example', 'intranet', 'a.localhost', '10.0.0.1'])
    expect(isPublicSuffix(host), host).toBe(false);
});

test('below means whole labels', () => {
  expect(isWithin('a.shop.example', 'shop.example')).toBe(true);
  expect(isWithin('shop.example', 'shop.example')).toBe(true);
  expect(isWithin('evilshop.example', 'shop.example')).toBe(false);
});

test('host and port', () => {
  expect(parseHostPort('127.0.0.1:8080')).toEqual({ host: '127.0.0.1', port: 8080 });
  expect(parseHostPort('[::1]:8080')).toEqual({ host: '::1', port: 8080 });
  expect(parseHostPort('0.0.0.0:0', true)).toEqual({ host: '0.0.0.0', port: 0 });
  for (const text of ['127.0.0.1', 'host:0', 'host:65536', ':80', 'http://host:80', 'host:80/'])
    expect(parseHostPort(text), text).toBeUndefined();
});

test('networks hold addresses of their own kind, IPv4 in IPv6 counted as IPv4', () => {
  const networks = ['10.0.0.0/8', 'fd00::/8'];
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd00::1'])
    expect(isInNetworks(address, networks), address).toBe(true);
  for (const address of ['11.0.0.1', 'fe80::1', 'nonsense'])
    expect(isInNetworks(address, networks), address).toBe(false);
});
