// Conversations: how they begin, get an agent, count unanswered messages, end and come back.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationChange } from '../../../gateway/session/conversation.ts';
import { type Core, PAGE, removeFolder, startCore } from './start-core.ts';

let core: Core;
beforeEach(async () => {
  core = await startCore();
});
afterEach(async () => {
  await core.stop();
  await removeFolder(core.folder);
});

const customer = { kind: 'customer', name: 'Cleo', key: 'customer' } as const;
const anna = { kind: 'agent', name: 'Anna Berg', key: 'anna' } as const;
const reasonOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { reason?: unknown }).reason;
  }
  return 'done';
};

describe('the beginning', () => {
  it('is possible only from a page of a listed domain', () => {
    const begin = (page: string) =>
      reasonOf(() => core.conversations.begin({ page, name: 'Cleo', contact: 'sales' }));
    expect(begin(PAGE)).toBe('done');
    expect(begin('https://www.shop.example.evil/')).toBe('page-not-listed');
    expect(begin('http://www.shop.example/')).toBe('page-not-listed');
    expect(begin('https://cdn.shop.example/')).toBe('page-not-listed');
  });

  it('needs a contact of that site and a name', () => {
    const begin = (contact: string, name: string) =>
      reasonOf(() => core.conversations.begin({ page: PAGE, name, contact }));
    expect(begin('secret', 'Cleo')).toBe('malformed');
    expect(begin('sales', ' \u202e ')).toBe('malformed');
  });

  it('keeps names to one line of bounded length', () => {
    const { conversation } = core.conversations.begin({
      page: PAGE,
      name: `  Cl\u202eeo\n\t X${'y'.repeat(200)}`,
      contact: 'sales',
    });
    expect(conversation.customer).toMatch(/^Cl eo Xy+$/);
    expect(conversation.customer.length).toBe(60);
  });

  it('gives a token by which it is found, and nothing else finds it', () => {
    const { conversation, token } = core.conversations.begin({ page: PAGE, name: 'Cleo', contact: 'sales' });
    expect(core.conversations.getByToken(token)).toBe(conversation);
    expect(reasonOf(() => core.conversations.getByToken(`${token}x`))).toBe('no-conversation');
    expect(JSON.stringify(conversation.record)).not.toContain(token);
  });
});

describe('getting an agent', () => {
  it('goes to the first agent of the contact who accepts', () => {
    const { conversation } = core.conversations.begin({ page: PAGE, name: 'Cleo', contact: 'sales' });
    expect(core.conversations.isFor(conversation, 'anna')).toBe(true);
    expect(core.conversations.isFor(conversation, 'ben')).toBe(true);
    expect(core.conversations.isFor(conversation, 'carl')).toBe(false);
    expect(reasonOf(() => core.conversations.accept(conversation.cid, 'carl'))).toBe('not-allowed');
    core.conversations.accept(conversation.cid, 'ben');
    expect(reasonOf(() => core.conversations.accept(conversation.cid, 'anna'))).toBe('no-conversation');
    expect(core.conversations.isFor(conversation, 'anna')).toBe(false);
    expect(conversation.status).toBe('open');
  });

  it('is settled from the start for a call', () => {
    const { conversation } = core.conversations.announce({ site: 'shop', agent: 'anna', customer: 'Cleo' });
    expect(conversation).toMatchObject({ kind: 'call', status: 'open', agent: 'anna' });
    expect(core.conversations.offer(conversation)).toEqual({ may: true });
  });
});

describe('the offer of co-browsing', () => {
  it('names the widest closed gate', () => {
    const { conversation } = core.conversations.begin({ page: PAGE, name: 'Cleo', contact: 'sales' });
    const reason = () => {
      const offer = core.conversations.offer(conversation);
      return offer.may ? 'may' : offer.reason;
    };
    expect(reason()).toBe('no-agent');
    core.conversations.accept(conversation.cid, 'ben');
    expect(reason()).toBe('agent-off');
    core.sites.setAgent('ben', true);
    expect(reason()).toBe('may');
    core.sites.setSite({ cobrowsing: false });
    expect(reason()).toBe('site-off');
    core.sites.set({ cobrowsing: false });
    expect(reason()).toBe('system-off');
    core.conversations.end(conversation);
    expect(reason()).toBe('no-conversation');
  });
});

describe('chat', () => {
  it('refuses the message after the limit of unanswered ones, until an agent answers', () => {
    const { conversation } = core.openConversation();
    for (const id of ['1', '2', '3']) core.conversations.say(conversation, customer, id, 'hello');
    expect(reasonOf(() => core.conversations.say(conversation, customer, '4', 'hello?'))).toBe(
      'chat-unanswered',
    );
    core.conversations.say(conversation, anna, '1', 'here');
    expect(reasonOf(() => core.conversations.say(conversation, customer, '4', 'hello?'))).toBe('done');
  });

  it('takes 500 characters and not one more, and nothing empty', () => {
    const { conversation } = core.openConversation();
    const say = (id: string, text: string) =>
      reasonOf(() => core.conversations.say(conversation, anna, id, text));
    expect(say('1', 'x'.repeat(500))).toBe('done');
    expect(say('2', 'x'.repeat(501))).toBe('chat-too-long');
    expect(say('3', ' \n ')).toBe('malformed');
  });

  it('says a message once, also when it is sent again after a lost connection', () => {
    const { conversation } = core.openConversation();
    const said: ConversationChange[] = [];
    conversation.on((change) => said.push(change));
    core.conversations.say(conversation, customer, 'm1', 'hello');
    core.conversations.say(conversation, customer, 'm1', 'hello');
    core.conversations.say(conversation, anna, 'm1', 'another author, another message');
    expect(said.map(({ type }) => type)).toEqual(['said', 'said']);
  });

  it('stamps messages in UTC', () => {
    const { conversation } = core.openConversation();
    core.conversations.say(conversation, anna, '1', 'hi');
    expect(conversation.chat.messages.at(-1)?.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });
});

describe('the end', () => {
  it('says so in the chat, once, and takes no more messages', () => {
    const { conversation } = core.openConversation();
    core.conversations.end(conversation);
    core.conversations.end(conversation);
    const lines = conversation.chat.messages.filter(({ key }) => key === 'chat.finished');
    expect(lines).toHaveLength(1);
    expect(reasonOf(() => core.conversations.say(conversation, customer, '9', 'still there?'))).toBe(
      'no-conversation',
    );
  });
});

describe('a restart', () => {
  it('brings conversations back with their chat, their agent and their token', async () => {
    const { conversation, token } = core.openConversation();
    core.conversations.say(conversation, customer, 'm1', 'hello');
    await core.stop();
    core = await startCore(core.folder);
    const back = core.conversations.getByToken(token);
    expect(back).toMatchObject({ cid: conversation.cid, agent: 'anna', status: 'open', customer: 'Cleo' });
    expect(back.chat.messages).toEqual(conversation.chat.messages);
  });

  it('keeps a placeholder instead of words where the privacy switch says so', async () => {
    core.sites.set({ privacy: { keepChat: false, keepIp: false } });
    const { conversation } = core.openConversation();
    core.conversations.say(conversation, customer, 'm1', 'my number is 4711');
    await core.stop();
    core = await startCore(core.folder);
    const back = core.conversations.find(conversation.cid)?.chat.messages.at(-1);
    expect(back).toMatchObject({ text: '[not kept]', key: 'chat.not-kept' });
  });
});
