// Threat 14: names of the prototype in JSON, queries, paths, headers, YAML and stored values are refused or inert.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../gateway/sites/load.ts';
import { consoleRequest, panelRequest } from '../../protocol/conversation-messages.ts';
import { handover } from '../../protocol/handover.ts';
import { pageFact } from '../../protocol/page-facts.ts';
import { decodeJson, Malformed } from '../../protocol/schema.ts';
import { sessionRequest } from '../../protocol/session-messages.ts';
import { API_KEY, type ConsoleUnderTest, startConsole } from '../gateway/http/console-harness.ts';

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
];

let it: ConsoleUnderTest;
let admin: string;
beforeAll(async () => {
  it = await startConsole();
  admin = await it.signIn('admin');
});
afterAll(() => it.stop());

/** Nothing was added to what every object has, and the console answers as before. */
afterEach(async () => {
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(typeof {}.toString).toBe('function');
  await it.bare('get', '/healthz').expect(200, { status: 'ok' });
  await it.own('get', '/console/api/me', admin).expect(200);
});

test.each(NAMES)('JSON bodies with %s', async (name) => {
  const evil = `"${name}": {"polluted": true, "admin": true, "on": true, "roles": ["admin"]}`;
  for (const [path, body] of [
    ['/console/api/login', `{"name": "anna", "password": "tandem", ${evil}}`],
    ['/console/api/login', `{${evil}}`],
    ['/console/api/settings/cobrowsing', `{${evil}}`],
    ['/console/api/settings/cobrowsing', `{"on": {${evil}}}`],
    ['/console/api/settings/agents/anna', `{${evil}}`],
  ] as const)
    await it.own('post', path, admin).type('json').send(body).expect(400);
  await it
    .bare('post', '/api/v1/conversations')
    .set('Authorization', `Bearer ${API_KEY}`)
    .type('json')
    .send(`{"site": "shop", "customer": "C", "agent": "anna", ${evil}}`)
    .expect(400);
});

test.each(NAMES)('%s as a name of something', async (name) => {
  await it.own('post', '/console/api/login').send({ name, password: 'tandem' }).expect(401);
  await it.own('post', `/console/api/settings/agents/${name}`, admin).send({ cobrowsing: true }).expect(409);
  const announce = (body: object) =>
    it.bare('post', '/api/v1/conversations').set('Authorization', `Bearer ${API_KEY}`).send(body);
  await announce({ site: name, customer: 'C', agent: 'anna' }).expect(403);
  await announce({ site: 'shop', customer: 'C', agent: name }).expect(409);
  await announce({ site: 'shop', customer: 'C', contact: name }).expect(409);
  await it
    .bare('delete', `/api/v1/conversations/${name}`)
    .set('Authorization', `Bearer ${API_KEY}`)
    .expect(401);
});

test.each(NAMES)('%s in queries, headers and cookies', async (name) => {
  await it.own('get', `/console/api/me?${name}[polluted]=1&${name}.polluted=1&${name}=1`, admin).expect(200);
  await it.own('get', '/console/api/me', `${name}=polluted; ${admin}`).set(name, 'polluted').expect(200);
  await it
    .own('post', `/console/api/session/abcdefghijklmnop/documents?${name}=x`, admin)
    .type('json')
    .send('{}')
    .expect(400);
});

test.each(NAMES)('messages of every socket with %s', (name) => {
  for (const decoder of [sessionRequest, panelRequest, consoleRequest, pageFact] as const) {
    expect(() => decodeJson<unknown>(decoder, `{"type": "${name}"}`)).toThrow(Malformed);
    expect(() =>
      decodeJson<unknown>(decoder, `{"${name}": {"type": "session.stop", "polluted": true}}`),
    ).toThrow(Malformed);
  }
  expect(() => decodeJson(sessionRequest, `{"type": "session.stop", "${name}": {"polluted": true}}`)).toThrow(
    Malformed,
  );
  expect(() =>
    decodeJson(panelRequest, `{"type": "chat.send", "id": "1", "text": "a", "${name}": {"polluted": true}}`),
  ).toThrow(Malformed);
  expect(() => decodeJson(handover, `{"url": "https://a/", "${name}": {"polluted": true}}`)).toThrow(
    Malformed,
  );
});

test.each(['__proto__', 'constructor', 'prototype'])('the config with %s', (name) => {
  for (const text of [
    `${name}: {polluted: true}`,
    `system: {"${name}": {polluted: true}}`,
    `sites: [{${name}: 1}]`,
  ])
    expect(() => loadConfig(text, 'tandem.yaml')).toThrow(/is not possible here/);
});
