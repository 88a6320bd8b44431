// Threat 17: pages of other origins that make a browser ask the console: nothing changes, nothing is told.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  API_KEY,
  CONSOLE_CONFIG,
  type ConsoleUnderTest,
  startConsole,
} from '../gateway/http/console-harness.ts';

let it: ConsoleUnderTest;
let admin: string;
beforeAll(async () => {
  it = await startConsole();
  admin = await it.signIn('admin');
});
afterAll(() => it.stop());

const foreign = (): [name: string, origin: string | undefined][] => [
  ['another site', 'https://evil.example'],
  ['a proxied page', `http://www-shop-example--abcdefghijklmnop.${it.places.base}`],
  ['a shell', `http://abcdefghijklmnop.${it.places.base}`],
  ['the panel', it.places.panelOrigin],
  ['a sibling of the console', it.places.consoleOrigin.replace('console.', 'evil.console.')],
  ['a name that begins alike', `${it.places.consoleOrigin}.evil.example`],
  ['another port', it.places.consoleOrigin.replace(/:\d+$/, ':1')],
  ['another scheme', it.places.consoleOrigin.replace('http:', 'https:')],
  ['an opaque origin', 'null'],
  ['an empty origin', ''],
  ['no origin at all', undefined],
];

describe('unsafe requests that carry the admin’s cookie', () => {
  test('change nothing unless they come from the console itself', async () => {
    for (const [name, origin] of foreign()) {
      for (const [path, body] of [
        ['/console/api/settings/cobrowsing', { on: false }],
        ['/console/api/settings/agents/ben', { cobrowsing: true }],
        ['/console/api/session/abcdefghijklmnop', {}],
        ['/console/api/session/abcdefghijklmnop/documents?name=x', {}],
        ['/console/api/logout', {}],
      ] as const) {
        const request = it.bare('post', path).set('Cookie', admin);
        if (origin !== undefined) request.set('Origin', origin);
        const answer = await request.send(body);
        expect(answer.status, `${path} from ${name}`).toBe(403);
        expect(answer.body.reason).toBe('wrong-origin');
      }
    }
    expect(await readFile(it.file, 'utf8')).toBe(CONSOLE_CONFIG);
    await it.own('get', '/console/api/me', admin).expect(200);
  });

  test('the right origin with a cross-site mark is refused too', async () => {
    for (const from of ['cross-site', 'same-site', 'nonsense'])
      await it
        .bare('post', '/console/api/settings/cobrowsing')
        .set({ Cookie: admin, Origin: it.places.consoleOrigin, 'Sec-Fetch-Site': from })
        .send({ on: false })
        .expect(403);
    expect(it.registry.config.cobrowsing).toBe(true);
  });

  test('bodies that a form can send are no bodies here', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      await it
        .own('post', '/console/api/settings/cobrowsing', admin)
        .type(type)
        .send('{"on": false}')
        .expect(400);
    expect(it.registry.config.cobrowsing).toBe(true);
  });
});

describe('reading', () => {
  test('other sites’ scripts, images and frames get nothing; a person who follows a link gets the page', async () => {
    for (const [mode, dest] of [
      ['cors', 'empty'],
      ['no-cors', 'image'],
      ['no-cors', 'script'],
      ['navigate', 'iframe'],
      ['navigate', 'frame'],
      ['navigate', 'object'],
    ] as const)
      for (const from of ['cross-site', 'same-site']) {
        const headers = {
          Cookie: admin,
          'Sec-Fetch-Site': from,
          'Sec-Fetch-Mode': mode,
          'Sec-Fetch-Dest': dest,
        };
        const answer = await it.bare('get', '/console/api/settings').set(headers);
        expect(answer.status, `${from} ${mode} ${dest}`).toBe(403);
        expect(answer.text).not.toContain('anna');
        await it.bare('get', '/').set(headers).expect(403);
      }
    const link = {
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    };
    await it.bare('get', '/session/abcdefghijklmnop').set(link).expect(200);
    await it.bare('post', '/session/abcdefghijklmnop').set(link).expect(403);
  });

  test('no answer may be read by another origin', async () => {
    const answer = await it.own('get', '/console/api/me', admin).set('Origin', it.places.consoleOrigin);
    expect(answer.get('Access-Control-Allow-Origin')).toBeUndefined();
    expect(answer.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
    const preflight = await it.bare('put', '/console/api/settings').set('Origin', 'https://evil.example');
    expect(preflight.status).toBe(403);
  });

  test('no service worker can be registered', async () => {
    await it.own('get', '/assets/console.js').set('Service-Worker', 'script').expect(404);
  });
});

test('the keyed API needs its key from everywhere and no cookie helps', async () => {
  const call = { site: 'shop', customer: 'Carla', agent: 'anna' };
  await it
    .bare('post', '/api/v1/conversations')
    .set({ Cookie: admin, Origin: 'https://evil.example' })
    .send(call)
    .expect(401);
  const answer = await it
    .bare('post', '/api/v1/conversations')
    .set({
      Authorization: `Bearer ${API_KEY}`,
      Origin: 'https://evil.example',
      'Sec-Fetch-Site': 'cross-site',
    })
    .send(call)
    .expect(201);
  expect(answer.get('Access-Control-Allow-Origin')).toBeUndefined();
});
