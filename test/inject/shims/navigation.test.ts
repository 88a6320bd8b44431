// Ways to leave for a real address, and where they lead: links, forms, windows, location, in a real browser.
import type { Browser, Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBrowser } from '../../browser.ts';
import { type OpenPage, type SessionPages, servePages } from '../session-pages.ts';

const SHOP = 'https://www.shop.example';
const PAY = 'https://pay.example';
let browser: Browser;
let pages: SessionPages;
let open: OpenPage;

beforeAll(async () => {
  browser = await openBrowser();
  const target = '<title>target</title>';
  pages = await servePages({
    [`${SHOP}/`]:
      '<base><body><p>shop</p><form id="f"><input name="q" value="a b"><button>go</button></form>',
    [`${SHOP}/target`]: target,
    [`${PAY}/target`]: target,
    [`${PAY}/nested`]:
      '<a id="top" href="https://www.shop.example/target?top" target="_top">back</a><form id="f" target="_parent" method="post" action="https://www.shop.example/target?posted"><input name="ok" value="1"><button>send</button></form><form id="files" target="_top" method="post" enctype="multipart/form-data" action="https://www.shop.example/target?files"><input name="note" value="two lines"><input id="chosen" type="file" name="file" multiple><input type="file" name="none"></form>',
  });
});
afterAll(async () => {
  await browser.close();
  await pages.close();
});
beforeEach(async () => {
  open = await pages.open(browser, `${SHOP}/`);
  pages.seen.length = 0;
});
afterEach(async () => {
  const { length } = open.context.pages();
  const top = open.shell.url();
  await open.context.close();
  // whatever a page tries, no window opens and the shell stays
  expect(length).toBe(1);
  expect(top).toContain('/?start=');
});

/** Runs code in the page; navigation may end it. */
async function run(frame: Frame, code: string): Promise<void> {
  await frame.evaluate(code).catch(() => undefined);
}
/** A form adds a `?` of its own. */
const arrives = (url: string) => open.frame().waitForURL(({ href }) => href.replace(/\?$/, '') === url);

describe('a real address of a listed host', () => {
  const inFrame: [string, string][] = [
    ['location =', 'location = "https://pay.example/target"'],
    ['location.href =', 'location.href = "https://pay.example/target"'],
    ['location.assign', 'location.assign("https://pay.example/target")'],
    ['location.replace', 'location.replace("//pay.example/target")'],
    ['navigation.navigate', 'navigation.navigate("https://pay.example/target")'],
    [
      'a link',
      'document.body.insertAdjacentHTML("beforeend", "<a id=x href=https://pay.example/target>x"); x.click()',
    ],
    [
      'a link that a parser made past the shims',
      'document.body.append(new DOMParser().parseFromString("<a id=x href=https://pay.example/target>x</a>", "text/html").body.firstChild); x.click()',
    ],
    [
      'a detached link',
      'const a = document.createElement("a"); a.href = "https://pay.example/target"; a.click()',
    ],
    [
      'an SVG link',
      'document.body.innerHTML = `<svg><a id=x href="https://pay.example/target"><text y=20>x</text></a></svg>`; x.dispatchEvent(new MouseEvent("click", {bubbles:true, cancelable:true}))',
    ],
    [
      'meta refresh',
      'document.head.insertAdjacentHTML("beforeend", `<meta http-equiv=refresh content="0;url=https://pay.example/target">`)',
    ],
    [
      'a GET form',
      'f.action = "https://pay.example/target"; f.querySelector("input").remove(); f.requestSubmit()',
    ],
    [
      'form.submit()',
      'f.setAttribute("action", "https://pay.example/target"); f.querySelector("input").remove(); f.submit()',
    ],
    [
      'formaction',
      'f.querySelector("input").remove(); const b = f.querySelector("button"); b.formAction = "https://pay.example/target"; b.click()',
    ],
    [
      'a form to _blank',
      'f.target = "_blank"; f.action = "https://pay.example/target"; f.querySelector("input").remove(); f.requestSubmit()',
    ],
    ['window.open to _self', 'open("https://pay.example/target", "_self")'],
    ['window.open to _top', 'open("https://pay.example/target", "_top")'],
    [
      'a link to _top',
      'document.body.insertAdjacentHTML("beforeend", "<a id=x target=_top href=https://pay.example/target>x"); x.click()',
    ],
    [
      '<base target=_top>',
      'document.querySelector("base").target = "_top"; document.body.insertAdjacentHTML("beforeend", "<a id=x href=/target>x"); x.href = "https://pay.example/target"; x.click()',
    ],
    [
      'window.URL replaced by the page',
      'window.URL = class {}; location.href = "https://pay.example/target"',
    ],
    [
      'a navigate listener that stops others',
      'navigation.addEventListener("navigate", (e) => e.stopImmediatePropagation(), true); location.href = "https://pay.example/target"',
    ],
    [
      'https with our own host name',
      'location.href = "https://" + location.hostname.replace("www-shop-example", "pay-example") + "/target"',
    ],
  ];
  test.each(inFrame)('by %s arrives at its session address', async (_name, code) => {
    await run(open.frame(), code);
    await arrives(pages.at(`${PAY}/target`));
    expect(await open.frame().title()).toBe('target');
  });

  test('a POST whose action escaped the hooks keeps its multipart fields', async () => {
    await run(
      open.frame(),
      'document.body.append(new DOMParser().parseFromString(`<form id="g" method="post" enctype="multipart/form-data" action="https://pay.example/target"><input name="q" value="a b"></form>`, "text/html").body.firstChild); HTMLFormElement.prototype.submit.call(g)',
    );
    await arrives(pages.at(`${PAY}/target`));
    const post = pages.seen.find(({ method }) => method === 'POST');
    expect(post?.headers['content-type']).toMatch(/^multipart\/form-data/);
    expect(post?.body).toContain('a b');
  });
});

describe('a new window', () => {
  const toShell: [string, string][] = [
    ['window.open without a hold on it', 'open("https://pay.example/target", "", "noopener")'],
    ['window.open with a name', 'open("/target", "popup")'],
    ['open("") and then location', 'const w = open(""); w.location = "https://pay.example/target"'],
    [
      'open("") and then location.href',
      'const w = open("", "later"); w.location.href = "https://pay.example/target"',
    ],
    [
      'a detached _blank link',
      'const a = document.createElement("a"); a.target = "_blank"; a.href = "https://pay.example/target"; a.click()',
    ],
    [
      'a detached _blank link by dispatchEvent',
      'const a = document.createElement("a"); a.target = "_blank"; a.href = "https://pay.example/target"; a.dispatchEvent(new MouseEvent("click", { cancelable: true }))',
    ],
    [
      'a _blank link in a closed shadow root',
      'const h = document.createElement("div"); document.body.append(h); const s = h.attachShadow({ mode: "closed" }); s.innerHTML = `<a target=_blank href="https://pay.example/target">x</a>`; s.firstChild.click()',
    ],
    [
      'a _blank link in a detached closed shadow root',
      'const h = document.createElement("div"); const s = h.attachShadow({ mode: "closed" }); s.innerHTML = `<a target=_blank href="https://pay.example/target">x</a>`; s.firstChild.click()',
    ],
  ];
  test.each(toShell)('by %s is asked of the shell', async (_name, code) => {
    await run(open.frame(), code);
    const asked = await open.hear('navigate');
    expect(asked.url).toMatch(/\/target$/);
    expect(pages.addresses.toUpstream(asked.url)).toMatch(/^https:\/\/(pay|www\.shop)\.example\/target$/);
  });

  const CLICKS: [string, Parameters<Frame['click']>[1]][] = [
    ['a plain click', {}],
    ['a ctrl click', { modifiers: ['Control'] }],
    ['a shift click', { modifiers: ['Shift'] }],
    ['a middle click', { button: 'middle' }],
  ];
  test.each(CLICKS)('by %s, also when the page stops propagation', async (name, how) => {
    for (const stop of [
      '',
      'x.addEventListener("click", (e) => e.stopImmediatePropagation()); x.addEventListener("auxclick", (e) => e.stopImmediatePropagation());',
    ]) {
      await run(
        open.frame(),
        `document.body.insertAdjacentHTML("afterbegin", "<a id=x ${name === 'a plain click' ? 'target=_blank' : ''} href=https://pay.example/target${stop ? '?2' : ''}>link</a>"); ${stop}`,
      );
      await open.frame().click('#x', how);
      await open.shell.waitForFunction(
        (count) => (window as unknown as { said: unknown[] }).said.length === count,
        stop ? 2 : 1,
      );
      await run(open.frame(), 'x.remove()');
    }
    expect(open.frame().url()).toBe(pages.at(`${SHOP}/`));
  });

  test('the page may prevent it', async () => {
    await run(
      open.frame(),
      'document.body.insertAdjacentHTML("afterbegin", "<a id=x target=_blank href=/target>link</a>"); x.onclick = () => false; x.click(); x.addEventListener("click", (e) => { e.preventDefault(); e.stopPropagation(); }); x.onclick = null; x.click()',
    );
    await run(open.frame(), 'new Promise((resolve) => setTimeout(resolve, 30))');
    expect(await open.said()).toEqual([]);
  });

  test('gives a stand-in that one can write a receipt into', async () => {
    const result = await open.frame().evaluate(() => {
      const popup = window.open('', 'receipt')!;
      popup.document.write('<h1>Receipt</h1>');
      popup.document.close();
      return [
        popup.closed,
        popup.document.querySelector('h1')?.textContent,
        popup.opener === window,
        window.open('about:blank', 'x', 'noopener'),
      ];
    });
    expect(result).toEqual([false, 'Receipt', true, null]);
  });

  test('tel: and mailto: go to the shell', async () => {
    await run(
      open.frame(),
      'document.body.insertAdjacentHTML("afterbegin", "<a id=x href=tel:+123>call</a>"); x.click()',
    );
    expect((await open.hear('external')).url).toBe('tel:+123');
  });
});

describe('an address off the list', () => {
  test.each([
    ['location', 'location.href = "https://elsewhere.example/x"'],
    [
      'a link',
      'document.body.insertAdjacentHTML("afterbegin", "<a id=x href=https://elsewhere.example/x>x"); x.click()',
    ],
    ['a form', 'f.action = "https://elsewhere.example/x"; f.method = "post"; f.submit()'],
  ])('by %s shows the page about it', async (_name, code) => {
    await run(open.frame(), code);
    await open.frame().waitForURL(/\/\.tandem\/outside\?/);
    expect(await open.frame().title()).toBe('outside');
    expect(new URL(open.frame().url()).origin).toBe(pages.at(SHOP));
  });

  test('by a new window is told to the shell with its real URL', async () => {
    await run(open.frame(), 'open("https://elsewhere.example/x")');
    expect((await open.hear('navigate')).url).toBe('https://elsewhere.example/x');
  });

  test('frames stay empty', async () => {
    await run(
      open.frame(),
      'const i = document.createElement("iframe"); i.src = "https://elsewhere.example/"; document.body.append(i); const j = document.createElement("iframe"); document.body.append(j); j.contentWindow.location = "https://elsewhere.example/";',
    );
    await run(open.frame(), 'new Promise((resolve) => setTimeout(resolve, 50))');
    expect(open.shell.frames().filter((frame) => frame.url().includes('elsewhere'))).toEqual([]);
  });
});

describe('a nested frame', () => {
  const nested = async () => {
    await run(
      open.frame(),
      `const i = document.createElement("iframe"); i.src = "${PAY}/nested"; document.body.append(i)`,
    );
    await open.shell.waitForFunction(() => (window as unknown as { ports: unknown[] }).ports.length === 2);
    const frame = open.frame().childFrames()[0]!;
    await frame.waitForSelector('#top');
    return frame;
  };

  test('hands a _top link and a _parent form to the page frame', async () => {
    const frame = await nested();
    await frame.click('#top');
    expect((await open.hear('navigate')).url).toBe(pages.at(`${SHOP}/target?top`));
    await frame.click('button');
    await open.shell.waitForFunction(() => (window as unknown as { said: unknown[] }).said.length === 2);
    expect((await open.said())[1]).toEqual({
      type: 'navigate',
      url: pages.at(`${SHOP}/target?posted`),
      form: { method: 'post', enctype: 'application/x-www-form-urlencoded', fields: [['ok', '1']] },
    });
  });

  test('files go along with a form for the whole page, and are posted by the page frame as the browser does', async () => {
    const frame = await nested();
    const files = ['one', 'two'].map((name) => ({
      name: `${name}.txt`,
      mimeType: 'text/plain',
      buffer: Buffer.from(`of ${name}`),
    }));
    await frame.setInputFiles('#chosen', files);
    await frame.evaluate(() => (document.querySelector('#files') as HTMLFormElement).requestSubmit());
    await open.hear('navigate');
    // As the shell passes it on.
    await open.shell.evaluate(() => {
      const { ports, said } = window as unknown as { ports: MessagePort[]; said: unknown[] };
      ports[0]!.postMessage(said.find((one) => (one as { type: string }).type === 'navigate'));
    });
    await arrives(pages.at(`${SHOP}/target?files`));
    const post = pages.seen.find(({ method }) => method === 'POST');
    const body = post?.body.replace(/-*WebKitFormBoundary\w+/g, '--') ?? '';
    const part = (rest: string, value: string): string =>
      `--\r\nContent-Disposition: form-data; name=${rest}\r\n\r\n${value}\r\n`;
    expect(body).toBe(
      [
        part('"note"', 'two lines'),
        part('"file"; filename="one.txt"\r\nContent-Type: text/plain', 'of one'),
        part('"file"; filename="two.txt"\r\nContent-Type: text/plain', 'of two'),
        part('"none"; filename=""\r\nContent-Type: application/octet-stream', ''),
        '----\r\n',
      ].join(''),
    );
  });

  test('the page frame posts what the shell passes on', async () => {
    await open.tell({
      type: 'navigate',
      url: pages.at(`${PAY}/target`),
      form: { method: 'post', enctype: 'application/x-www-form-urlencoded', fields: [['ok', 'a&b']] },
    });
    await arrives(pages.at(`${PAY}/target`));
    expect(pages.seen.find(({ method }) => method === 'POST')?.body).toBe('ok=a%26b');
  });
});
