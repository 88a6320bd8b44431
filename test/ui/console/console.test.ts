// The agent's console: sign-in, live conversations, the shared page with its controls, a colleague's session.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationView } from '../../../protocol/conversation-messages.ts';
import type { Me } from '../../../protocol/http-api.ts';
import { openBrowser, openContext, saveScreenshot } from '../../browser.ts';
import { expectAccessible } from '../accessible.ts';
import { type FakeGateway, type FakeSocket, SID, startFakeGateway } from '../fake-gateway.ts';
import { ADA, ANNA, conversationView, GRETA, said, sessionState, sitePage, talk } from '../states.ts';

let browser: Browser;
let gateway: FakeGateway;
let context: BrowserContext;
let errors: string[];
let page: Page;

const ME: Me = { name: 'anna', title: ANNA.name, roles: ['agent'], cobrowsing: true };

/** The view's part: asks for its port and shows what it is told; one input and one figure of its state. */
const VIEW_SCRIPT = `<script>
window.told = [];
addEventListener('message', ({ data, ports }) => {
  if (data.tandem !== 'view') return;
  window.port = ports[0];
  port.onmessage = (event) => told.push(event.data instanceof ArrayBuffer ? { bytes: event.data.byteLength } : event.data);
  port.postMessage({ type: 'shown', width: 1280, height: 800, state: 'live' });
});
parent.postMessage({ tandem: 'view-ready' }, '*');
</script>`;

beforeAll(async () => {
  [browser, gateway] = await Promise.all([openBrowser(), startFakeGateway()]);
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});
beforeEach(async () => {
  ({ context, errors } = await openContext(browser, { viewport: { width: 1440, height: 900 } }));
  page = await context.newPage();
  gateway.html.view = sitePage('Cups', VIEW_SCRIPT);
  gateway.on('GET /console/api/me', () => ({ body: ME }));
  gateway.on('POST /console/api/logout', () => ({ status: 204 }));
  gateway.on(`POST /console/api/session/${SID}`, () => ({
    body: { nonce: 'n1', viewOrigin: gateway.viewOrigin },
  }));
});
afterEach(async () => {
  await context.close();
});

const consoleState = (...views: ConversationView[]) => ({
  type: 'console.state',
  me: ME,
  conversations: views.map((view) => ({
    ...view,
    chat:
      view.status === 'waiting'
        ? [said('customer', view.customer, 'Hello? Is the kiln still on sale?')]
        : talk(),
  })),
});

async function open(...views: ConversationView[]): Promise<FakeSocket> {
  await page.goto(`${gateway.places.consoleOrigin}/`);
  const socket = await gateway.nextSocket('/console/socket');
  socket.send(consoleState(...views));
  return socket;
}

const RUNNING = { sid: SID, url: '', window: 'open' } as const;

async function openShared(
  change: Parameters<typeof sessionState>[1] = {},
): Promise<[FakeSocket, FakeSocket]> {
  const desk = await open(
    conversationView({ session: RUNNING }),
    conversationView({ cid: 'c-2', customer: 'Bob Noyce', status: 'waiting', agent: null }),
  );
  const session = await gateway.nextSocket(`/session/${SID}/socket`);
  expect(await session.next('session.hello')).toMatchObject({ nonce: 'n1' });
  session.send({
    type: 'session.welcome',
    pid: ANNA.pid,
    kind: 'agent',
    state: sessionState(gateway, change),
    chat: talk(),
    resume: 'r',
  });
  await page.getByRole('region', { name: 'Shared page' }).getByText('Live').waitFor();
  return [desk, session];
}

describe('console', () => {
  it('signs in, says when name or password are wrong, and signs out', async () => {
    gateway.on('GET /console/api/me', () => ({ status: 401, body: { reason: 'signed-out', message: '' } }));
    gateway.on('POST /console/api/login', (body) =>
      (body as { password: string }).password === 'right'
        ? { body: ME }
        : { status: 401, body: { reason: 'sign-in-failed', message: '' } },
    );
    await page.goto(`${gateway.places.consoleOrigin}/`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await saveScreenshot(page, 'ui/console-sign-in');
    await expectAccessible(page);
    await page.getByLabel('User name').fill('anna');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('User name or password is wrong.').waitFor();
    await expectAccessible(page);
    gateway.on('GET /console/api/me', () => ({ body: ME }));
    await page.getByLabel('Password').fill('right');
    await page.keyboard.press('Enter');
    (await gateway.nextSocket('/console/socket')).send(consoleState());
    await page.getByText('All quiet').waitFor();
    await saveScreenshot(page, 'ui/console-quiet');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(errors).toEqual([]);
  });

  it('lists waiting conversations live, and accepts one', async () => {
    const socket = await open();
    const waiting = conversationView({ status: 'waiting', agent: null });
    socket.send({ type: 'conversation.changed', conversation: waiting });
    socket.send({ type: 'chat.said', cid: 'c-1', message: said('customer', ADA.name, 'Hello!') });
    await page.getByText('Hello!').waitFor();
    expect(await page.title()).toContain('(1)');
    await saveScreenshot(page, 'ui/console-waiting');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Accept' }).click();
    expect(await socket.next('conversation.accept')).toEqual({ type: 'conversation.accept', cid: 'c-1' });
    socket.send({ type: 'conversation.changed', conversation: conversationView() });
    await page.getByRole('heading', { level: 1, name: ADA.name }).waitFor();
    await page.getByText('Only Ada Lovelace can start co-browsing').waitFor();
    expect(await page.getByRole('button', { name: /start co-browsing/i }).count()).toBe(0);
    await saveScreenshot(page, 'ui/console-conversation');
    await expectAccessible(page);
    await page.getByLabel('Message', { exact: true }).fill('Good morning!');
    await page.keyboard.press('Enter');
    expect(await socket.next('chat.send')).toMatchObject({ cid: 'c-1', text: 'Good morning!' });
  });

  it('counts what other customers write meanwhile', async () => {
    const socket = await open(conversationView(), conversationView({ cid: 'c-2', customer: 'Bob Noyce' }));
    socket.send({ type: 'chat.said', cid: 'c-2', message: said('customer', 'Bob Noyce', 'And me?') });
    await page.getByText('1 unread message').waitFor({ state: 'attached' });
    await page.getByRole('button', { name: /Bob Noyce/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Bob Noyce' }).waitFor();
    await page.getByText('1 unread message').waitFor({ state: 'detached' });
  });

  it('shows the shared page in the conversation, with address, state, users and session URL', async () => {
    const [, session] = await openShared();
    await page.getByTitle('http://www.shop.example/cups?glaze=celadon').waitFor();
    await expect.poll(() => page.getByText(/^\d+ ms/).count(), { timeout: 5_000 }).toBe(1);
    await saveScreenshot(page, 'ui/console-shared');
    await expectAccessible(page);
    const view = page.frames().find((frame) => frame.url().startsWith(gateway.viewOrigin))!;
    session.sendBinary(new Uint8Array([0, 1, 2]));
    await expect.poll(() => view.evaluate('told.find(({ bytes }) => bytes)?.bytes')).toBe(3);
    expect(await view.evaluate('told.find(({ type }) => type === "control")')).toMatchObject({ mine: false });
    await page.getByRole('button', { name: '100 %' }).click();
    await expect.poll(() => view.evaluate('told.filter(({ type }) => type === "zoom").at(-1).zoom')).toBe(1);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy session URL' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `${gateway.places.consoleOrigin}/session/${SID}`,
    );
    await page.getByRole('tab', { name: /Users/ }).click();
    await page.getByRole('tabpanel').getByText(ADA.name).first().waitFor();
    await saveScreenshot(page, 'ui/console-users');
    await expectAccessible(page);
    await page.getByRole('tab', { name: /Users/ }).press('ArrowRight');
    await page.getByText('No documents').waitFor();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await saveScreenshot(page, 'ui/console-dark');
    expect(errors).toEqual([]);
  });

  it('asks for control, sends input while it has it, and gives it back', async () => {
    const [, session] = await openShared();
    await page.getByRole('button', { name: 'Ask for control' }).click();
    await session.next('control.ask');
    const asked = { holder: ADA.pid, asking: [ANNA.pid], epoch: 1 };
    session.send({ type: 'session.changed', state: sessionState(gateway, { control: asked }) });
    const waiting = page.getByRole('button', { name: 'Asked – waiting for Ada Lovelace' });
    await waiting.waitFor();
    expect(await waiting.getAttribute('aria-disabled')).toBe('true');
    session.send({
      type: 'session.changed',
      state: sessionState(gateway, { control: { holder: ANNA.pid, asking: [], epoch: 2 } }),
    });
    await page.getByText('You are in control').waitFor();
    await saveScreenshot(page, 'ui/console-in-control');
    await expectAccessible(page);
    const view = page.frames().find((frame) => frame.url().startsWith(gateway.viewOrigin))!;
    await view.evaluate(
      'port.postMessage({ type: "input", seq: 1, epoch: 3, control: 2, input: { type: "input.text", text: "a" } })',
    );
    expect(await session.next('input.perform')).toEqual({
      type: 'input.perform',
      seq: 1,
      epoch: 3,
      control: 2,
      input: { type: 'input.text', text: 'a' },
    });
    await view.evaluate('port.postMessage({ type: "resync", why: "gap" })');
    expect(await session.next('mirror.resync')).toEqual({ type: 'mirror.resync', why: 'gap' });
    await page.getByRole('button', { name: 'Give control back' }).click();
    await session.next('control.release');
    session.send({ type: 'session.changed', state: sessionState(gateway) });
    session.send({ type: 'control.refused' });
    await page.getByText('The customer keeps control for now').waitFor();
  });

  it('goes to other pages and invites where the site lets agents', async () => {
    const [, session] = await openShared();
    const shared = page.getByRole('region', { name: 'Shared page' });
    for (const [name, go] of [
      ['Back', 'back'],
      ['Forward', 'forward'],
      ['Reload the page', 'reload'],
    ]) {
      await shared.getByRole('button', { name: name!, exact: true }).click();
      expect(await session.next('session.history')).toEqual({ type: 'session.history', go });
    }
    await shared.getByRole('button', { name: 'Navigate' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address').fill('/pots');
    await dialog.getByRole('button', { name: 'Go' }).click();
    expect(await session.next('session.navigate')).toMatchObject({ url: 'http://www.shop.example/pots' });
    session.send({ type: 'refused', of: 'session.navigate', reason: 'address-outside' });
    await dialog.getByText('This address is outside of the shared site.').waitFor();
    await saveScreenshot(page, 'ui/console-navigate');
    await dialog.getByRole('button', { name: 'Go' }).click();
    await session.next('session.navigate');
    session.send({ type: 'session.navigating' });
    await dialog.waitFor({ state: 'detached' });

    await shared.getByRole('button', { name: 'Add users' }).click();
    await session.next('invite.create');
    const url = `${gateway.shellOrigin}/join#i=secret`;
    const invites = [{ id: 'i1', url, expires: '2026-05-12T09:25:00.000Z', uses: 1 }];
    session.send({ type: 'session.changed', state: sessionState(gateway, { invites }) });
    expect(await dialog.getByLabel('Invite link').inputValue()).toBe(url);
    await dialog.getByText('the customer lets each person in').waitFor();
    await saveScreenshot(page, 'ui/console-invite');
    await expectAccessible(page);
    expect(errors).toEqual([]);
  });

  it('offers neither where the site does not, also when that changes meanwhile', async () => {
    const rights = { control: true, navigate: false, invite: false, share: true, stop: true };
    const [, session] = await openShared();
    const shared = page.getByRole('region', { name: 'Shared page' });
    await shared.getByRole('button', { name: 'Navigate' }).click();
    await page.getByRole('dialog').waitFor();
    session.send({ type: 'session.changed', state: sessionState(gateway, { rights }) });
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    for (const name of ['Back', 'Forward', 'Reload the page', 'Navigate', 'Add users'])
      await expect
        .poll(() => shared.getByRole('button', { name, exact: true }).count(), { message: name })
        .toBe(0);
    await shared.getByRole('button', { name: 'Share a document' }).waitFor();
  });

  it('ends the co-browsing, and the chat goes on', async () => {
    const [desk, session] = await openShared();
    await page.getByRole('button', { name: 'End co-browsing' }).click();
    await session.next('session.stop');
    session.send({ type: 'session.ended', reason: 'stopped-by-agent', returnUrl: '' });
    session.close(4410);
    desk.send({ type: 'conversation.changed', conversation: conversationView() });
    await page.getByText('The agent has ended co-browsing.').waitFor();
    await saveScreenshot(page, 'ui/console-ended');
    await expectAccessible(page);
    desk.send({ type: 'chat.said', cid: 'c-1', message: said('customer', ADA.name, 'Thank you!', 9) });
    await page.getByRole('log').getByText('Thank you!').waitFor();
    expect(await page.locator('iframe').count()).toBe(0);
  });

  it('has its controls in one row at 1280, and nothing beside the screen on a phone', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await openShared();
    const shared = page.getByRole('region', { name: 'Shared page' });
    const topOf = async (name: string) => (await shared.getByRole('button', { name }).boundingBox())!.y;
    expect(await topOf('End co-browsing')).toBe(await topOf('Navigate'));
    await page.setViewportSize({ width: 390, height: 844 });
    for (const dir of ['ltr', 'rtl']) {
      await page.evaluate((to) => {
        document.documentElement.dir = to;
      }, dir);
      await saveScreenshot(page, `ui/console-phone-${dir}`);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      for (const button of await shared.getByRole('button').all()) {
        const { x, width } = (await button.boundingBox())!;
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(390);
      }
    }
  });

  it('takes no more room for its bar than it needs while all is quiet on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open();
    await page.getByText('All quiet').waitFor();
    expect((await page.getByRole('banner').boundingBox())!.height).toBeLessThan(110);
  });

  it('says by its heading when the customer has taken the agent out', async () => {
    const [, session] = await openShared();
    session.send({ type: 'session.ended', reason: 'removed', returnUrl: '' });
    session.close(4410);
    await page.getByText('You have been removed', { exact: true }).waitFor();
    expect(await page.getByText('Co-browsing has ended', { exact: true }).count()).toBe(0);
    expect(await page.getByText('can start it again').count()).toBe(0);
  });

  it('says what it waits for while connection or page are away', async () => {
    gateway.html.view = sitePage('Cups', VIEW_SCRIPT.replace("state: 'live'", "state: 'waiting'"));
    await open(conversationView({ session: RUNNING }));
    const session = await gateway.nextSocket(`/session/${SID}/socket`);
    session.send({
      type: 'session.welcome',
      pid: ANNA.pid,
      kind: 'agent',
      state: sessionState(gateway, { url: '' }),
      chat: [],
      resume: 'r',
    });
    await page.getByText('Waiting for the customer’s page').waitFor();
    await saveScreenshot(page, 'ui/console-waiting-page');
    session.close(1012);
    await page.getByRole('region', { name: 'Shared page' }).getByText('Reconnecting…').waitFor();
  });

  it('says that the customer looks at something else', async () => {
    await open(conversationView({ session: RUNNING }));
    const session = await gateway.nextSocket(`/session/${SID}/socket`);
    const state = sessionState(gateway, { participants: [{ ...ADA, hidden: true }, ANNA] });
    session.send({ type: 'session.welcome', pid: ANNA.pid, kind: 'agent', state, chat: [], resume: 'r' });
    const words = page.getByText('Ada Lovelace is looking at another tab or window');
    await words.waitFor();
    session.send({ type: 'session.changed', state: sessionState(gateway) });
    await words.waitFor({ state: 'detached' });
  });

  it('opens a colleague’s session by its URL', async () => {
    await page.goto(`${gateway.places.consoleOrigin}/session/${SID}`);
    const session = await gateway.nextSocket(`/session/${SID}/socket`);
    const people = [ADA, ANNA, { ...GRETA, kind: 'agent' as const, name: 'Cara Diaz' }];
    session.send({
      type: 'session.welcome',
      pid: GRETA.pid,
      kind: 'agent',
      state: sessionState(gateway, { participants: people }),
      chat: talk(),
      resume: 'r',
    });
    await page.getByRole('heading', { level: 1, name: 'Session of Anna Berg' }).waitFor();
    await saveScreenshot(page, 'ui/console-colleague');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Leave session' }).click();
    await session.next('session.leave');
    session.send({ type: 'session.ended', reason: 'left', returnUrl: '' });
    session.close(4403);
    await page.getByText('You have left the session').waitFor();
  });

  it('refuses a session URL to an agent without co-browsing, with the sentence', async () => {
    gateway.on(`POST /console/api/session/${SID}`, () => ({
      status: 403,
      body: { reason: 'agent-off', message: '' },
    }));
    await page.goto(`${gateway.places.consoleOrigin}/session/${SID}`);
    await page.getByText('You cannot open this session').waitFor();
    await page.getByText('Co-browsing is not available with this agent.').waitFor();
    await saveScreenshot(page, 'ui/console-refused');
    await expectAccessible(page);
  });

  it('shows only the parts that an embedding desktop asks for', async () => {
    await page.goto(`${gateway.places.consoleOrigin}/session/${SID}?parts=view`);
    const session = await gateway.nextSocket(`/session/${SID}/socket`);
    session.send({
      type: 'session.welcome',
      pid: GRETA.pid,
      kind: 'agent',
      state: sessionState(gateway),
      chat: talk(),
      resume: 'r',
    });
    await page.getByRole('region', { name: 'Shared page' }).waitFor();
    expect(await page.getByRole('log').count()).toBe(0);
    expect(await page.getByRole('navigation').count()).toBe(0);
    await saveScreenshot(page, 'ui/console-embedded');
  });

  it('stays usable at 200 % zoom', async () => {
    await openShared();
    await page.setViewportSize({ width: 640, height: 512 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
    await expectAccessible(page);
    await page.screenshot({ path: 'test-output/screenshots/ui/console-zoom-200.png', fullPage: true });
  });
});
