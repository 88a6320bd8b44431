// Attack: join tickets and invitations that leak by logs, previews or reuse, or are guessed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueTicket, redeemTicket, TICKET_LIFE } from '../../gateway/session/tickets.ts';
import { openEmbedded } from '../../gateway/store/embedded.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

async function started(): Promise<{ url: string; sid: string; ticket: string }> {
  const customer = await test.beginWithAnna();
  const { url } = JSON.parse((await test.start(customer)).text) as { url: string };
  return { url, sid: new URL(url).host.slice(0, 16), ticket: new URL(url).hash.slice(3) };
}
const join_ = (sid: string, body: object) =>
  test.call(test.hosts.shell(sid), '/join', {
    method: 'POST',
    headers: { Origin: `http://${test.hosts.shell(sid)}` },
    body,
  });

describe('a join ticket', () => {
  it('stands in the fragment only, so no server and no Referer sees it', async () => {
    const { url, ticket } = await started();
    expect(new URL(url).hash).toBe(`#t=${ticket}`);
    expect(url.split('#')[0]).not.toContain(ticket);
  });

  it('is not burnt by previews, and works once', async () => {
    const { sid, ticket } = await started();
    const shell = test.hosts.shell(sid);
    for (let i = 0; i < 100; i++) await test.call(shell, '/join');
    await test.call(shell, '/join', { method: 'HEAD' });
    expect((await join_(sid, { ticket })).status).toBe(200);
    const again = await join_(sid, { ticket });
    expect(again.status).toBe(410);
    expect(JSON.parse(again.text).reason).toBe('invite-invalid');
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  it('opens only its own session, and is used up by the try', async () => {
    const [a, b] = [await started(), await started()];
    expect((await join_(b.sid, { ticket: a.ticket })).status).toBe(410);
    expect((await join_(a.sid, { ticket: a.ticket })).status).toBe(410);
  });

  it('is redeemed by the shell’s own page only', async () => {
    const { sid, ticket } = await started();
    const shell = test.hosts.shell(sid);
    for (const Origin of [
      `http://${test.hosts.page(sid)}`,
      'null',
      'http://evil.example',
      `http://${test.hosts.view(sid)}`,
    ])
      expect(
        (await test.call(shell, '/join', { method: 'POST', headers: { Origin }, body: { ticket } })).status,
      ).toBe(403);
    expect((await test.call(shell, '/join', { method: 'POST', body: { ticket } })).status).toBe(403);
    expect((await join_(sid, { ticket })).status).toBe(200);
  });

  it('lives one minute', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-ticket-'));
    let now = Date.now();
    const store = await openEmbedded(folder, { now: () => now });
    const [kept, late] = [await issueTicket(store, 'a', 'p'), await issueTicket(store, 'a', 'p')];
    now += TICKET_LIFE - 1_000;
    expect(await redeemTicket(store, 'a', kept)).toBe('p');
    now += 2_000;
    expect(await redeemTicket(store, 'a', late)).toBeUndefined();
    await store.close();
    await rm(folder, { recursive: true });
  });
});

describe('guessing', () => {
  it('is cut off after twenty failures a minute', async () => {
    const { sid, ticket } = await started();
    const statuses: number[] = [];
    for (let i = 0; i < 40; i++)
      statuses.push((await join_(sid, { invite: `guess-${i}`, name: 'Eve' })).status);
    expect(statuses.filter((status) => status === 410).length).toBeLessThanOrEqual(20);
    expect(statuses.at(-1)).toBe(429);
    expect((await join_(sid, { ticket: 'x' })).status).toBe(429);
    // The right one has to wait as well: a guesser must not be told it from the answer.
    expect((await join_(sid, { ticket })).status).toBe(429);
  });
});

it('no ticket, token, cookie or nonce stands in the log', async () => {
  const fresh = await startTestGateway();
  try {
    const { customer, cookie, joined, leader, anna } = await fresh.open();
    const welcome = await leader.next('session.welcome');
    leader.send({ type: 'invite.create' });
    const { state } = await leader.next('session.changed', (event) => event.state.invites.length === 1);
    const secrets = [
      customer.token,
      joined.nonce,
      welcome.resume,
      new URL(state.invites[0].url).hash.slice(3),
      ...cookie.split('; ').map((one) => one.split('=')[1]!),
      anna.split('=')[1]!,
    ];
    const log = fresh.logged.join('\n');
    expect(log).toContain('"audit":"join"');
    for (const secret of secrets) expect(log).not.toContain(secret);
  } finally {
    await fresh.stop();
  }
});
