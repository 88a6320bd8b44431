// Sessions: created from a live conversation only, kept sealed, brought back, ended without a trace.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbedded } from '../../../gateway/store/embedded.ts';
import { type Core, handoverOf, PAGE, removeFolder, SHOP, SITE, startCore } from './start-core.ts';

let core: Core;
beforeEach(async () => {
  core = await startCore();
});
afterEach(async () => {
  await core.stop();
  await removeFolder(core.folder);
});

async function reasonOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'done',
    (error: { reason?: unknown }) => error.reason ?? error,
  );
}

describe('creation', () => {
  it('shows the page on which the customer was, path and query included', async () => {
    const session = await core.openSession();
    expect(session.url).toBe(PAGE);
    expect(session.start).toBe(
      `http://www-shop-example--${session.sid}.cobrowse.localhost:8080/cart?item=7#top`,
    );
  });

  it('puts the readable cookies into the jar and carries the rest over once', async () => {
    const session = await core.openSession();
    expect(session.jar.scriptCookies(PAGE)).toBe('basket=7; theme=dark');
    expect(session.carryOver.take('https://cdn.shop.example')).toBeUndefined();
    expect(session.carryOver.take('https://www.shop.example')).toMatchObject({
      local: [['a', '1']],
      scroll: [0, 40],
    });
    expect(session.carryOver.take('https://www.shop.example')).toBeUndefined();
  });

  it('is refused from a page that is not listed', async () => {
    const { conversation } = core.openConversation();
    for (const url of [
      'https://evil.example/',
      'https://cdn.shop.example/',
      'http://www.shop.example/',
      'javascript:1',
    ])
      expect(await reasonOf(core.sessions.create(conversation, handoverOf(url)))).toBe('page-not-listed');
  });

  it('is refused while one is running, and makes a new session after it has ended', async () => {
    const first = await core.openSession();
    expect(await reasonOf(core.sessions.create(first.conversation, handoverOf()))).toBe('already-running');
    await core.sessions.end(first.sid, 'stopped-by-customer');
    const second = await core.sessions.create(first.conversation, handoverOf());
    expect(second.sid).not.toBe(first.sid);
    expect(core.sessions.find(first.sid)).toBeUndefined();
  });

  it.each([
    ['system-off', (c: Core) => c.sites.set({ cobrowsing: false })],
    ['site-off', (c: Core) => c.sites.setSite({ cobrowsing: false })],
    ['agent-off', (c: Core) => c.sites.setAgent('anna', false)],
  ])('is refused with %s', async (reason, close) => {
    const { conversation } = core.openConversation();
    close(core);
    expect(await reasonOf(core.sessions.create(conversation, handoverOf()))).toBe(reason);
  });

  it('is refused without an agent and after the end of the conversation', async () => {
    const { conversation } = core.conversations.begin({ page: PAGE, name: 'Cleo', contact: 'sales' });
    expect(await reasonOf(core.sessions.create(conversation, handoverOf()))).toBe('no-agent');
    core.conversations.accept(conversation.cid, 'anna');
    core.conversations.end(conversation);
    expect(await reasonOf(core.sessions.create(conversation, handoverOf()))).toBe('no-conversation');
  });
});

describe('the end', () => {
  it('comes with the end of the conversation', async () => {
    const session = await core.openSession();
    core.conversations.end(session.conversation);
    expect(session.ended).toBe(true);
    expect(session.endReason).toBe('conversation-ended');
  });

  it('tells the conversation why and where the customer was; the chat goes on', async () => {
    const session = await core.openSession();
    const told: unknown[] = [];
    session.conversation.on((change) => change.type === 'session-ended' && told.push(change));
    session.showing('https://www.shop.example/pay', 'Pay');
    await core.sessions.end(session.sid, 'stopped-by-agent');
    expect(told).toEqual([
      {
        type: 'session-ended',
        sid: session.sid,
        reason: 'stopped-by-agent',
        returnUrl: 'https://www.shop.example/pay',
      },
    ]);
    expect(session.conversation.session).toBeNull();
    expect(session.conversation.status).toBe('open');
  });

  it('leaves nothing of it in the store, nor a pass, nor a document', async () => {
    const session = await core.openSession();
    const pass = session.issuePass();
    expect(session.passIs(pass)).toBe(true);
    session.share('secret.txt', Buffer.from('x'), session.participants.customer);
    await core.sessions.end(session.sid, 'stopped-by-customer');
    expect(session.passIs(pass)).toBe(false);
    expect(session.documents.list()).toEqual([]);
    expect(await core.store.list('session')).toEqual([]);
    expect(await core.store.list(`jar:${session.sid}`)).toEqual([]);
  });

  it('does not bring it back after a restart, also when it was changed in that moment', async () => {
    const session = await core.openSession();
    session.showing('https://www.shop.example/pay', 'Pay');
    await core.sessions.end(session.sid, 'stopped-by-customer');
    await core.stop();
    core = await startCore(core.folder);
    expect([...core.sessions.all()]).toEqual([]);
  });
});

describe('the gates of a running session', () => {
  it.each([
    ['system-off', (c: Core) => c.sites.set({ cobrowsing: false })],
    ['site-off', (c: Core) => c.sites.setSite({ cobrowsing: false })],
    ['agent-off', (c: Core) => c.sites.setAgent('anna', false)],
    ['site-removed', (c: Core) => c.sites.set({ sites: [] })],
    ['site-removed', (c: Core) => c.sites.setSite({ domains: [{ ...SHOP, hosts: ['new.shop.example'] }] })],
  ])('end it with %s', async (reason, close) => {
    const session = await core.openSession();
    close(core);
    expect(session.endReason).toBe(reason);
  });

  it('let it go on when something else is edited, with the new options', async () => {
    const session = await core.openSession();
    const options = {
      ...session.site.options,
      agentMay: { askControl: false, navigate: true, invite: true },
    };
    core.sites.setSite({ title: 'New title', options });
    expect(session.ended).toBe(false);
    expect(session.site.title).toBe('New title');
  });

  it('let it go on when hosts are added, and its new pages use them', async () => {
    const session = await core.openSession();
    const { addresses } = session;
    const image = 'https://img.example/a.png';
    expect(addresses.toSession(image, 'https')).toBeUndefined();
    const cdn = { ...SHOP, title: 'Img', hosts: ['img.example'] };
    core.sites.setSite({ resources: [...SITE.resources, cdn] });
    expect(session.ended).toBe(false);
    expect(addresses.toSession(image, 'https')).toMatch(/\/\/img-example--/);
    expect(session.record.table.hosts.map(([origin]) => origin)).toContain('https://img.example');
    // A resource may be shown from now on: more than before, so nothing ends.
    core.sites.setSite({ domains: [SHOP, cdn] });
    expect(session.ended).toBe(false);
    expect(addresses.kindOf({ scheme: 'https', host: 'img.example', port: 443 })).toBe('domain');
    core.sites.setSite({ domains: [SHOP], resources: SITE.resources });
    expect(session.endReason).toBe('site-removed');
  });

  it('show out another agent whose switch is turned off, and only him', async () => {
    const session = await core.openSession();
    session.joinAgent(core.sites.findAgent('anna')!);
    const carl = session.joinAgent(core.sites.findAgent('carl')!);
    core.sites.setAgent('carl', false);
    expect(session.ended).toBe(false);
    expect(session.participants.find(carl.pid)).toBeUndefined();
    expect([...session.participants].map(({ name }) => name)).toEqual(['Cleo', 'Anna Berg']);
  });
});

describe('a restart of the gateway', () => {
  it('after a crash right after control was taken back: it stays taken back', async () => {
    const session = await core.openSession();
    const { customer } = session.participants;
    const agent = session.joinAgent(core.sites.findAgent('anna')!);
    session.connected(agent);
    await session.giveControl(agent.pid);
    const before = { ...session.record };
    session.takeBackControl();
    await session.control.settled();
    await core.stop();
    // The record of the session is written some time after each change: a crash leaves the one of before.
    const store = await openEmbedded(core.folder);
    await store.put('session', session.sid, before, { seal: session.sid });
    await store.close();
    core = await startCore(core.folder);
    const back = core.sessions.find(session.sid)!;
    expect(back.control.record).toEqual({ holder: customer.pid, epoch: 3 });
  });

  it('brings sessions back: page, cookies, control, people, pass', async () => {
    const session = await core.openSession();
    const agent = session.joinAgent(core.sites.findAgent('anna')!);
    session.connected(agent);
    await session.giveControl(agent.pid);
    session.showing('https://www.shop.example/pay?x=1', 'Pay');
    const pass = session.issuePass();
    const cookie = session.participants.customer.issueCookie();
    session.jar.setFromScript(PAGE, 'late=1; path=/');
    await core.stop();
    core = await startCore(core.folder);
    const back = core.sessions.find(session.sid)!;
    expect(back.url).toBe('https://www.shop.example/pay?x=1');
    expect(back.jar.scriptCookies(PAGE)).toContain('late=1');
    expect(back.control.record).toEqual(session.control.record);
    expect(back.passIs(pass)).toBe(true);
    expect(back.participants.findByCookie(cookie)?.pid).toBe(session.participants.customer.pid);
    expect(back.nonceOf(agent.pid)).toBe(session.nonceOf(agent.pid));
    expect(back.conversation.session?.sid).toBe(session.sid);
  });

  it('finds nothing readable on the disk in between', async () => {
    const session = await core.openSession();
    session.showing('https://www.shop.example/planted-path', 'planted-title');
    session.jar.setFromScript(PAGE, 'planted-cookie=1; path=/');
    await core.stop();
    const files = await readdir(core.folder, { recursive: true, withFileTypes: true });
    for (const file of files.filter((one) => one.isFile()))
      expect(await readFile(join(file.parentPath, file.name), 'latin1')).not.toContain('planted-');
    core = await startCore(core.folder);
  });
});
