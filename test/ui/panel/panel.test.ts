// The contact panel on a customer's site: launcher, contacts, chat, and the one button for Start and Stop.
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationView } from '../../../protocol/conversation-messages.ts';
import type { Handover } from '../../../protocol/handover.ts';
import type { PanelSite } from '../../../protocol/http-api.ts';
import { openBrowser, openContext, saveScreenshot } from '../../browser.ts';
import { expectAccessible } from '../accessible.ts';
import { type FakeGateway, type FakeSocket, SID, startFakeGateway } from '../fake-gateway.ts';
import { conversationView, said, sessionState, sitePage, talk } from '../states.ts';

let browser: Browser;
let gateway: FakeGateway;
let context: BrowserContext;
let errors: string[];
let page: Page;

const SITE: PanelSite = {
  id: 'shop',
  title: 'Kiln & Clay',
  contacts: [
    { id: 'sales', title: 'Sales', available: true, cobrowsing: { may: true } },
    { id: 'ben', title: 'Ben Okafor', available: false, cobrowsing: { may: false, reason: 'agent-off' } },
  ],
};

beforeAll(async () => {
  [browser, gateway] = await Promise.all([openBrowser(), startFakeGateway()]);
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});
beforeEach(async () => {
  ({ context, errors } = await openContext(browser));
  page = await context.newPage();
  gateway.html.site = sitePage(
    'Cups',
    `<form><input id="name"><input type="password" id="secret"><input autocomplete="cc-number" id="card"><select><option>a<option>b</select></form>
     <script src="${gateway.places.consoleOrigin}/panel.js" async data-site="shop"></script>`,
  );
  gateway.on('GET /panel/api/site', () => ({ body: SITE }));
  gateway.on('GET /panel/api/ping', () => ({ status: 204 }));
  gateway.on('POST /panel/api/conversation', () => ({
    status: 201,
    body: { token: 'token-1', conversation: conversationView({ status: 'waiting', agent: null }) },
  }));
});
afterEach(async () => {
  await context.close();
});

async function panelFrame(): Promise<Frame> {
  await expect.poll(() => page.frames().length, { timeout: 10_000 }).toBe(2);
  const frame = page.frames()[1]!;
  // By tag: a closed panel has no roles.
  await frame.locator('h1').waitFor({ state: 'attached' });
  return frame;
}

/** The launcher is in a closed shadow tree; the API does what it does. */
async function openPanel(): Promise<Frame> {
  await page.goto(gateway.siteOrigin);
  const frame = await panelFrame();
  await page.evaluate('Tandem.open()');
  await frame.getByRole('heading', { level: 1 }).waitFor();
  return frame;
}

async function converse(change: Partial<ConversationView> = {}, chat = talk()): Promise<[Frame, FakeSocket]> {
  const frame = await openPanel();
  await frame.getByLabel('Your name').fill('Ada Lovelace');
  await frame.getByRole('button', { name: 'Start chat' }).click();
  const socket = await gateway.nextSocket('/panel/socket');
  expect(await socket.next('conversation.hello')).toMatchObject({ token: 'token-1' });
  socket.send({ type: 'conversation.state', conversation: conversationView(change), chat });
  await frame.getByRole('log').waitFor();
  return [frame, socket];
}

describe('contact panel', () => {
  it('offers the contacts of the site and asks for a name', async () => {
    const bodies: unknown[] = [];
    gateway.on('POST /panel/api/conversation', (body) => {
      bodies.push(body);
      return { status: 201, body: { token: 'token-1', conversation: conversationView() } };
    });
    const frame = await openPanel();
    await saveScreenshot(page, 'ui/panel-welcome');
    await expectAccessible(frame);
    await frame.getByRole('button', { name: 'Start chat' }).click();
    await frame.getByText('Please give your name.').waitFor();
    expect(await frame.getByLabel('Your name').evaluate((field) => field === document.activeElement)).toBe(
      true,
    );
    await frame.getByLabel('Your name').fill('Ada');
    await frame.getByRole('button', { name: 'Start chat' }).click();
    await gateway.nextSocket('/panel/socket');
    expect(bodies).toEqual([{ site: 'shop', contact: 'sales', name: 'Ada', page: `${gateway.siteOrigin}/` }]);
    expect(errors).toEqual([]);
  });

  it('chats, with emoji, and says when nothing more is taken before an answer', async () => {
    const [frame, socket] = await converse();
    await expectAccessible(frame);
    await saveScreenshot(page, 'ui/panel-chat');
    await frame.getByLabel('Message', { exact: true }).fill('Thank you ');
    await frame.getByRole('button', { name: 'Emoji' }).click();
    await frame.getByRole('button', { name: '🙏' }).click();
    await saveScreenshot(page, 'ui/panel-emoji');
    await frame.getByRole('button', { name: 'Send' }).click();
    expect(await socket.next('chat.send')).toMatchObject({ text: 'Thank you 🙏' });
    socket.send({ type: 'refused', of: 'chat.send', reason: 'chat-unanswered' });
    await frame.getByText('You have written many messages. Please wait for an answer.').waitFor();
  });

  it('starts with one click: the window opens at once, the page is handed over, and the window goes on to the session', async () => {
    const handovers: Handover[] = [];
    gateway.on('POST /panel/api/session', (body, request) => {
      expect(request.headers.authorization).toBe('Bearer token-1');
      handovers.push(body as Handover);
      return { status: 201, body: { url: `${gateway.shellOrigin}/join#t=ticket-1` } };
    });
    gateway.on('POST /join', () => ({
      body: { kind: 'customer', nonce: 'n', state: sessionState(gateway), start: `${gateway.pageOrigin}/` },
    }));
    const [frame, socket] = await converse();
    await page.evaluate(`
      document.cookie = 'basket=3';
      localStorage.setItem('theme', 'clay');
      sessionStorage.setItem('step', '2');
      document.getElementById('name').value = 'Ada';
      document.getElementById('secret').value = 'hidden';
      document.getElementById('card').value = '4111';
      document.querySelector('select').selectedIndex = 1;
      addEventListener('tandem:started', ({ detail }) => { window.started = detail.sid; });
      addEventListener('tandem:stopped', () => { window.stopped = true; });
    `);
    const button = frame.getByRole('button', { name: 'Start co-browsing' });
    const element = await button.elementHandle();
    const opened = context.waitForEvent('page');
    await button.click();
    const session = await opened;
    await session.waitForURL(`${gateway.shellOrigin}/`);
    expect(handovers).toEqual([
      {
        url: `${gateway.siteOrigin}/`,
        cookie: 'basket=3',
        local: [['theme', 'clay']],
        session: [['step', '2']],
        fields: [
          { path: '#name', value: 'Ada' },
          { path: expect.stringMatching(/select:nth-of-type\(1\)$/), selected: [1] },
        ],
        scroll: [0, 0],
      },
    ]);
    socket.send({
      type: 'conversation.changed',
      conversation: conversationView({ session: { sid: SID, url: '', window: 'open' } }),
    });
    const stop = frame.getByRole('button', { name: 'Stop co-browsing' });
    await stop.waitFor();
    expect(await stop.evaluate((now, before) => now === before, element)).toBe(true);
    await expect.poll(() => page.evaluate('window.started')).toBe(SID);
    await saveScreenshot(page, 'ui/panel-running');
    await expectAccessible(frame);
    await stop.click();
    await socket.next('session.stop');
    socket.send({ type: 'conversation.changed', conversation: conversationView() });
    await frame.getByRole('button', { name: 'Start co-browsing' }).waitFor();
    await expect.poll(() => page.evaluate('window.stopped')).toBe(true);
  });

  it('says in the new window, too, why a session could not start', async () => {
    gateway.on('POST /panel/api/session', () => ({
      status: 403,
      body: { reason: 'page-not-listed', message: '' },
    }));
    const [frame] = await converse();
    const opened = context.waitForEvent('page');
    await frame.getByRole('button', { name: 'Start co-browsing' }).click();
    const window = await opened;
    await window.getByRole('heading', { name: 'Co-browsing could not start' }).waitFor();
    await window.getByText('This page cannot be shared.').waitFor();
    await expectAccessible(window);
    await saveScreenshot(window, 'ui/opening-failed');
    await frame.getByText('This page cannot be shared.').waitFor();
  });

  it('shows what happens while it opens', async () => {
    gateway.on('POST /panel/api/session', () => ({
      status: 201,
      body: { url: `${gateway.places.panelOrigin}/opening` },
    }));
    const [frame] = await converse();
    const opened = context.waitForEvent('page');
    await frame.getByRole('button', { name: 'Start co-browsing' }).click();
    const window = await opened;
    await window.getByText('Opening your page').waitFor();
    await expectAccessible(window);
    await saveScreenshot(window, 'ui/opening');
  });

  it('offers a link where the browser blocks the window, and goes on from there', async () => {
    gateway.on('POST /panel/api/session', () => ({
      status: 201,
      body: { url: `${gateway.shellOrigin}/join#t=t2` },
    }));
    gateway.on('POST /join', () => ({ status: 410, body: { reason: 'invite-invalid', message: '' } }));
    const [frame] = await converse();
    await frame.evaluate('window.open = () => null');
    await frame.getByRole('button', { name: 'Start co-browsing' }).click();
    await frame.getByText('Your browser has blocked the new window.').waitFor();
    await saveScreenshot(page, 'ui/panel-blocked');
    await expectAccessible(frame);
    const opened = context.waitForEvent('page');
    await frame.getByRole('link', { name: 'Open the window' }).click();
    await (await opened).waitForURL(`${gateway.shellOrigin}/`);
  });

  it('does not offer Start where it may not: the button says why and stays reachable', async () => {
    const [frame, socket] = await converse({ cobrowsing: { may: false, reason: 'agent-off' } });
    const button = frame.getByRole('region', { name: 'Co-browsing' }).getByRole('button');
    expect(await button.textContent()).toBe('Co-browsing');
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    const reason = 'Co-browsing is not available with this agent.';
    expect(await button.getAttribute('title')).toBe(reason);
    await frame.getByText(reason).waitFor();
    await saveScreenshot(page, 'ui/panel-agent-off');
    await expectAccessible(frame);
    await button.focus();
    await button.press('Enter');
    expect(context.pages()).toHaveLength(1);
    socket.send({ type: 'conversation.changed', conversation: conversationView() });
    await frame.getByRole('button', { name: 'Start co-browsing' }).waitFor();
  });

  it('does not offer Start while the gateway cannot be reached', async () => {
    const [frame, socket] = await converse();
    socket.close(1012);
    await frame.getByText('The connection does not work just now. We keep trying.').first().waitFor();
  });

  it('follows the customer to the next page, open as it was, and counts what he has not seen', async () => {
    await converse();
    await page.goto(`${gateway.siteOrigin}/pots`);
    const frame = await panelFrame();
    const socket = await gateway.nextSocket('/panel/socket');
    expect(await socket.next('conversation.hello')).toMatchObject({ token: 'token-1' });
    const chat = talk();
    socket.send({ type: 'conversation.state', conversation: conversationView(), chat });
    await frame.getByText('Are they sold out?').waitFor();
    await page.evaluate('Tandem.close()');
    socket.send({ type: 'chat.said', message: said('agent', 'Anna Berg', 'There they are!', 5) });
    await expect.poll(async () => await launcherName(page)).toBe('Open chat, 1 unread message');
    await saveScreenshot(page, 'ui/panel-closed-unread');
  });

  it('says that the conversation has finished, and begins another', async () => {
    const [frame] = await converse({ status: 'ended' });
    await frame.getByText('The conversation has finished.').waitFor();
    await saveScreenshot(page, 'ui/panel-finished');
    await expectAccessible(frame);
    await frame.getByRole('button', { name: 'Start a new conversation' }).click();
    await frame.getByRole('button', { name: 'Start chat' }).waitFor();
  });

  it('shows no launcher on a page that is not listed', async () => {
    gateway.on('GET /panel/api/site', () => ({
      status: 403,
      body: { reason: 'page-not-listed', message: '' },
    }));
    const asked = page.waitForResponse(/panel\/api\/site/);
    await page.goto(gateway.siteOrigin);
    await asked;
    expect(await launcherName(page)).toBeUndefined();
  });
});

/** What a screen reader finds; the shadow tree is closed to scripts. */
async function launcherName(of: Page): Promise<string | undefined> {
  const devtools = await of.context().newCDPSession(of);
  await devtools.send('Accessibility.enable');
  const { nodes } = await devtools.send('Accessibility.getFullAXTree');
  await devtools.detach();
  const names = nodes.filter(({ role }) => role?.value === 'button').map(({ name }) => String(name?.value));
  return names.find((name) => / chat/.test(name) && !name.startsWith('Resize'));
}
