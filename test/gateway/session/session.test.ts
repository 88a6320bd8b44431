// One session: control, people, invitations, documents, and what each participant may see and do.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Participant } from '../../../gateway/session/participants.ts';
import { rightsOf, stateFor } from '../../../gateway/session/seen-by.ts';
import type { Session } from '../../../gateway/session/session.ts';
import { type Core, removeFolder, startCore } from './start-core.ts';

let core: Core;
let session: Session;
let customer: Participant;
let agent: Participant;
beforeEach(async () => {
  core = await startCore();
  session = await core.openSession();
  customer = session.participants.customer;
  agent = session.joinAgent(core.sites.findAgent('anna')!);
  session.connected(customer);
  session.connected(agent);
});
afterEach(async () => {
  await core.stop();
  await removeFolder(core.folder);
});

const reasonOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { reason?: unknown }).reason;
  }
  return 'done';
};
function guest(name = 'Gus'): Participant {
  session.invite();
  return session.joinGuest(session.invites.list().at(-1)!.secret!, name);
}

describe('control', () => {
  it('is the customer’s at the start', () => {
    expect(session.control.holder).toBe(customer.pid);
  });

  it('is given, counted, and taken back at once', async () => {
    session.askControl(agent);
    expect(session.control.asking).toEqual([agent.pid]);
    await session.giveControl(agent.pid);
    expect(session.control).toMatchObject({ holder: agent.pid, asking: [], epoch: 2 });
    session.takeBackControl();
    expect(session.control).toMatchObject({ holder: customer.pid, epoch: 3 });
  });

  it('changes hands only on the epoch it was decided on', () => {
    const { epoch } = session.control;
    expect(session.control.change(epoch, agent.pid)).toBe(true);
    expect(session.control.change(epoch, customer.pid)).toBe(false);
    expect(session.control.holder).toBe(agent.pid);
  });

  it('is released by its holder only', async () => {
    await session.giveControl(agent.pid);
    expect(session.releaseControl(customer.pid)).toBe(false);
    expect(session.releaseControl(agent.pid)).toBe(true);
    expect(session.control.holder).toBe(customer.pid);
  });

  it('falls back to the customer when the holder leaves', async () => {
    await session.giveControl(agent.pid);
    session.remove(agent.pid, 'left');
    expect(session.control.holder).toBe(customer.pid);
  });

  it('is not given to somebody who is not there or not let in', async () => {
    await expect(session.giveControl('nobody')).rejects.toMatchObject({ reason: 'not-allowed' });
    await expect(session.giveControl(guest().pid)).rejects.toMatchObject({ reason: 'not-allowed' });
  });

  it('is refused to one who asked; asking again is possible', () => {
    session.askControl(agent);
    session.refuseControl(agent.pid);
    expect(session.control.asking).toEqual([]);
    session.askControl(agent);
    expect(session.control.asking).toEqual([agent.pid]);
  });
});

describe('guests', () => {
  it('wait until the customer lets them in, and see nothing before', () => {
    const gus = guest();
    expect(stateFor(session, customer).waiting).toEqual([{ pid: gus.pid, name: 'Gus' }]);
    expect(stateFor(session, agent).waiting).toEqual([]);
    expect(stateFor(session, gus)).toMatchObject({ url: '', participants: [], documents: [], invites: [] });
    session.admit(gus.pid);
    expect(stateFor(session, customer).waiting).toEqual([]);
    expect(stateFor(session, gus).participants.map(({ kind }) => kind)).toEqual([
      'customer',
      'agent',
      'guest',
    ]);
  });

  it('use an invitation once', () => {
    session.invite();
    const { secret } = session.invites.list()[0]!;
    session.joinGuest(secret!, 'Gus');
    expect(reasonOf(() => session.joinGuest(secret!, 'Eve'))).toBe('invite-invalid');
  });

  it('cannot use one that was revoked or has grown old', () => {
    session.invite();
    const { id, secret } = session.invites.list()[0]!;
    session.revokeInvite(id);
    expect(reasonOf(() => session.joinGuest(secret!, 'Gus'))).toBe('invite-invalid');
    session.invite();
    expect(session.invites.list(Date.now() + 10 * 60_000 + 1)).toEqual([]);
  });

  it('do not burn the invitation by an empty name', () => {
    session.invite();
    const { secret } = session.invites.list()[0]!;
    expect(reasonOf(() => session.joinGuest(secret!, ' '))).toBe('malformed');
    expect(reasonOf(() => session.joinGuest(secret!, 'Gus'))).toBe('done');
  });

  it('are ten participants at most, with colours of their own', () => {
    for (let i = 2; i < 10; i++) session.admit(guest(`Guest ${i}`).pid);
    const colors = [...session.participants].map(({ view }) => view.color);
    expect(new Set(colors).size).toBe(10);
    expect(reasonOf(() => guest())).toBe('too-many-sessions');
  });

  it('get ten open invitations and no more', () => {
    for (let i = 0; i < 10; i++) session.invite();
    expect(reasonOf(() => session.invite())).toBe('not-allowed');
  });
});

describe('agents', () => {
  it('are one participant, however often they come in', () => {
    expect(session.joinAgent(core.sites.findAgent('anna')!)).toBe(agent);
  });

  it('without co-browsing are refused (R2)', () => {
    expect(reasonOf(() => session.joinAgent(core.sites.findAgent('ben')!))).toBe('agent-off');
  });
});

describe('rights', () => {
  it('follow the kind and the site’s options', () => {
    const gus = guest();
    session.admit(gus.pid);
    const all = { control: true, navigate: true, invite: true, share: true, stop: true };
    const none = { control: false, navigate: false, invite: false, share: false, stop: false };
    expect(rightsOf(session, customer)).toEqual(all);
    expect(rightsOf(session, agent)).toEqual({ ...all, navigate: false, invite: false });
    expect(rightsOf(session, gus)).toEqual(none);
    const options = {
      ...session.site.options,
      agentMay: { askControl: false, navigate: true, invite: true },
    };
    core.sites.setSite({ options });
    expect(rightsOf(session, agent)).toEqual({ ...all, control: false });
  });
});

describe('the shown page', () => {
  it('is known to be out of the customer’s sight until he comes back or opens it anew', () => {
    const hidden = () =>
      stateFor(session, agent).participants.find(({ kind }) => kind === 'customer')?.hidden;
    expect(hidden()).toBeUndefined();
    session.visible(customer, false);
    expect(hidden()).toBe(true);
    session.visible(customer, true);
    expect(hidden()).toBeUndefined();
    session.visible(customer, false);
    session.connected(customer);
    expect(hidden()).toBeUndefined();
  });

  it('is named by its real address, whichever way the recorder writes it', () => {
    const at = session.addresses.toSession('https://www.shop.example/a?b#c', 'https')!;
    session.showing(at, 'A');
    expect(stateFor(session, agent)).toMatchObject({ url: 'https://www.shop.example/a?b#c', title: 'A' });
  });

  it('is not named when the recorder claims one off the list', () => {
    session.showing('https://www.shop.example/a', 'A');
    session.showing('https://bank.example/', 'Your bank');
    expect(session.url).toBe('https://www.shop.example/a');
  });

  it.each([
    'https://bank.example/',
    'https://cdn.shop.example/x.js',
    'javascript:alert(1)',
    'https://www.shop.example@evil/',
  ])('does not become %s', (url) => {
    expect(reasonOf(() => session.navigate(url))).toMatch(
      /^(address-outside|resource-only|address-invalid)$/,
    );
  });
});

describe('documents', () => {
  const pdf = Buffer.from('%PDF-1.7\n…');
  const png = Buffer.from('\x89PNG\r\n\x1a\n…', 'latin1');

  it('are shown when their bytes are a PDF or an image, whatever they are called', () => {
    session.share('offer.pdf', pdf, agent);
    session.share('offer.pdf', Buffer.from('<script>alert(1)</script>'), agent);
    session.share('C:\\fake\\pic"ture\u202egnp.exe', png, customer);
    const [a, b, c] = stateFor(session, agent).documents;
    expect(a).toMatchObject({ type: 'application/pdf', shown: true, by: 'Anna Berg' });
    expect(b).toMatchObject({ type: 'application/octet-stream', shown: false });
    expect(c).toMatchObject({ type: 'image/png', shown: true, name: 'picturegnp.exe' });
  });

  it('are never SVG or HTML to look at', () => {
    for (const text of ['<svg xmlns="http://www.w3.org/2000/svg">', '<!doctype html>', 'GIF87'])
      session.share('x.svg', Buffer.from(text), customer);
    expect(session.documents.list().every(({ shown }) => !shown)).toBe(true);
  });

  it('open for all, and only those that can be shown', () => {
    const id = session.share('offer.pdf', pdf, agent);
    session.openDocument(id, 2);
    expect(stateFor(session, customer).open).toEqual({ id, page: 2 });
    session.removeDocument(id);
    expect(stateFor(session, customer).open).toBeNull();
    const other = session.share('x.bin', Buffer.from('x'), agent);
    expect(reasonOf(() => session.openDocument(other, 1))).toBe('document-unreadable');
  });

  it('are refused when empty or too large', () => {
    expect(reasonOf(() => session.share('x', Buffer.alloc(0), agent))).toBe('document-unreadable');
    expect(reasonOf(() => session.share('x', Buffer.alloc(25 * 2 ** 20 + 1), agent))).toBe(
      'document-too-large',
    );
    expect(reasonOf(() => session.share('x', Buffer.alloc(25 * 2 ** 20), agent))).toBe('done');
  });
});

describe('resume', () => {
  it('works once per secret', () => {
    const secret = customer.issueResume();
    customer.windowLeft(secret);
    expect(session.participants.takeResume(secret)?.pid).toBe(customer.pid);
    expect(session.participants.takeResume(secret)).toBeUndefined();
  });
});

describe('lines of the system in the chat', () => {
  const locales = ['en', 'de'].map(
    (name) =>
      JSON.parse(
        readFileSync(new URL(`../../../config/locales/${name}.json`, import.meta.url), 'utf8'),
      ) as Record<string, string>,
  );

  it('can be read in every language: each has its key, and what fills its holes', async () => {
    session.admit(guest().pid);
    await core.sessions.end(session.sid, 'stopped-by-customer');
    core.conversations.end(session.conversation);
    const lines = session.conversation.chat.messages.filter(({ from }) => from.kind === 'system');
    expect(lines.map(({ key }) => key)).toEqual([
      'chat.agent-joined',
      'chat.session-started',
      'chat.guest-joined',
      'chat.session-ended',
      'chat.finished',
    ]);
    const fill = (words: Record<string, string>, { key = '', params = {} }: (typeof lines)[number]) =>
      words[key]?.replace(/\{(\w+)\}/g, (hole, name: string) => params[name] ?? hole);
    for (const line of lines) {
      // The fallback says the same as the English words.
      expect(fill(locales[0]!, line)).toBe(line.text);
      expect(fill(locales[1]!, line)).toMatch(/^[^{}]+$/);
    }
  });
});
