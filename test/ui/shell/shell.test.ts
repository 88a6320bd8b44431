// The session window: comes in by ticket, shows the page, and every control of its bar says the right message.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JoinBody } from '../../../protocol/http-api.ts';
import { splitFact } from '../../../protocol/page-facts.ts';
import { openBrowser, openContext, saveScreenshot } from '../../browser.ts';
import { expectAccessible } from '../accessible.ts';
import { type FakeGateway, type FakeSocket, startFakeGateway } from '../fake-gateway.ts';
import { ADA, ANNA, GRETA, sessionState, sitePage, talk } from '../states.ts';

let browser: Browser;
let gateway: FakeGateway;
let context: BrowserContext;
let errors: string[];
let page: Page;

/** The injected script's part: says hello with a port, states one fact, and shows what it is told. */
const PAGE_SCRIPT = `<script>
const { port1, port2 } = new MessageChannel();
window.told = [];
port1.onmessage = ({ data }) => { told.push(data); if (data.type === 'resend') fact({ type: 'frame.opened' }); };
const fact = (value) => port1.postMessage({ type: 'fact', json: new TextEncoder().encode(JSON.stringify(value)) });
window.sayToShell = (message) => port1.postMessage(message);
window.top.postMessage({ tandem: 'page', nonce: '' }, '*', [port2]);
fact({ type: 'frame.opened' });
</script>`;

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
  gateway.html.page = sitePage('Cups', PAGE_SCRIPT);
  gateway.html.view = sitePage('Cups');
});
afterEach(async () => {
  await context.close();
});

const welcome = (change: Parameters<typeof sessionState>[1] = {}, kind = 'customer', pid = ADA.pid) => ({
  type: 'session.welcome',
  pid,
  kind,
  state: sessionState(gateway, change),
  chat: talk(),
  resume: 'r1',
});

async function arrive(
  change: Parameters<typeof sessionState>[1] = {},
  features?: string[],
): Promise<FakeSocket> {
  const bodies: JoinBody[] = [];
  gateway.on('POST /join', (body) => {
    bodies.push(body as JoinBody);
    return {
      body: {
        kind: 'customer',
        nonce: 'n1',
        state: sessionState(gateway, change),
        start: `${gateway.pageOrigin}/cups?glaze=celadon`,
        features,
      },
    };
  });
  await page.goto(`${gateway.shellOrigin}/join#t=ticket-1`);
  const socket = await gateway.nextSocket('/socket');
  expect(await socket.next('session.hello')).toMatchObject({ nonce: 'n1' });
  expect(bodies).toEqual([{ ticket: 'ticket-1' }]);
  socket.send(welcome(change));
  socket.send({ type: 'page.resend', frame: 0 });
  await page.frameLocator('iframe').getByRole('heading', { name: 'Cups' }).waitFor();
  return socket;
}

const bar = (name: string) =>
  page.getByRole('navigation', { name: 'Co-browsing controls' }).getByRole('button', { name, exact: true });

describe('session window of the customer', () => {
  it('redeems the ticket, takes it out of the address, and shows page, bar and chat', async () => {
    const socket = await arrive();
    expect(page.url()).toBe(`${gateway.shellOrigin}/`);
    await page.getByText('You are in control').waitFor();
    const names = await page
      .getByRole('navigation', { name: 'Co-browsing controls' })
      .getByRole('button')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
    expect(names).toEqual([
      'Users',
      'Add users',
      'Navigate',
      'Switch control',
      'Share a document',
      'End co-browsing',
    ]);
    await page.getByText('Are they sold out?').waitFor();
    await expect.poll(() => page.getByText(/^\d+ ms/).count(), { timeout: 5_000 }).toBe(1);
    await expect.poll(() => socket.binary.length).toBeGreaterThan(0);
    const fact = splitFact(socket.binary[0]!);
    expect(fact?.frame).toBe(1);
    expect(JSON.parse(Buffer.from(fact!.json).toString())).toEqual({ type: 'frame.opened' });
    await expectAccessible(page);
    await saveScreenshot(page, 'ui/shell-own-control');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await saveScreenshot(page, 'ui/shell-dark');
    expect(errors).toEqual([]);
  });

  it('has room for new frames on a page that adds and removes them all day', async () => {
    await arrive();
    const frame = page.frames().find((one) => one.url().startsWith(gateway.pageOrigin))!;
    const greeted = await frame.evaluate(async () => {
      let count = 0;
      for (let each = 0; each < 100; each++) {
        const { port1, port2 } = new MessageChannel();
        const answer = new Promise((resolve) => {
          port1.onmessage = resolve;
        });
        window.top!.postMessage({ tandem: 'page', nonce: `${each}`, inner: true }, '*', [port2]);
        const ended = new Promise((resolve) => port1.addEventListener('close', () => resolve(undefined)));
        if ((await Promise.race([answer, ended])) !== undefined) count++;
        port1.postMessage({ type: 'gone' });
      }
      return count;
    });
    expect(greeted).toBe(100);
  });

  it('stays usable at 200 % zoom and in a narrow window', async () => {
    await arrive();
    await page.setViewportSize({ width: 640, height: 400 });
    await page.getByRole('button', { name: 'Hide chat' }).click();
    await expectAccessible(page);
    await saveScreenshot(page, 'ui/shell-zoom-200');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
    await page.setViewportSize({ width: 390, height: 760 });
    await saveScreenshot(page, 'ui/shell-phone');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });

  it('shows who is in control in words and colour, and takes control back by button and by Esc twice', async () => {
    const socket = await arrive();
    socket.send({
      type: 'session.changed',
      state: sessionState(gateway, { control: { holder: ANNA.pid, asking: [], epoch: 2 } }),
    });
    await page.getByText('Anna Berg is in control').first().waitFor();
    await saveScreenshot(page, 'ui/shell-agent-in-control');
    await expectAccessible(page);
    const frame = page.frames().find((one) => one.url().startsWith(gateway.pageOrigin))!;
    await expect
      .poll(() => frame.evaluate('told.filter(({ type }) => type === "control").at(-1).by'))
      .toBe('Anna Berg');
    await page.getByRole('button', { name: 'Take back control' }).click();
    await socket.next('control.takeBack');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await socket.next('control.takeBack');
    // The page's own Esc Esc and own input come by its port.
    await frame.evaluate('sayToShell({ type: "takeBack" })');
    await socket.next('control.takeBack');
  });

  it('asks before control is given, takes the focus, and Esc refuses', async () => {
    const socket = await arrive();
    const asked = sessionState(gateway, { control: { holder: ADA.pid, asking: [ANNA.pid], epoch: 1 } });
    socket.send({ type: 'session.changed', state: asked });
    const prompt = page.getByRole('alertdialog', { name: 'Anna Berg asks for control' });
    await prompt.waitFor();
    await saveScreenshot(page, 'ui/shell-control-asked');
    await expectAccessible(page);
    await prompt.getByRole('button', { name: 'Give control' }).click();
    expect(await socket.next('control.give')).toEqual({ type: 'control.give', pid: ANNA.pid });
    socket.send({ type: 'session.changed', state: sessionState(gateway) });
    await prompt.waitFor({ state: 'detached' });
    socket.send({ type: 'session.changed', state: asked });
    await prompt.waitFor();
    expect(await prompt.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Escape');
    expect(await socket.next('control.refuse')).toEqual({ type: 'control.refuse', pid: ANNA.pid });
  });

  it('switches control to a chosen person', async () => {
    const socket = await arrive({ participants: [ADA, ANNA, GRETA] });
    await bar('Switch control').click();
    await saveScreenshot(page, 'ui/shell-switch-control');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Give control to Greta Olsen' }).click();
    expect(await socket.next('control.give')).toEqual({ type: 'control.give', pid: GRETA.pid });
  });

  it('shows users and removes one', async () => {
    const socket = await arrive({ participants: [ADA, ANNA, GRETA] });
    await bar('Users').click();
    const dialog = page.getByRole('dialog', { name: '3 users in this session' });
    await dialog.getByText('Greta Olsen', { exact: true }).first().waitFor();
    await saveScreenshot(page, 'ui/shell-users');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Remove Greta Olsen' }).click();
    expect(await socket.next('participant.remove')).toEqual({ type: 'participant.remove', pid: GRETA.pid });
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await bar('Users').evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('makes an invite link, and admits the guest who comes by it', async () => {
    const socket = await arrive();
    await bar('Add users').click();
    await socket.next('invite.create');
    const url = `${gateway.shellOrigin}/join#i=secret-of-the-invite`;
    const invites = [{ id: 'i1', url, expires: new Date(Date.now() + 600_000).toISOString(), uses: 1 }];
    socket.send({ type: 'session.changed', state: sessionState(gateway, { invites }) });
    await expect.poll(() => page.getByLabel('Invite link').inputValue()).toBe(url);
    await saveScreenshot(page, 'ui/shell-invite');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Revoke' }).click();
    expect(await socket.next('invite.revoke')).toEqual({ type: 'invite.revoke', id: 'i1' });
    await page.keyboard.press('Escape');
    const waiting = [{ pid: GRETA.pid, name: GRETA.name }];
    socket.send({ type: 'session.changed', state: sessionState(gateway, { waiting }) });
    await page.getByRole('alertdialog', { name: 'Greta Olsen would like to join' }).waitFor();
    await saveScreenshot(page, 'ui/shell-guest-asks');
    await page.getByRole('button', { name: 'Let in', exact: true }).click();
    expect(await socket.next('guest.admit')).toEqual({ type: 'guest.admit', pid: GRETA.pid });
  });

  it('lets the page use what every site may, and what this site’s options name', async () => {
    const allowed = (): Promise<string[]> =>
      page
        .frames()
        .find((one) => one.url().startsWith(gateway.pageOrigin))!
        .evaluate(`['fullscreen', 'clipboard-write', 'geolocation', 'camera'].filter((name) =>
          document.featurePolicy.allowsFeature(name))`);
    await arrive();
    expect(await allowed()).toEqual(['fullscreen', 'clipboard-write']);
    await arrive({}, ['geolocation']);
    expect(await allowed()).toEqual(['fullscreen', 'clipboard-write', 'geolocation']);
    // Also where the page leads to other origins of the session.
    expect(await page.locator('iframe').getAttribute('allow')).toBe(
      'fullscreen *; clipboard-write *; geolocation *',
    );
  });

  it('navigates, completes what was typed, and shows a refusal at the field', async () => {
    const socket = await arrive();
    await bar('Navigate').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address').fill('/pots');
    await dialog.getByRole('button', { name: 'Go' }).click();
    expect(await socket.next('session.navigate')).toMatchObject({ url: 'http://www.shop.example/pots' });
    socket.send({ type: 'refused', of: 'session.navigate', reason: 'address-outside' });
    await dialog.getByText('This address is outside of the shared site.').waitFor();
    expect(await dialog.getByLabel('Address').getAttribute('aria-invalid')).toBe('true');
    await saveScreenshot(page, 'ui/shell-navigate-refused');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Go' }).click();
    await socket.next('session.navigate');
    socket.send({ type: 'page.navigate', url: `${gateway.pageOrigin}/pots` });
    socket.send({ type: 'session.navigating' });
    await dialog.waitFor({ state: 'detached' });
    await expect
      .poll(() => page.frames().some((frame) => frame.url() === `${gateway.pageOrigin}/pots`))
      .toBe(true);
  });

  it('lets the page go to session addresses only, and explains all others', async () => {
    await arrive();
    const frame = page.frames().find((one) => one.url().startsWith(gateway.pageOrigin))!;
    await frame.evaluate('sayToShell({ type: "navigate", url: "https://elsewhere.example/x" })');
    await page.getByText('This address is outside of the session').waitFor();
    await saveScreenshot(page, 'ui/shell-outside');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Stay here' }).click();
    // A script address gets no link, and another session's address is as foreign as any.
    await frame.evaluate('sayToShell({ type: "navigate", url: "javascript:alert(1)" })');
    await page.getByText('javascript:alert(1)').waitFor();
    expect(await page.getByRole('link', { name: 'Open by myself' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Stay here' }).click();
    await frame.evaluate(`sayToShell({ type: "navigate", url: "${gateway.pageOrigin}/plates" })`);
    await expect
      .poll(() => frame.evaluate('told.filter(({ type }) => type === "navigate").at(-1)?.url'))
      .toBe(`${gateway.pageOrigin}/plates`);
  });

  it('performs the holder’s input in the frame it names, and refuses it where there is none', async () => {
    const socket = await arrive();
    const input = {
      type: 'input.pointer',
      frame: 1,
      node: 3,
      x: 0.5,
      y: 0.5,
      action: 'down',
      button: 0,
      buttons: 1,
      clicks: 1,
      pointer: 'mouse',
      modifiers: 0,
    };
    socket.send({ type: 'input.perform', pid: ANNA.pid, seq: 4, epoch: 1, control: 2, input });
    const frame = page.frames().find((one) => one.url().startsWith(gateway.pageOrigin))!;
    await expect.poll(() => frame.evaluate('told.find(({ type }) => type === "perform")?.seq')).toBe(4);
    socket.send({
      type: 'input.perform',
      pid: ANNA.pid,
      seq: 5,
      epoch: 1,
      control: 2,
      input: { type: 'input.text', text: 'a' },
    });
    await expect
      .poll(() => frame.evaluate('told.filter(({ type }) => type === "perform").at(-1)?.seq'))
      .toBe(5);
    socket.send({
      type: 'input.perform',
      pid: ANNA.pid,
      seq: 6,
      epoch: 1,
      control: 2,
      input: { ...input, frame: 99 },
    });
    expect(await socket.next('input.refused')).toEqual({
      type: 'input.refused',
      pid: ANNA.pid,
      seq: 6,
      reason: 'stale',
    });
  });

  it('takes no hello from a frame that is not of this session', async () => {
    gateway.html.page = sitePage(
      'Cups',
      PAGE_SCRIPT.replace('window.top.postMessage({ tandem', 'if (0) window.top.postMessage({ tandem'),
    );
    const socket = await arrive();
    await page.evaluate((origin) => {
      const { port2 } = new MessageChannel();
      dispatchEvent(
        new MessageEvent('message', {
          data: { tandem: 'page', nonce: '' },
          origin,
          source: window,
          ports: [port2],
        }),
      );
      const { port2: other } = new MessageChannel();
      window.postMessage({ tandem: 'page', nonce: '' }, '*', [other]);
    }, 'http://evil.example');
    await bar('Users').click();
    await page.getByRole('dialog').waitFor();
    expect(socket.binary).toEqual([]);
  });

  it('comes back by itself when the connection drops, and asks the page anew', async () => {
    const socket = await arrive();
    gateway.on('POST /enter', (body) => {
      expect(body).toEqual({ resume: 'r1' });
      return { body: { kind: 'customer', nonce: 'n2', state: sessionState(gateway) } };
    });
    socket.close(1012);
    await page.getByText('Reconnecting…').waitFor();
    await saveScreenshot(page, 'ui/shell-reconnecting');
    const again = await gateway.nextSocket('/socket');
    expect(await again.next('session.hello')).toMatchObject({ nonce: 'n2' });
    again.send(welcome());
    again.send({ type: 'page.resend', frame: 0 });
    await page.getByText('Reconnecting…').waitFor({ state: 'detached' });
    await expect.poll(() => again.binary.length).toBe(1);
  });

  it('ends with one click, empties the addresses, and offers the real page and a receipt', async () => {
    const socket = await arrive();
    await bar('End co-browsing').click();
    await socket.next('session.stop');
    socket.send({ type: 'session.clear', addresses: [gateway.pageOrigin] });
    expect(await socket.next('session.cleared')).toMatchObject({ addresses: [gateway.pageOrigin] });
    socket.send({
      type: 'session.ended',
      reason: 'stopped-by-customer',
      returnUrl: 'http://www.shop.example/cups',
    });
    await page.getByRole('heading', { name: 'Co-browsing has ended' }).waitFor();
    expect(await page.getByRole('link', { name: 'Go on at the real site' }).getAttribute('href')).toBe(
      'http://www.shop.example/cups',
    );
    await page.getByText('1 page', { exact: true }).waitFor();
    expect(await page.locator('iframe').count()).toBe(0);
    await expectAccessible(page);
    await saveScreenshot(page, 'ui/shell-ended');
    expect(errors).toEqual([]);
  });

  it('uploads a document and opens it for all', async () => {
    const socket = await arrive();
    gateway.on('POST /documents', () => ({ status: 201, body: { id: 'd1' } }));
    await bar('Share a document').click();
    await saveScreenshot(page, 'ui/shell-share');
    await expectAccessible(page);
    await page
      .getByLabel('File to share')
      .setInputFiles({ name: 'plan.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-') });
    expect(await socket.next('document.open')).toEqual({ type: 'document.open', id: 'd1', page: 1 });
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('chats while the page is shared, and counts what comes while the chat is hidden', async () => {
    const socket = await arrive();
    await page.getByLabel('Message', { exact: true }).fill('Found them!');
    await page.keyboard.press('Enter');
    expect(await socket.next('chat.send')).toMatchObject({ text: 'Found them!' });
    await page.getByRole('button', { name: 'Hide chat' }).click();
    socket.send({
      type: 'chat.said',
      message: {
        id: 'x1',
        at: new Date().toISOString(),
        from: { kind: 'agent', name: 'Anna Berg' },
        text: 'Wonderful',
      },
    });
    await page.getByRole('button', { name: 'Chat, 1 unread' }).click();
    await page.getByText('Wonderful').waitFor();
  });
});

describe('session window on a phone', () => {
  const WIDTH = 390;
  const HEIGHT = 844;
  const ORDER = ['Users', 'Add users', 'Navigate', 'Switch control', 'Share a document', 'End co-browsing'];
  const boxes = () =>
    page
      .getByRole('navigation', { name: 'Co-browsing controls' })
      .getByRole('button')
      .evaluateAll((all) =>
        all.map((one) => {
          const { left, right, top, bottom } = one.getBoundingClientRect();
          const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
          return { name: one.getAttribute('aria-label'), left, right, bottom, free: one.contains(hit) };
        }),
      );
  beforeEach(() => page.setViewportSize({ width: WIDTH, height: HEIGHT }));

  it.each(['ltr', 'rtl'])('has its bar below the page, whole and in order, %s', async (direction) => {
    await arrive();
    await page.evaluate((dir) => {
      document.documentElement.dir = dir;
    }, direction);
    const items = await boxes();
    const inOrder = items.toSorted((a, b) => (direction === 'ltr' ? a.left - b.left : b.left - a.left));
    expect(inOrder.map(({ name }) => name)).toEqual(ORDER);
    for (const { left, right, bottom, free } of items) {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(WIDTH);
      expect(bottom).toBeLessThanOrEqual(HEIGHT);
      expect(free).toBe(true);
    }
    // No label is cut by its neighbour.
    const labels = await page
      .locator('.bar-label')
      .evaluateAll((all) =>
        all.map((one) => one.getBoundingClientRect()).map(({ left, right }) => [left, right]),
      );
    labels.sort(([a], [b]) => a! - b!);
    for (const [index, [left]] of labels.entries())
      expect(left!).toBeGreaterThanOrEqual(index === 0 ? 0 : labels[index - 1]![1]!);
    expect(labels.at(-1)![1]!).toBeLessThanOrEqual(WIDTH);
    const shared = (await page.locator('.page-frame').boundingBox())!;
    expect(shared.width).toBeGreaterThan(WIDTH - 10);
    expect(shared.height).toBeGreaterThan(HEIGHT * 0.7);
    await saveScreenshot(page, `ui/shell-phone-${direction}`);
  });

  it('keeps the bar in reach while the chat covers the page, and questions in sight', async () => {
    const socket = await arrive();
    await page.getByRole('button', { name: /^Chat/ }).click();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    expect((await boxes()).every(({ free }) => free)).toBe(true);
    const control = { holder: ADA.pid, asking: [ANNA.pid], epoch: 1 };
    socket.send({ type: 'session.changed', state: sessionState(gateway, { control }) });
    const answer = page.getByRole('alertdialog').getByRole('button', { name: 'Give control' });
    await answer.waitFor();
    await saveScreenshot(page, 'ui/shell-phone-chat');
    // Would time out under the chat.
    await answer.click();
    await socket.next('control.give');
  });
});

describe('session window in German', () => {
  it('says the lines of the system in German, names included', async () => {
    const { context: german } = await openContext(browser, { locale: 'de-DE' });
    await page.close();
    page = await german.newPage();
    await arrive();
    await page.getByText('Anna Berg ist da.').waitFor();
    await saveScreenshot(page, 'ui/shell-german');
    await german.close();
  });
});

describe('session window of others', () => {
  it('asks a guest for his name before the invite is used, and lets him wait', async () => {
    const bodies: unknown[] = [];
    gateway.on('POST /join', (body) => {
      bodies.push(body);
      return { body: { kind: 'guest', nonce: 'n3', state: sessionState(gateway) } };
    });
    await page.goto(`${gateway.shellOrigin}/join#i=invite-1`);
    await page.getByRole('heading', { name: 'You are invited' }).waitFor();
    expect(bodies).toEqual([]);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('Please give your name.').waitFor();
    await saveScreenshot(page, 'ui/guest-door');
    await page.getByLabel('Your name').fill('Greta Olsen');
    await page.getByRole('button', { name: 'Join' }).click();
    const socket = await gateway.nextSocket('/socket');
    expect(bodies).toEqual([{ invite: 'invite-1', name: 'Greta Olsen' }]);
    await socket.next('session.hello');
    socket.send({ type: 'session.waiting', name: 'Greta Olsen' });
    await page.getByText('Greta Olsen, please wait').waitFor();
    await expectAccessible(page);
    await saveScreenshot(page, 'ui/guest-waiting');
    socket.send(
      welcome(
        {
          participants: [ADA, ANNA, GRETA],
          rights: { control: false, navigate: false, invite: false, share: false, stop: false },
        },
        'guest',
        GRETA.pid,
      ),
    );
    await bar('Leave').waitFor();
    expect(await bar('End co-browsing').count()).toBe(0);
    await saveScreenshot(page, 'ui/guest-session');
    await expectAccessible(page);
    await bar('Leave').click();
    await socket.next('session.leave');
  });

  it.each([
    ['guest-refused', 'You were not let in'],
    ['removed', 'You have been removed'],
    ['left', 'You have left the session'],
    ['stopped-by-customer', 'Co-browsing has ended'],
  ])('tells a guest by its heading that it ended with %s', async (reason, heading) => {
    gateway.on('POST /join', () => ({ body: { kind: 'guest', nonce: 'n3', state: sessionState(gateway) } }));
    await page.goto(`${gateway.shellOrigin}/join#i=invite-1`);
    await page.getByLabel('Your name').fill('Greta Olsen');
    await page.getByRole('button', { name: 'Join' }).click();
    const socket = await gateway.nextSocket('/socket');
    socket.send({ type: 'session.waiting', name: 'Greta Olsen' });
    await page.getByText('Greta Olsen, please wait').waitFor();
    socket.send({ type: 'session.ended', reason, returnUrl: '' });
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    await saveScreenshot(page, `ui/guest-${reason}`);
    await expectAccessible(page);
  });

  it('says who may come in how, when there is no credential', async () => {
    gateway.on('POST /enter', () => ({
      status: 401,
      body: { reason: 'signed-out', message: '', consoleUrl: `${gateway.places.consoleOrigin}/session/x` },
    }));
    await page.goto(`${gateway.shellOrigin}/`);
    await page.getByRole('heading', { name: 'This session is private' }).waitFor();
    await page.getByRole('link', { name: 'Open in the console' }).waitFor();
    await expectAccessible(page);
    await saveScreenshot(page, 'ui/shell-private');
  });
});
