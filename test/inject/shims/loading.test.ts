// What a page loads, writes and asks: attributes, markup, requests, workers, messages, in a real browser.
import type { Browser, Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBrowser } from '../../browser.ts';
import { type OpenPage, type SessionPages, servePages } from '../session-pages.ts';

const SHOP = 'https://www.shop.example';
const STATIC = 'https://static.shop.example';
const PAY = 'https://pay.example';
const CORS = { 'access-control-allow-origin': '*' };
let browser: Browser;
let pages: SessionPages;
let open: OpenPage;

beforeAll(async () => {
  browser = await openBrowser();
  pages = await servePages({
    [`${SHOP}/`]: {
      body: '<body><p>shop</p>',
      config: { referrer: 'https://pay.example/from?x=1' },
    },
    [`${STATIC}/data`]: { type: 'application/json', body: '{"ok":true}', headers: CORS },
    [`${SHOP}/data`]: { type: 'application/json', body: '{"ok":true}' },
    [`${STATIC}/app.js`]: {
      type: 'text/javascript',
      body: 'window.loaded = (window.loaded ?? 0) + 1',
      headers: CORS,
    },
    [`${SHOP}/worker.js`]: { type: 'text/javascript', body: 'postMessage(1)' },
    [`${SHOP}/events`]: { type: 'text/event-stream', body: 'data: hello\n\n' },
    [`${PAY}/frame`]:
      '<script>addEventListener("message", (e) => e.source.postMessage([e.data, e.origin, location.ancestorOrigins.length, location.ancestorOrigins.contains("https://www.shop.example"), __tandem_top === parent, __tandem_parent === parent, document.referrer], e.origin))</script>',
    [`${SHOP}/inner`]: '<p id="i">inner</p>',
    [`${SHOP}/speaker`]: '<script>parent.postMessage("said", location.origin)</script>',
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
afterEach(() => open.context.close());

const frame = (): Frame => open.frame();

describe('a URL attribute with a real address', () => {
  const ways: [string, string, string][] = [
    ['img.src', 'const e = new Image(); e.src = "https://static.shop.example/p.png"', 'src'],
    [
      'setAttribute',
      'const e = document.createElement("img"); e.setAttribute("SRC", "//static.shop.example/p.png")',
      'src',
    ],
    [
      'setAttributeNS',
      'const e = document.createElementNS("http://www.w3.org/2000/svg", "image"); e.setAttributeNS("http://www.w3.org/1999/xlink", "xlink:href", "https://static.shop.example/p.png")',
      'xlink:href',
    ],
    [
      'an Attr node',
      'const e = document.createElement("img"); const a = document.createAttribute("src"); a.value = "https://static.shop.example/p.png"; e.setAttributeNode(a)',
      'src',
    ],
    [
      'Attr.value',
      'const e = document.createElement("img"); e.src = "/x"; e.attributes[0].value = "https://static.shop.example/p.png"',
      'src',
    ],
    [
      'innerHTML',
      'const d = document.createElement("div"); d.innerHTML = "<p>a</p><img alt=\'>\' src=https://static.shop.example/p.png>"; const e = d.lastChild',
      'src',
    ],
    [
      'video.poster',
      'const e = document.createElement("video"); e.poster = "https://static.shop.example/p.png"',
      'poster',
    ],
    [
      'a URL object',
      'const e = document.createElement("img"); e.src = new URL("https://static.shop.example/p.png")',
      'src',
    ],
  ];
  test.each(ways)('by %s is set as its session address', async (_name, code, attribute) => {
    const value = await frame().evaluate(
      `(() => { ${code}; return e.getAttribute(${JSON.stringify(attribute)}); })()`,
    );
    expect(String(value).replace(/^\/\//, 'http://')).toBe(pages.at(`${STATIC}/p.png`));
  });

  test('srcset, insertAdjacentHTML, document.write and style are mapped; data-* and text are not', async () => {
    const result = await frame().evaluate(() => {
      const img = document.createElement('img');
      img.srcset = 'https://static.shop.example/1.png 1x, /2.png 2x';
      document.body.insertAdjacentHTML(
        'beforeend',
        '<a id="a" data-url="https://pay.example/" href="https://pay.example/?a=1&amp;b=2">src="https://pay.example/"</a><p id="s" style="background:url(https://static.shop.example/p.png)">',
      );
      const a = document.querySelector('#a') as HTMLAnchorElement;
      const p = document.querySelector('#s') as HTMLElement;
      p.style.setProperty('list-style-image', 'url("https://static.shop.example/l.png")');
      return [
        img.srcset,
        a.dataset.url,
        a.textContent,
        a.href,
        p.style.backgroundImage,
        p.style.listStyleImage,
      ];
    });
    expect(result).toEqual([
      `${pages.at(`${STATIC}/1.png`)} 1x, /2.png 2x`,
      'https://pay.example/',
      'src="https://pay.example/"',
      pages.at(`${PAY}/?a=1&b=2`),
      `url("${pages.at(`${STATIC}/p.png`)}")`,
      `url("${pages.at(`${STATIC}/l.png`)}")`,
    ]);
  });

  test('a script with a digest runs although the gateway changed it; speculation rules and a late CSP do nothing', async () => {
    const result = await frame().evaluate(async () => {
      const meta = document.createElement('meta');
      meta.httpEquiv = 'Content-Security-Policy';
      meta.content = "script-src 'none'; default-src https://www.shop.example";
      document.head.append(meta);
      const rules = document.createElement('script');
      rules.type = 'speculationrules';
      rules.textContent = '{"prefetch":[{"urls":["https://www.shop.example/"]}]}';
      document.head.append(rules);
      const script = document.createElement('script');
      script.integrity = 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
      script.crossOrigin = 'anonymous';
      script.src = 'https://static.shop.example/app.js';
      const done = new Promise((resolve, reject) => {
        script.onload = resolve;
        script.onerror = reject;
      });
      document.head.append(script);
      await done;
      return [
        (window as unknown as { loaded: number }).loaded,
        HTMLScriptElement.supports('speculationrules'),
        rules.type,
      ];
    });
    expect(result).toEqual([1, false, 'tandem/inert']);
  });
});

describe('a request for a real address', () => {
  test('by fetch, Request, XMLHttpRequest, beacon, EventSource, Worker, pushState', async () => {
    const result = await frame().evaluate(async () => {
      const fetched = await (await fetch('https://static.shop.example/data?1')).json();
      const requested = await (
        await fetch(new Request(new URL('https://static.shop.example/data?2'), { integrity: 'sha256-x' }))
      ).json();
      class Own extends Request {}
      const own = new Own('https://static.shop.example/data');
      const xhr = new XMLHttpRequest();
      xhr.open('GET', 'https://static.shop.example/data?3', false);
      xhr.send();
      navigator.sendBeacon('https://www.shop.example/data?4', 'x');
      const event = await new Promise<MessageEvent>((resolve) => {
        const source = new EventSource('https://www.shop.example/events');
        source.onmessage = (message) => {
          source.close();
          resolve(message);
        };
      });
      const worked = await new Promise((resolve) => {
        new Worker('https://www.shop.example/worker.js').onmessage = ({ data }) => resolve(data);
      });
      history.pushState(null, '', 'https://www.shop.example/pushed');
      const socket = new WebSocket('wss://www.shop.example/live');
      return [
        fetched,
        requested,
        own instanceof Own,
        own.url,
        xhr.responseText,
        event.data,
        worked,
        location.pathname,
        socket.url,
      ];
    });
    expect(result).toEqual([
      { ok: true },
      { ok: true },
      true,
      pages.at(`${STATIC}/data`),
      '{"ok":true}',
      'hello',
      1,
      '/pushed',
      pages.at(`${SHOP}/live`).replace('http', 'ws'),
    ]);
    expect(pages.seen.map(({ url }) => url)).toEqual(
      expect.arrayContaining([`${STATIC}/data?1`, `${STATIC}/data?2`, `${STATIC}/data?3`, `${SHOP}/data?4`]),
    );
  });

  test('off the list never leaves', async () => {
    const result = await frame().evaluate(async () => {
      const failed = await fetch('https://elsewhere.example/').catch((error: Error) => error.name);
      return failed;
    });
    expect(result).toBe('TypeError');
  });
});

describe('what a page sees of its place', () => {
  test('it is on top, came from where it came, and names its real host', async () => {
    const result = await frame().evaluate(() => {
      const before = document.domain;
      document.domain = 'shop.example';
      const here = window as unknown as { __tandem_top: Window; __tandem_parent: Window };
      return [
        window.parent === window,
        here.__tandem_top === window,
        here.__tandem_parent === window,
        window.frameElement,
        window.opener,
        location.ancestorOrigins.length,
        before,
        document.domain,
        document.referrer,
      ];
    });
    expect(result).toEqual([
      true,
      true,
      true,
      null,
      null,
      0,
      'www.shop.example',
      'shop.example',
      pages.at(`${PAY}/from?x=1`),
    ]);
  });

  test('a frame of another origin of the site and its page talk by their origins', async () => {
    const result = await frame().evaluate(async () => {
      const inner = document.createElement('iframe');
      inner.src = 'https://pay.example/frame';
      const loaded = new Promise((resolve) => {
        inner.onload = resolve;
      });
      document.body.append(inner);
      await loaded;
      const answer = new Promise<MessageEvent>((resolve) => {
        addEventListener('message', resolve);
      });
      inner.contentWindow!.postMessage('hi', new URL(inner.src).origin);
      const { data, origin, source } = await answer;
      return [data, origin, source === inner.contentWindow];
    });
    expect(result).toEqual([['hi', pages.at(SHOP), 1, true, true, true, ''], pages.at(PAY), true]);
  });

  test('a frame of the same origin is the source of what it says to its page', async () => {
    const result = await frame().evaluate(async () => {
      const inner = document.createElement('iframe');
      inner.src = '/speaker';
      const answer = new Promise<MessageEvent>((resolve) => {
        addEventListener('message', resolve);
      });
      document.body.append(inner);
      const { data, origin, source } = await answer;
      return [data, origin === location.origin, source === inner.contentWindow];
    });
    expect(result).toEqual(['said', true, true]);
  });

  test('service workers are refused, protocol handlers ignored', async () => {
    const result = await frame().evaluate(async () => {
      const refused = await navigator.serviceWorker
        .register('/worker.js')
        .catch((error: Error) => error.name);
      navigator.registerProtocolHandler('web+shop', '/%s');
      return [refused, (await navigator.serviceWorker.getRegistrations()).length];
    });
    expect(result).toEqual(['SecurityError', 0]);
  });

  test('functions look like the browser’s own', async () => {
    const result = await frame().evaluate(() => [
      window.fetch.toString().includes('[native code]'),
      window.fetch.name,
      Element.prototype.setAttribute.length,
      XMLHttpRequest.prototype.open.toString().includes('[native code]'),
      new Request('/x').constructor === Request,
      Object.keys(window).some((name) => name.includes('tandem')),
      document.querySelector('script[data-tandem]'),
      Object.prototype.toString.call(document),
    ]);
    expect(result).toEqual([true, 'fetch', 2, true, true, false, null, '[object HTMLDocument]']);
  });
});

describe('dialogs', () => {
  test('that ask before leaving are told when the page wants one, and not else', async () => {
    const said = async () => (await open.said()).filter(({ type }) => type === 'dialog');
    await frame().evaluate('addEventListener("beforeunload", () => {})');
    await frame().click('p');
    await frame().evaluate('dispatchEvent(new Event("beforeunload", { cancelable: true }))');
    expect(await said()).toEqual([]);
    await frame().evaluate('addEventListener("beforeunload", (event) => event.preventDefault())');
    await frame().evaluate('dispatchEvent(new Event("beforeunload", { cancelable: true }))');
    await expect.poll(said).toEqual([
      { type: 'dialog', kind: 'leave', text: '' },
      { type: 'dialog', kind: 'closed', text: '' },
    ]);
  });

  test('for a permission are told where the browser asks, and nowhere else', async () => {
    const said = async () => (await open.said()).filter(({ type }) => type === 'dialog');
    const ask = () =>
      frame().evaluate('void navigator.geolocation.getCurrentPosition(() => {}, () => {}, { timeout: 50 })');
    // Not allowed in this frame: nobody is asked.
    await ask();
    await frame().evaluate('navigator.permissions.query({ name: "geolocation" })');
    expect(await said()).toEqual([]);
    await open.shell.evaluate(() => {
      document.querySelector<HTMLIFrameElement>('#page')!.allow = 'geolocation *';
    });
    const loaded = open.shell.waitForEvent('framenavigated');
    await frame().evaluate('location.reload()');
    await loaded;
    await frame().waitForSelector('p');
    await ask();
    await expect.poll(said).toContainEqual({ type: 'dialog', kind: 'permission', text: 'geolocation' });
  });

  test('are told to the shell and stay the page’s', async () => {
    open.shell.on('dialog', (dialog) => void dialog.accept('typed'));
    const result = await frame().evaluate(() => [confirm('Sure?'), prompt('Name?')]);
    expect(result).toEqual([true, 'typed']);
    expect(await open.said()).toEqual([
      { type: 'dialog', kind: 'confirm', text: 'Sure?' },
      { type: 'dialog', kind: 'closed', text: '' },
      { type: 'dialog', kind: 'prompt', text: 'Name?' },
      { type: 'dialog', kind: 'closed', text: '' },
    ]);
  });

  test('the file chooser too', async () => {
    await frame().evaluate(() => {
      document.body.innerHTML = '<label>Your <b>receipt</b><input type="file" id="file"></label>';
    });
    const [chooser] = await Promise.all([open.shell.waitForEvent('filechooser'), frame().click('#file')]);
    expect(await open.hear('dialog')).toEqual({ type: 'dialog', kind: 'file', text: 'Your receipt' });
    await chooser.setFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
    await open.shell.waitForFunction(() => (window as unknown as { said: unknown[] }).said.length === 2);
  });
});
