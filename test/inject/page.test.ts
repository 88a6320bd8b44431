// The injected script as a whole: hello, frames, carried state, drawings, the customer's own input, in a real browser.
import type { Browser, Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Input } from '../../protocol/input.ts';
import type { Dragged, ToPage } from '../../protocol/ports.ts';
import { openBrowser, saveScreenshot } from '../browser.ts';
import { type OpenPage, type SessionPages, servePages } from './session-pages.ts';

const SHOP = 'https://www.shop.example';
const PAY = 'https://pay.example';
let browser: Browser;
let pages: SessionPages;
let open: OpenPage;

beforeAll(async () => {
  browser = await openBrowser();
  pages = await servePages({
    [`${SHOP}/`]:
      '<body><p>shop</p><input id="card" autocomplete="cc-number" value="4111"><button id="b">b</button>',
    [`${SHOP}/carried`]: {
      body: `<script>window.first = [localStorage.token, sessionStorage.tab]; window.heard = [];
        addEventListener('change', (e) => heard.push(e.target.id)); addEventListener('input', (e) => heard.push(e.target.id));</script>
        <body style="height:5000px"><input id="name"><input id="yes" type="checkbox"><textarea id="text"></textarea>
        <select id="many" multiple><option>a<option>b<option>c</select><input id="file" type="file">`,
      config: {
        carry: {
          local: [['token', 't1']],
          session: [['tab', 's1']],
          fields: [
            { path: '#name', value: 'Ada' },
            { path: '#yes', checked: true },
            { path: '#text', value: 'long' },
            { path: '#many', selected: [0, 2] },
            { path: '#file', value: 'C:\\\\x' },
            { path: '#gone ~~', value: 'x' },
          ],
          scroll: [0, 400],
        },
      },
    },
    [`${SHOP}/late`]: {
      body: `<style>#list { height: 100px; overflow: auto } #list p { height: 1000px }</style>
        <script>window.typed = []; addEventListener('input', (e) => e.target.id === 'note' && typed.push(e.inputType));
          addEventListener('load', () => requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById('app').innerHTML =
            '<input id="made"><input type="radio" name="size" id="large"><div id="list"><p>long</p></div><p style="height:4000px">tall</p>')))</script>
        <body><div id="note" contenteditable><p>Dear potter,</p></div><div id="app"></div>`,
      config: {
        carry: {
          local: [],
          session: [],
          page: '/late',
          fields: [
            { path: '#note', text: 'Dear potter, <b>thank</b> you' },
            { path: '#made', value: 'Ada' },
            { path: '#large', checked: true },
          ],
          scroll: [0, 500],
          scrolls: [['#list', 0, 300]],
        },
      },
    },
    [`${SHOP}/elsewhere`]: {
      body: '<input id="name">',
      config: {
        carry: {
          local: [['token', 't2']],
          session: [],
          page: '/where-it-began',
          fields: [{ path: '#name', value: 'Ada' }],
          scroll: [0, 0],
        },
      },
    },
    [`${SHOP}/plain`]: '<p>plain</p>',
    [`${PAY}/`]: '<p>pay</p>',
    [`${SHOP}/prototype-js`]:
      '<script>Array.prototype.toJSON = () => "spoilt"; Object.freeze(document); Document.prototype.createElement = () => { throw new Error("frozen"); }; window.URL = window.MessageChannel = undefined;</script><p>x</p>',
  });
});
afterAll(async () => {
  await browser.close();
  await pages.close();
});
afterEach(() => open.context.close());

const ports = (count: number) =>
  open.shell.waitForFunction(
    (wanted) => (window as unknown as { ports: unknown[] }).ports.length >= wanted,
    count,
  );

describe('a document', () => {
  test('says hello to the shell only, and leaves no trace of its script', async () => {
    open = await pages.open(browser, `${SHOP}/`);
    await ports(1);
    const [hello] = await open.hellos();
    expect(hello).toMatchObject({ origin: pages.at(SHOP), inner: false, fromPage: true });
    expect(await open.frame().evaluate(() => document.querySelectorAll('script').length)).toBe(0);
  });

  test('goes where the shell says, back and forward', async () => {
    open = await pages.open(browser, `${SHOP}/`);
    await open.tell({ type: 'navigate', url: pages.at(`${PAY}/`) });
    await open.frame().waitForURL(pages.at(`${PAY}/`));
    await ports(2);
    await open.tell({ type: 'history', go: 'back' });
    await open.frame().waitForURL(pages.at(`${SHOP}/`));
  });

  test('gets the carried storages before its scripts, fields and scroll when they are there', async () => {
    open = await pages.open(browser, `${SHOP}/carried`);
    const frame = open.frame();
    await frame.waitForFunction(() => scrollY > 0);
    const result = await frame.evaluate(() => {
      const page = window as unknown as { first: string[]; heard: string[] };
      const value = (id: string) => (document.getElementById(id) as HTMLInputElement).value;
      const many = document.getElementById('many') as HTMLSelectElement;
      return [
        page.first,
        value('name'),
        (document.getElementById('yes') as HTMLInputElement).checked,
        value('text'),
        [...many.selectedOptions].map((option) => option.index),
        page.heard,
        scrollY,
      ];
    });
    expect(result).toEqual([
      ['t1', 's1'],
      'Ada',
      true,
      'long',
      [0, 2],
      ['name', 'name', 'yes', 'yes', 'text', 'text', 'many', 'many'],
      400,
    ]);
  });

  test('gets them also where its scripts make the parts late, and into what is edited in place', async () => {
    open = await pages.open(browser, `${SHOP}/late`);
    const frame = open.frame();
    await frame.waitForFunction(() => scrollY > 0 && (document.getElementById('list')?.scrollTop ?? 0) > 0);
    const result = await frame.evaluate(() => {
      const field = (id: string) => document.getElementById(id) as HTMLInputElement;
      return {
        note: document.getElementById('note')?.innerText,
        markup: document.querySelectorAll('#note b').length,
        made: field('made').value,
        large: field('large').checked,
        list: field('list').scrollTop,
        page: scrollY,
        typed: (window as unknown as { typed: string[] }).typed,
        focused: document.activeElement === document.body,
      };
    });
    expect(result).toEqual({
      note: 'Dear potter, <b>thank</b> you',
      markup: 0,
      made: 'Ada',
      large: true,
      list: 300,
      page: 500,
      typed: ['insertText'],
      focused: true,
    });
  });

  test('gets no field of another page, where a redirect led', async () => {
    open = await pages.open(browser, `${SHOP}/elsewhere`);
    const frame = open.frame();
    await frame.waitForFunction(() => document.readyState === 'complete');
    expect(
      await frame.evaluate(() => [
        localStorage.token,
        (document.getElementById('name') as HTMLInputElement).value,
      ]),
    ).toEqual(['t2', '']);
  });

  test('carries nothing a second time when it is reloaded', async () => {
    open = await pages.open(browser, `${SHOP}/carried`);
    await open.frame().evaluate(() => {
      localStorage.clear();
    });
    await Promise.all([open.frame().waitForNavigation(), open.tell({ type: 'history', go: 'reload' })]);
    expect(await open.frame().evaluate(() => localStorage.length)).toBe(0);
  });

  test('is looked after on a page that breaks what it can', async () => {
    open = await pages.open(browser, `${SHOP}/prototype-js`);
    await ports(1);
    await open.tell({ type: 'control', by: 'Anna', epoch: 2 });
    await open.tell({ type: 'navigate', url: pages.at(`${PAY}/`) });
    await open.frame().waitForURL(pages.at(`${PAY}/`));
  });
});

describe('child frames', () => {
  const withFrame = async (code: string): Promise<Frame> => {
    open = await pages.open(browser, `${SHOP}/`);
    await open.frame().evaluate(code);
    await ports(2);
    return open.frame().childFrames()[0]!;
  };

  test('a blank one is looked after before the page can use it', async () => {
    await withFrame(
      'const i = document.createElement("iframe"); document.body.append(i); i.contentWindow.document.body.innerHTML = `<img src="https://static.shop.example/p.png">`; window.inFrame = i.contentWindow.document.querySelector("img").src; window.mine = i.contentWindow.parent === window',
    );
    expect(await open.frame().evaluate('[inFrame, mine]')).toEqual([
      pages.at('https://static.shop.example/p.png'),
      true,
    ]);
    expect((await open.hellos())[1]).toMatchObject({ inner: true });
  });

  test('a srcdoc one has its own script before its first one', async () => {
    const frame = await withFrame(
      'const i = document.createElement("iframe"); i.srcdoc = `<!doctype html><script>window.mode = [document.compatMode, typeof __tandem_top, document.cookie]</script>`; document.cookie = "a=1"; document.body.append(i)',
    );
    expect(await frame.evaluate('mode')).toEqual(['CSS1Compat', 'object', 'a=1']);
    expect((await open.hellos())[1]).toMatchObject({ inner: false, fromPage: false });
  });

  test('one of another origin has its own script, and the page hears nothing of it', async () => {
    open = await pages.open(browser, `${SHOP}/`);
    await open.frame().evaluate((url) => {
      (window as unknown as { heard: unknown[] }).heard = [];
      addEventListener('message', ({ data }) => (window as unknown as { heard: unknown[] }).heard.push(data));
      const inner = document.createElement('iframe');
      inner.src = url;
      document.body.append(inner);
    }, `${PAY}/`);
    await ports(2);
    expect((await open.hellos())[1]).toMatchObject({ origin: pages.at(PAY), inner: false, fromPage: false });
    expect(await open.frame().evaluate('heard')).toEqual([]);
  });

  test('a sandboxed one does not break', async () => {
    const frame = await withFrame(
      `const i = document.createElement("iframe"); i.sandbox = "allow-scripts"; i.src = "${PAY}/"; document.body.append(i)`,
    );
    expect(await frame.evaluate('[window.origin, document.body.textContent]')).toEqual(['null', 'pay']);
  });

  test('document.open() in the page: the hooks and the port live on', async () => {
    open = await pages.open(browser, `${SHOP}/`);
    await open
      .frame()
      .evaluate(
        'document.open(); document.write("<a id=x target=_blank href=https://pay.example/>pay</a>"); document.close()',
      );
    await ports(2);
    await open.frame().click('#x');
    expect((await open.hear('navigate')).url).toBe(pages.at(`${PAY}/`));
  });
});

describe('while another holds control', () => {
  test('own input is told once in a while, and Esc Esc takes back', async () => {
    open = await pages.open(browser, `${SHOP}/`);
    await ports(1);
    await open.frame().click('#b');
    await open.tell({ type: 'control', by: 'Anna', epoch: 2 });
    await open.tell({
      type: 'pointer',
      pid: 'p1',
      name: 'Anna',
      color: 1,
      kind: 'clicked',
      node: 1,
      x: 0.3,
      y: 0.5,
    });
    await open.frame().click('#b');
    await open.frame().click('#b');
    await open.shell.keyboard.press('Escape');
    await open.shell.keyboard.press('Escape');
    await open.hear('takeBack');
    expect((await open.said()).map(({ type }) => type)).toEqual(['ownInput', 'escape', 'takeBack']);
    await saveScreenshot(open.shell, 'inject/pointer');
    // closed: the page can not read it, and it takes no clicks
    expect(
      await open.frame().evaluate(() => document.querySelector('tandem-layer')?.shadowRoot ?? null),
    ).toBe(null);
  });

  test('nothing is drawn above the site for it: who is in control is said around the page', async () => {
    open = await pages.open(browser, `${SHOP}/plain`);
    await ports(1);
    await open.tell({ type: 'control', by: 'Anna', epoch: 2 });
    await open.frame().click('p');
    await open.hear('ownInput');
    expect(await open.frame().evaluate(() => document.querySelector('tandem-layer'))).toBe(null);
  });

  test('a drag that leaves at once leaves behind the move that brought it', async () => {
    open = await pages.open(browser, `${SHOP}/plain`);
    await ports(1);
    await open.frame().evaluate(() => {
      const heard: string[] = [];
      Object.assign(window, { heard });
      for (const type of ['dragenter', 'dragleave']) addEventListener(type, () => heard.push(type));
    });
    await open.tell({ type: 'control', by: 'Anna', epoch: 2 });
    const move: Input = {
      ...{ type: 'input.pointer', frame: 1, node: 1, x: 0.5, y: 0.5, action: 'move', button: 0, buttons: 1 },
      ...{ clicks: 0, pointer: 'mouse', modifiers: 0 },
    };
    const drag: Dragged = { data: [['text/plain', 'a card']], allowed: 'all' };
    const perform = { type: 'perform', pid: 'p1', seq: 1, control: 2, input: move, drag } as const;
    const times = Array.from({ length: 10 });
    await open.tell(...times.flatMap((): ToPage[] => [perform, { type: 'dragLeft' }]));
    await expect
      .poll(() => open.frame().evaluate('heard'))
      .toEqual(times.flatMap(() => ['dragenter', 'dragleave']));
  });

  test('without it nothing is told', async () => {
    open = await pages.open(browser, `${SHOP}/`);
    await ports(1);
    await open.frame().click('#b');
    await open.shell.keyboard.press('Escape');
    await open.shell.keyboard.press('Escape');
    expect(await open.said()).toEqual([]);
  });
});
