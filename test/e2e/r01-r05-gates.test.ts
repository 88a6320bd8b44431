// R1–R5: who may co-browse at all.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CLOSE } from '../../protocol/close-codes.ts';
import { type Stage, startStage } from './harness.ts';
import { call, meet, openTalk, signIn, startSession } from './plain-client.ts';
import { API_KEY } from './servers.ts';
import { word } from './words.ts';

// People are slower than functions.
vi.setConfig({ testTimeout: 60_000 });

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(async () => {
  await stage?.stop();
  // No script of ours or of the shop may have thrown, in whatever window.
  expect(stage?.errors).toEqual([]);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
  await stage.clearUp();
});

describe('gates', () => {
  it('R1: the switch on System Settings takes Start away, refuses new sessions and ends running ones within 2 s', async () => {
    const { customer, agent } = stage;
    const admin = await stage.newAgent();
    const shell = await stage.startTogether();
    await admin.signIn('admin', '/admin');
    await admin.page.getByRole('heading', { name: word('admin.title') }).waitFor();
    await admin.screenshot('R01-system-settings-on');

    const toggle = admin.page.getByRole('switch', { name: word('admin.system.switch'), exact: true });
    const before = Date.now();
    await toggle.click();
    const notice = word('reason.system-off');
    await shell.page.getByText(notice).first().waitFor({ timeout: 2_000 });
    await agent.page.getByText(notice).first().waitFor({ timeout: 2_000 });
    expect(Date.now() - before).toBeLessThan(2_000 + 500);
    await admin.screenshot('R01-system-settings-off');
    await shell.screenshot('R01-session-window-ended');
    await agent.screenshot('R01-console-ended');

    const button = await customer.switchButton();
    await expect.poll(() => button.textContent()).not.toBe(word('start.start'));
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await customer.screenshot('R01-panel-without-start');
    const opened = customer.context.pages().length;
    await button.click({ force: true });
    expect(customer.context.pages().length).toBe(opened);

    const plain = await meet(stage, 'cara');
    const refused = await startSession(stage, plain.token);
    expect(refused.status).toBe(403);
    expect(refused.json).toMatchObject({ reason: 'system-off', message: notice });

    await toggle.click();
    await expect.poll(() => button.textContent(), { timeout: 3_000 }).toBe(word('start.start'));
  });

  it('R2: an agent without co-browsing: no Start with the reason, and no way into another agent’s session', async () => {
    const ben = await stage.newAgent();
    const customer = await stage.newCustomer();
    await ben.signIn('ben');
    await customer.openShop();
    await customer.startChat('Ben Okafor', 'Bea');
    await ben.accept('Bea');
    const button = await customer.switchButton();
    await expect.poll(() => button.getAttribute('aria-disabled')).toBe('true');
    expect(await button.textContent()).not.toBe(word('start.start'));
    const reason = word('reason.agent-off');
    expect(await button.getAttribute('title')).toBe(reason);
    const described = await button.getAttribute('aria-describedby');
    expect(described).toBeTruthy();
    await customer.screenshot('R02-panel-agent-without-cobrowsing');

    // Another agent's running session: by its URL.
    const other = await stage.newCustomer();
    const cara = await stage.newAgent();
    await cara.signIn('cara');
    const { token } = await meet(stage, 'cara');
    const { gateway } = stage;
    const begun = await startSession(stage, token);
    expect(begun.status).toBe(201);
    const sid = new URL(begun.json.url as string).hostname.split('.')[0]!;
    await ben.open(`${gateway.places.consoleOrigin}/session/${sid}`);
    await ben.page.getByText(reason).first().waitFor();
    await ben.screenshot('R02-session-url-refused');
    await other.page.close();
  });

  it('R3: a session begins only on a defined domain; wildcards and unknown domains are faults that the admin sees', async () => {
    const { gateway, demo } = stage;
    const { token } = await meet(stage, 'cara');
    for (const url of [
      `${demo.origins.offlist}/`,
      'http://www.demoshop.localhost/',
      `https://www.demoshop.localhost:${demo.port}/`,
      `http://shop.www.demoshop.localhost:${demo.port}/`,
      `http://www.demoshop.localhost.evil.example:${demo.port}/`,
    ]) {
      const refused = await startSession(stage, token, { url });
      expect([url, refused.status, refused.json.reason]).toEqual([url, 403, 'page-not-listed']);
    }

    const admin = await stage.newAgent();
    await admin.signIn('admin', '/admin');
    await admin.page.getByText('Demo payment').first().waitFor();
    await admin.screenshot('R03-domains');
    const faults: [from: string, to: string][] = [
      ['hosts: [pay.demopay.localhost]', "hosts: ['*.demopay.localhost']"],
      ['title: Demo payment', 'title: Demo shop'],
      ['title: Demo payment', 'title: Renamed'],
    ];
    for (const [from, to] of faults) {
      await stage.editConfig((text) => text.replace(from, to));
      await admin.page.getByText(word('admin.problems')).waitFor({ timeout: 5_000 });
      await admin.screenshot(`R03-fault-${faults.findIndex((fault) => fault[1] === to)}`);
      await stage.editConfig((text) => text.replace(to, from));
      await admin.page.getByText(word('admin.problems')).waitFor({ state: 'detached', timeout: 5_000 });
    }
    expect(gateway.registry.config.domains).toHaveLength(3);
  });

  it('R4: only a customer can begin a session; an agent has no button, and his calls are refused', async () => {
    const { gateway } = stage;
    const { port, places } = gateway;
    const before = [...gateway.sessions.all()].length;
    const agent = await stage.newAgent();
    await agent.signIn('cara');
    expect(await agent.page.getByRole('button', { name: word('start.start') }).count()).toBe(0);
    const cookie = await signIn(stage, 'cara');
    const body = {
      url: `${stage.demo.origins.shop}/`,
      cookie: '',
      local: [],
      session: [],
      fields: [],
      scroll: [0, 0],
    };
    const tries = [
      call(port, places.panelHost, '/panel/api/session', {
        method: 'POST',
        headers: { origin: places.panelOrigin, cookie },
        body,
      }),
      call(port, places.panelHost, '/panel/api/session', {
        method: 'POST',
        headers: { origin: places.panelOrigin, authorization: `Bearer ${API_KEY}` },
        body,
      }),
      call(port, places.consoleHost, '/panel/api/session', {
        method: 'POST',
        headers: { origin: places.consoleOrigin, cookie },
        body,
      }),
      call(port, places.consoleHost, '/api/v1/sessions', {
        method: 'POST',
        headers: { authorization: `Bearer ${API_KEY}` },
        body,
      }),
    ];
    for (const answer of await Promise.all(tries)) expect(answer.status).toBeGreaterThanOrEqual(400);
    const talk = openTalk(port, places.consoleHost, '/console/socket', {
      origin: places.consoleOrigin,
      cookie,
    });
    await talk.next('console.state');
    talk.send({ type: 'session.start' });
    expect(await talk.closed).toBe(CLOSE.malformed);
    expect([...gateway.sessions.all()].length).toBe(before);
  });

  it('R5: a session lives only inside its conversation, and ends with it', async () => {
    const { gateway } = stage;
    const without = await startSession(stage, 'A'.repeat(43));
    expect(without.status).toBe(401);

    const customer = await stage.newCustomer();
    const cara = await stage.newAgent();
    await cara.signIn('cara');
    await customer.openShop();
    await customer.startChat('Cara Lund', 'Cleo');
    await cara.accept('Cleo');
    const shell = await customer.startCobrowsing();
    const running = [...gateway.sessions.all()].at(-1)!;
    await cara.button('desk.finish').click();
    await shell.page.getByText(word('reason.conversation-ended')).first().waitFor();
    await vi.waitFor(() => expect(gateway.sessions.find(running.sid)).toBeUndefined());
    await shell.screenshot('R05-session-ended-with-conversation');
    await customer.screenshot('R05-conversation-finished');

    // A call handled elsewhere is a conversation as well.
    const { port, places } = gateway;
    const headers = { authorization: `Bearer ${API_KEY}` };
    const announced = await call(port, places.consoleHost, '/api/v1/conversations', {
      method: 'POST',
      headers,
      body: { site: 'demo', customer: 'Dora', agent: 'cara' },
    });
    expect(announced.status).toBe(201);
    const begun = await startSession(stage, announced.json.customerToken as string);
    expect(begun.status).toBe(201);
    await call(port, places.consoleHost, `/api/v1/conversations/${announced.json.id}`, {
      method: 'DELETE',
      headers,
    });
    const url = new URL(begun.json.url as string);
    await vi.waitFor(async () => expect((await call(port, url.host, '/')).status).toBe(410));
  });
});
