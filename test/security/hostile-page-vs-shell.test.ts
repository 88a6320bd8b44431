// Attack 22: a proxied page turns on the shell around it. It may speak as itself, and nothing else comes of it.
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser.ts';
import { bundleModule } from '../bundle.ts';
import { type OpenPage, type SessionPages, servePages } from '../inject/session-pages.ts';

const SHOP = 'https://www.shop.example';
const PAY = 'https://pay.example';
let browser: Browser;
let pages: SessionPages;
let open: OpenPage;

/** The real ports of the shell, on a session that writes down what it is asked. */
const SHELL = `
  window.said = []; window.ports = []; window.hellos = [];
  window.asked = []; window.outside = []; window.external = []; window.own = 0; window.opened = 0;
  const anna = { pid: 'a1', name: 'Anna', color: 1, kind: 'agent', connected: true };
  const state = { participants: [anna, { pid: 'c1', name: 'Carl', color: 0, kind: 'customer', connected: true }], control: { holder: 'a1', asking: [], epoch: 1 } };
  const signal = (value) => ({ value, peek: () => value, subscribe: (listener) => { listener(value); return () => {}; } });
  let hear;
  window.event = (message) => hear(message);
  const session = {
      state: signal(state), pid: signal('c1'), status: signal('open'), kind: signal('customer'),
      ask: (request) => { asked.push(request); return true; },
      sendBinary: (bytes) => { if (bytes.length > 65536) asked.push({ type: 'TOO LARGE' }); return true; },
      onEvent: (listener) => { hear = listener; return () => {}; },
  };
  tandemPorts.startPagePorts({
    frame: document.getElementById('page'),
    shellHost: location.host,
    session,
    takeBack: tandemTakeBack.startTakeBack(session),
    spotWords: () => ({ ask: 'asked', decline: 'no' }),
    onToolDone: () => {},
    onOutside: (url) => outside.push(url),
    onExternal: (url) => external.push(url),
    onOwnInput: () => { own++; },
    onOpened: () => { opened++; },
  });
`;

beforeAll(async () => {
  browser = await openBrowser();
  const shell = join(import.meta.dirname, '../../ui/shell');
  const ports = await bundleModule(join(shell, 'page-ports.ts'), 'tandemPorts');
  const takeBack = await bundleModule(join(shell, 'take-back.ts'), 'tandemTakeBack');
  pages = await servePages(
    {
      [`${SHOP}/`]: '<body><p>shop</p>',
      [`${PAY}/`]: '<body><p>pay</p>',
      [`${SHOP}/bare`]: { body: '<p>bare', bare: true },
    },
    `${`${takeBack}\n${ports}`.replaceAll('</script', '<\\/script')}\n${SHELL}`,
  );
});
afterAll(async () => {
  await browser.close();
  await pages.close();
});
beforeEach(async () => {
  open = await pages.open(browser, `${SHOP}/`);
  await open.shell.waitForFunction(() => (window as unknown as { opened: number }).opened > 0);
});
afterEach(async () => {
  expect(open.context.pages()).toHaveLength(1);
  expect(new URL(open.shell.url()).pathname).toBe('/');
  expect(await open.shell.title()).toBe('shell');
  await open.context.close();
});

const asked = () => open.shell.evaluate(() => (window as unknown as { asked: { type: string }[] }).asked);
const settled = () => open.frame().evaluate(() => new Promise((resolve) => setTimeout(resolve, 60)));
const ALLOWED = [
  'page.dialog',
  'control.takeBack',
  'pointer.moved',
  'pointer.clicked',
  'pointer.left',
  'input.refused',
];

describe('a hostile page', () => {
  test('posts every verb it can think of: only those of a page arrive', async () => {
    await open.frame().evaluate((shell) => {
      const { port1, port2 } = new MessageChannel();
      window.top!.postMessage({ tandem: 'page', nonce: 'mine' }, shell, [port2]);
      const verbs = [
        'session.stop',
        'control.give',
        'control.release',
        'invite.create',
        'guest.admit',
        'participant.remove',
        'chat.send',
        'session.navigate',
        'document.open',
        'session.cleared',
        'session.hello',
        'click.ask',
        'mark.drawn',
        'perform',
        'takeBack',
        '__proto__',
        'constructor',
      ];
      for (const type of verbs) {
        port1.postMessage({ type, pid: 'a1', id: 'x', url: 'https://elsewhere.example/', text: 'x' });
        window.top!.postMessage({ type, tandem: type }, shell);
      }
      port1.postMessage({ type: 'takeBack' });
      for (const junk of [
        null,
        7,
        'x',
        [],
        { type: 'navigate' },
        { type: 'navigate', url: 'x'.repeat(9_000) },
        { type: 'fact', json: 'x' },
        { type: 'fact', json: new Uint8Array(1_000_000) },
        { type: 'dialog', kind: 'evil', text: '' },
        // The customer has no tool in his hand: he draws nothing.
        { type: 'mark', mark: { type: 'mark.framed', frame: 1, node: 1 } },
        { type: 'needsClick', node: 1, what: 'evil' },
        { type: 'spotAnswer', id: 'x', answer: 'withdrawn' },
        { type: 'pointer', kind: 'moved', node: -1, x: Number.NaN, y: 0 },
      ])
        port1.postMessage(junk);
    }, new URL(open.shell.url()).origin);
    await settled();
    const types = (await asked()).map(({ type }) => type);
    expect(types.filter((type) => !ALLOWED.includes(type))).toEqual([]);
    expect(types).toContain('control.takeBack');
    expect(types).not.toContain('TOO LARGE');
  });

  test('asks for addresses off the list and for other programs: nothing but a notice', async () => {
    await open.frame().evaluate((shell) => {
      const { port1, port2 } = new MessageChannel();
      window.top!.postMessage({ tandem: 'page', nonce: 'mine' }, shell, [port2]);
      for (const url of [
        'javascript:alert(1)',
        'https://elsewhere.example/',
        'data:text/html,x',
        `${shell}/join`,
        'http://console.localhost:8080/',
      ])
        port1.postMessage({ type: 'navigate', url });
      for (const url of ['javascript:alert(1)', 'file:///etc/passwd', 'https://elsewhere.example/'])
        port1.postMessage({ type: 'external', url });
    }, new URL(open.shell.url()).origin);
    await settled();
    expect(open.frame().url()).toBe(pages.at(`${SHOP}/`));
    const [outside, external] = await open.shell.evaluate(() => {
      const shell = window as unknown as { outside: string[]; external: string[] };
      return [shell.outside, shell.external];
    });
    expect(outside).toHaveLength(5);
    expect(external).toEqual([]);
  });

  test('can not reach the shell’s document, leave it, cover it or open windows', async () => {
    const results = await open.frame().evaluate(async (shell) => {
      const attempt = (act: () => unknown) => {
        try {
          return String(act());
        } catch (error) {
          return (error as Error).name;
        }
      };
      const top = window.top!;
      const form = document.createElement('form');
      form.target = '_top';
      form.action = '/elsewhere';
      document.body.append(form);
      const link = document.createElement('a');
      link.target = 'page';
      link.href = 'https://elsewhere.example/';
      return [
        attempt(() => top.document.title),
        attempt(() => {
          top.location.href = 'https://elsewhere.example/';
          return 'went';
        }),
        attempt(() => {
          top.location.replace(`${shell}/join#t=stolen`);
          return 'went';
        }),
        attempt(() => (top as unknown as { asked: unknown }).asked),
        attempt(() => {
          link.click();
          return 'clicked';
        }),
      ];
    }, new URL(open.shell.url()).origin);
    expect(results.slice(0, 4)).toEqual(['SecurityError', 'SecurityError', 'SecurityError', 'SecurityError']);
    await settled();
    expect(await open.frame().evaluate(() => document.body.textContent)).toBe('shop');
  });

  test('gets fresh natives from a blank frame and still can not disarm the net', async () => {
    const escaped = await open.frame().evaluate(async () => {
      const inner = document.createElement('iframe');
      document.body.append(inner);
      const fresh = inner.contentWindow as Window & typeof globalThis;
      navigation.onnavigate = (event) => event.stopImmediatePropagation();
      Object.defineProperty(Event.prototype, 'preventDefault', { value() {} });
      EventTarget.prototype.addEventListener = () => {};
      window.URL = undefined as never;
      fresh.fetch('https://elsewhere.example/').catch(() => undefined);
      location.href = 'https://elsewhere.example/steal';
      return 'evaluated';
    });
    expect(escaped).toBe('evaluated');
    await open.frame().waitForURL(/\/\.tandem\/outside/);
  });

  test('lies about its frames: another session’s address or a stranger’s window is not greeted', async () => {
    const stranger = await open.context.newPage();
    await stranger.goto(pages.at(`${SHOP}/bare`));
    await stranger.close();
    const before = await open.shell.evaluate(() => (window as unknown as { asked: unknown[] }).asked.length);
    // the shell's own window is no page, even with the right words
    await open.shell.evaluate(() => {
      const { port1, port2 } = new MessageChannel();
      window.postMessage({ tandem: 'page', nonce: 'x' }, '*', [port2]);
      port1.postMessage({ type: 'takeBack' });
    });
    await settled();
    expect((await asked()).length).toBe(before);
  });

  test('loops over alerts, history and messages: the shell answers at once', async () => {
    open.shell.on('dialog', (dialog) => void dialog.dismiss());
    await open.frame().evaluate((shell) => {
      for (let index = 0; index < 300; index++) {
        history.pushState(null, '', `/?${index}`);
        window.top!.postMessage({ tandem: 'page', nonce: 'flood' }, shell);
      }
      for (let index = 0; index < 20; index++) alert(index);
      setTimeout(() => {
        const end = Date.now() + 1_500;
        while (Date.now() < end);
      });
    }, new URL(open.shell.url()).origin);
    const asked = Date.now();
    await open.shell.evaluate(() => document.title);
    expect(Date.now() - asked).toBeLessThan(1_000);
  });

  test('window.name, document.open and a replaced document element do not break the port', async () => {
    await open.frame().evaluate(() => {
      window.name = '{"tandem":"page"}';
      document.documentElement.remove();
      document.append(document.createElement('html'));
      document.documentElement.append(document.createElement('body'));
    });
    await open.shell.evaluate(() =>
      (window as unknown as { event(message: object): void }).event({ type: 'page.history', go: 'reload' }),
    );
    await open.frame().waitForFunction(() => document.body?.textContent === 'shop');
  });
});
