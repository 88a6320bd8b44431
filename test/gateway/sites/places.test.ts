// The public addresses, and the door that a Host header means.
import { expect, test } from 'vitest';
import { findDoor, placesOf } from '../../../gateway/sites/places.ts';

const places = placesOf({}, 8080);
const SID = 'abcdefghijklmnop';

test('by default all hosts are under localhost on the port really listened on', () => {
  expect(placesOf({}, 4321)).toEqual({
    scheme: 'http',
    consoleHost: 'console.localhost:4321',
    panelHost: 'panel.console.localhost:4321',
    base: 'cobrowse.localhost:4321',
    consoleOrigin: 'http://console.localhost:4321',
    panelOrigin: 'http://panel.console.localhost:4321',
  });
});

test('behind a front server the public addresses count, not the port', () => {
  const config = { publicUrl: 'https://cobrowse.company.example', base: 'cobrowse-content.example' };
  expect(placesOf(config, 8080)).toEqual({
    scheme: 'https',
    consoleHost: 'cobrowse.company.example',
    panelHost: 'panel.cobrowse.company.example',
    base: 'cobrowse-content.example',
    consoleOrigin: 'https://cobrowse.company.example',
    panelOrigin: 'https://panel.cobrowse.company.example',
  });
  expect(placesOf({ ...config, panelUrl: 'https://chat.company.example:8443' }, 1).panelHost).toBe(
    'chat.company.example:8443',
  );
  expect(placesOf({ ...config, publicUrl: 'https://cobrowse.company.example:8443' }, 1).base).toBe(
    'cobrowse-content.example:8443',
  );
});

test.each([
  ['console.localhost:8080', { role: 'console' }],
  ['Console.LOCALHOST:8080', { role: 'console' }],
  ['panel.console.localhost:8080', { role: 'panel' }],
  [`${SID}.cobrowse.localhost:8080`, { role: 'shell', sid: SID }],
  [`view--${SID}.cobrowse.localhost:8080`, { role: 'view', sid: SID }],
  [`www-shop-example--${SID}.cobrowse.localhost:8080`, { role: 'page', sid: SID, slug: 'www-shop-example' }],
  [undefined, undefined],
  ['', undefined],
  ['localhost:8080', undefined],
  ['127.0.0.1:8080', undefined],
  ['console.localhost', undefined],
  ['console.localhost:80', undefined],
  ['console.localhost.:8080', undefined],
  ['console.localhost:8080, evil.example', undefined],
  ['user@console.localhost:8080', undefined],
  ['evil.console.localhost:8080', undefined],
  ['cobrowse.localhost:8080', undefined],
  ['short.cobrowse.localhost:8080', undefined],
  [`a.${SID}.cobrowse.localhost:8080`, undefined],
  [`--${SID}.cobrowse.localhost:8080`, undefined],
  [`${SID}.cobrowse.localhost:8080.evil.example`, undefined],
])('%s is the door %j', (host, door) => {
  expect(findDoor(host, places)).toEqual(door);
});
