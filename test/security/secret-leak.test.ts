// Attack: secrets are looked for where they do not belong: log, store, error pages, the upstream's requests.
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pageFacts, TEXT_NODE } from '../gateway/page-facts.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

async function filesOfStore(): Promise<string> {
  const folder = join(dirname(test.configFile), 'data');
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const contents = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
  );
  return contents.join('\n');
}

it('planted strings are in the mirror and the jar, and neither in log nor store, before and after Stop', async () => {
  const { sid, leader, customer, cookie, joined, anna } = await test.open();
  const agent = await test.follow(anna, sid);
  await agent.next('session.welcome');
  for (const fact of pageFacts('http://www.shop.example/cart?planted-query=1', 'planted-page-text'))
    leader.fact(1, fact);
  leader.fact(1, {
    type: 'frame.changed',
    ops: [
      ['text', TEXT_NODE, 'planted-change'],
      ['title', 'planted-title'],
    ],
  });
  leader.send({ type: 'chat.send', id: 'm', text: 'planted-chat' });
  leader.send({ type: 'session.navigate', url: 'http://www.shop.example/go?planted-address=1' });
  leader.send({ type: 'page.dialog', kind: 'alert', text: 'planted-dialog' });
  await leader.settled();
  const session = test.gateway.sessions.find(sid)!;
  session.jar.setFromScript('http://www.shop.example/', 'planted-cookie=planted-value; path=/');
  session.share('planted-name.txt', Buffer.from('planted-document'), session.participants.customer);
  await test.call(test.hosts.page(sid), '/login?planted-path=1', {
    method: 'POST',
    headers: { Cookie: cookie, Origin: `http://${test.hosts.page(sid)}`, 'Sec-Fetch-Dest': 'iframe' },
    body: { password: 'planted-password' },
  });
  const credentials = [
    customer.token,
    joined.nonce,
    anna.split('=')[1]!,
    ...cookie.split('; ').map((one) => one.slice(one.indexOf('=') + 1)),
  ];
  const look = async (when: string) => {
    for (const [place, text] of [
      ['log', test.logged.join('\n')],
      ['store', await filesOfStore()],
    ] as const) {
      expect(text.match(/planted-[a-z]+/g), `${place} ${when}`).toBeNull();
      for (const secret of credentials)
        expect(text.includes(secret), `a credential in the ${place} ${when}`).toBe(false);
    }
  };
  // What is written a moment later is written now.
  await test.restart();
  await look('while it ran');
  await test.gateway.sessions.end(sid, 'stopped-by-customer');
  await look('after the end');
  const log = test.logged.join('\n');
  expect(log).toContain('"audit":"session.ended"');
  // Own cookies never reach an upstream.
  for (const { headers } of test.upstream) {
    expect(JSON.stringify(headers)).not.toMatch(/__Host-|__Secure-|cobrowse\.localhost/);
  }
});
