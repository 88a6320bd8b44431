// The leak meter through the whole gateway, by bare clients: from a browser's report to the admin's list, the sentence for people, and back into the session.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stateFor } from '../../gateway/session/seen-by.ts';
import type { Settings } from '../../protocol/http-api.ts';
import type { SessionState } from '../../protocol/session-messages.ts';
import { SHOP, startTestGateway, type TestGateway } from './start-gateway.ts';

let test: TestGateway;
let session: Awaited<ReturnType<TestGateway['open']>>;
let admin: string;
let page: string;
beforeAll(async () => {
  test = await startTestGateway();
  session = await test.open();
  admin = await test.signIn('admin');
  page = test.hosts.page(session.sid);
});
afterAll(() => test.stop());

const settings = async () =>
  JSON.parse(
    (await test.call(test.hosts.console, '/console/api/settings', { headers: { Cookie: admin } })).text,
  ) as Settings;
const answer = (body: object) =>
  test.call(test.hosts.console, '/console/api/settings/sites/shop/blocked', {
    method: 'POST',
    headers: { Cookie: admin, Origin: `http://${test.hosts.console}` },
    body,
  });
const report = (url: string, directive: string, path = '/cart?item=7') =>
  test.call(page, '/.tandem/report', {
    method: 'POST',
    headers: { Cookie: session.pass, Origin: `http://${page}`, 'Sec-Fetch-Dest': 'report' },
    body: {
      'csp-report': {
        'document-uri': `http://${page}${path}`,
        'blocked-uri': url,
        'effective-directive': directive,
      },
    },
  });
const stateWith = (hosts: string[]) =>
  session.leader.until(
    () =>
      session.leader.events.findLast(
        ({ type, state }) =>
          type === 'session.changed' &&
          JSON.stringify((state as SessionState).leftOut) === JSON.stringify(hosts),
      ),
    `state with ${hosts}`,
  );

it('tells people what the page lacks, and the admin who was asked for what', async () => {
  expect((await report('https://cdn.other.example/a.js?visitor=4711', 'script-src-elem')).status).toBe(204);
  await stateWith(['cdn.other.example']);
  // Calls of scripts and ways out are not parts of the page.
  await report('https://api.other.example/', 'connect-src');
  await report('https://xn--bcher-kva.example/x', 'style-src-elem');
  await stateWith(['cdn.other.example', 'bücher.example']);
  const { blocked } = (await settings()).sites[0]!;
  expect(blocked.hosts.map(({ origin, kinds, page: where }) => [origin, kinds, where]).sort()).toEqual([
    ['https://api.other.example', ['fetch'], `${SHOP}/cart`],
    ['https://cdn.other.example', ['script'], `${SHOP}/cart`],
    ['https://xn--bcher-kva.example', ['style'], `${SHOP}/cart`],
  ]);
  expect(test.logged.join('')).not.toContain('4711');
});

it('counts ways out that the window or a person was refused', async () => {
  const shell = test.hosts.shell(session.sid);
  const headers = { Origin: `http://${shell}`, Cookie: session.cookie };
  const out = { method: 'POST', headers, body: { url: 'https://partner.example/x?y' } };
  expect((await test.call(shell, '/outside', out)).status).toBe(204);
  expect((await test.call(shell, '/outside', { ...out, headers: { Origin: headers.Origin } })).status).toBe(
    403,
  );
  expect((await test.call(shell, '/outside', { ...out, body: { address: 'x' } })).status).toBe(400);
  session.leader.send({ type: 'session.navigate', url: 'https://typed.example/' });
  await session.leader.next('refused');
  const origins = (await settings()).sites[0]!.blocked.hosts.map(({ origin }) => origin);
  expect(origins).toEqual(expect.arrayContaining(['https://partner.example', 'https://typed.example']));
});

it('what an admin allows is in the file, in the log, and in the next page of the running session', async () => {
  const before = await readFile(test.configFile, 'utf8');
  expect((await answer({ type: 'allow', origin: 'https://cdn.other.example', as: 'resources' })).status).toBe(
    200,
  );
  expect(await readFile(test.configFile, 'utf8')).toContain(
    '- { title: cdn.other.example, hosts: [cdn.other.example], protocols: [https] }',
  );
  expect(before).not.toContain('cdn.other');
  const audited = test.logged.find((line) => line.includes('settings.blocked.allow'));
  expect(JSON.parse(audited ?? '{}')).toMatchObject({
    by: 'admin',
    site: 'shop',
    host: 'https://cdn.other.example',
    as: 'resources',
  });
  const { headers } = await test.call(page, '/next', {
    headers: {
      Cookie: session.pass,
      'Sec-Fetch-Dest': 'iframe',
      Referer: `http://${test.hosts.shell(session.sid)}/`,
    },
  });
  const address = `http://${test.hosts.page(session.sid, 'cdn-other-example')}`;
  expect(String(headers['content-security-policy'])).toContain(`default-src http://${page} `);
  expect(String(headers['content-security-policy'])).toContain(address);
  expect(test.gateway.sessions.find(session.sid)?.ended).toBe(false);
  // Asked for now, though nothing answers there.
  const asked = await test.call(test.hosts.page(session.sid, 'cdn-other-example'), '/a.js', {
    headers: { Cookie: session.pass, 'Sec-Fetch-Dest': 'script', Referer: `http://${page}/next` },
  });
  expect([502, 504]).toContain(asked.status);
  // The session comes back with it after a restart.
  await test.restart();
  admin = await test.signIn('admin');
  expect(
    test.gateway.sessions.find(session.sid)?.addresses.toSession('https://cdn.other.example/', 'https'),
  ).toBe(`${address}/`);
});

it('what an admin dismissed is not said to anybody', async () => {
  expect((await answer({ type: 'dismiss', origin: 'https://ads.example' })).status).toBe(200);
  await report('https://ads.example/x.js', 'script-src-elem');
  await report('https://fonts.example/x.css', 'style-src-elem');
  const state = test.gateway.sessions.find(session.sid)!;
  const customer = state.participants.customer;
  expect(stateFor(state, customer).leftOut).toEqual(['fonts.example']);
  expect((await settings()).sites[0]!.blocked).toMatchObject({
    hosts: [{ origin: 'https://fonts.example' }],
    dismissed: 1,
  });
});
