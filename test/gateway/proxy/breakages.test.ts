// Fifteen ways in which proxies have broken sites: each a page that works directly, and works through the gateway as well.
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../../browser.ts';
import { until } from '../../e2e/until.ts';
import { buildPageScript } from '../../inject/session-pages.ts';
import {
  domain,
  PASS,
  SID,
  site,
  startProxy,
  startUpstream,
  type TestGateway,
  type Upstream,
} from './upstream.ts';

const WWW = 'http://www.shop.example';
const PAY = 'http://pay.example:8090';
const CDN = 'http://cdn.shop.example';

/** The session window, as far as pages need it: it shows a page, and does as it is asked. */
const SHELL = `<!doctype html><title>shell</title><iframe id="page" sandbox="allow-scripts allow-same-origin allow-forms allow-modals" style="width:900px;height:600px"></iframe>
<script>window.asked = []; window.loads = 0; const page = document.getElementById('page');
page.onload = () => loads++;
addEventListener('message', ({ data, ports }) => { if (data?.tandem !== 'page') return;
  ports[0].onmessage = ({ data }) => { if (data.type === 'navigate') { asked.push(data.url); page.src = data.url; } }; });
page.src = new URLSearchParams(location.search).get('start');</script>`;

type Served =
  | string
  | { type?: string; status?: number; headers?: Record<string, string | string[]>; body?: string | Buffer };

let pages: Record<string, Served> = {};
let upstream: Upstream;
let gateway: TestGateway;
let browser: Browser;
let context: BrowserContext | undefined;
let shell: Page;
const errors: string[] = [];

function answer(req: IncomingMessage, res: ServerResponse): void {
  const url = `http://${req.headers.host}${req.url}`;
  const found = pages[url] ?? pages[url.split('?', 1)[0]!];
  if (found === undefined) {
    res.writeHead(404, { 'content-type': 'text/plain' }).end();
    return;
  }
  const {
    type = 'text/html; charset=utf-8',
    status = 200,
    headers = {},
    body = '',
  } = typeof found === 'string'
    ? { body: `<!doctype html><html><head><title>t</title></head><body>${found}</body></html>` }
    : found;
  res.writeHead(status, { 'content-type': type, ...headers }).end(body);
}

beforeAll(async () => {
  upstream = await startUpstream(answer);
  const connect = { host: '127.0.0.1', port: upstream.port };
  const script = Buffer.from(await buildPageScript());
  gateway = await startProxy(
    site([domain('www.shop.example', { connect }), domain('pay.example', { connect, port: 8090 })], {
      resources: [domain('cdn.shop.example', { connect })],
    }),
    {
      assets: {
        injectScript: { body: script, hash: createHash('sha256').update(script).digest('base64') },
      },
    },
    (_req, res) =>
      res.writeHead(200, { 'content-type': 'text/html', 'origin-agent-cluster': '?1' }).end(SHELL),
  );
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await gateway.stop();
  await upstream.close();
});
afterEach(async () => {
  await context?.close();
  context = undefined;
});

const at = (url: string) => gateway.session.addresses.toSession(url, 'http')!;

/** Opens a page in the session window. What its scripts throw is kept in `errors`. */
async function open(url: string): Promise<Frame> {
  errors.length = 0;
  upstream.requests.length = 0;
  context = await browser.newContext();
  await context.addCookies([
    {
      name: `__Secure-cbp-${SID}`,
      value: PASS,
      domain: '.cobrowse.localhost',
      path: '/',
      secure: true,
      httpOnly: true,
      sameSite: 'Lax',
    },
  ]);
  shell = await context.newPage();
  shell.on('pageerror', (error) => errors.push(error.message));
  await shell.goto(`http://${SID}.${gateway.places.base}/?start=${encodeURIComponent(at(url))}`);
  await shell.waitForFunction(() => (window as unknown as { loads: number }).loads > 0);
  return pageFrame();
}

const pageFrame = (): Frame => shell.mainFrame().childFrames()[0]!;

/** Waits until the page has put something into `window.out`. */
async function out(frame: Frame): Promise<unknown> {
  const handle = await frame.waitForFunction(() => (window as unknown as { out?: unknown }).out);
  return handle.jsonValue();
}

test('1. a parameter called location stays what it is', async () => {
  pages = {
    [`${WWW}/`]:
      '<script>function go(location) { return location.host + location.href } out = go({ host: "h", href: "/x" })</script>',
  };
  expect(await out(await open(`${WWW}/`))).toBe('h/x');
  expect(errors).toEqual([]);
});

test('2. and 3. modules import first of all, in the page and in workers, by absolute addresses too', async () => {
  const js = (body: string) => ({ type: 'text/javascript', body });
  pages = {
    [`${WWW}/`]: `<script type="importmap">{"imports":{"dep":"${WWW}/dep.js"}}</script>
      <script type="module">import { a } from 'dep'; import { b } from '${WWW}/b.js';
      const worker = new Worker('${WWW}/worker.js', { type: 'module' }); worker.onmessage = (e) => { window.out = a + b + e.data }; worker.onerror = (e) => { window.out = 'failed' }</script>`,
    [`${WWW}/dep.js`]: js('export const a = "a";'),
    [`${WWW}/b.js`]: js('import { a } from "./dep.js"; export const b = a + "b";'),
    [`${WWW}/worker.js`]: js('import { a } from "./dep.js"; postMessage(a + "w");'),
  };
  expect(await out(await open(`${WWW}/`))).toBe('aabaw');
  expect(errors).toEqual([]);
});

test('4. and 5. frozen createElement and a replaced URL break nothing of ours', async () => {
  pages = {
    [`${WWW}/`]: `<script>Object.freeze(document.createElement); Object.freeze(Document.prototype); window.URL = function () { throw new Error('mine') };
      const a = document.createElement('a'); a.href = '${PAY}/x'; const img = document.createElement('img');
      fetch('${WWW}/data').then((r) => r.text()).then((text) => { window.out = [a.href, text, typeof window.URL] })</script>`,
    [`${WWW}/data`]: { type: 'text/plain', body: 'data' },
  };
  expect(await out(await open(`${WWW}/`))).toEqual([at(`${PAY}/x`), 'data', 'function']);
  expect(errors).toEqual([]);
});

test('6. data attributes are not touched', async () => {
  pages = {
    [`${WWW}/`]: `<a id="a" data-url="${PAY}/x" data-href="//cdn.shop.example/y" href="${PAY}/x">a</a>`,
  };
  const frame = await open(`${WWW}/`);
  expect(
    await frame.evaluate(() => {
      const a = document.getElementById('a') as HTMLAnchorElement;
      return [a.dataset.url, a.dataset.href, a.href];
    }),
  ).toEqual([`${PAY}/x`, '//cdn.shop.example/y', at(`${PAY}/x`)]);
});

test('7. a relative location goes by the base of the document', async () => {
  pages = {
    [`${WWW}/deep/page`]: {
      body: `<!doctype html><head><base href="${WWW}/shop/"></head><script>onload = () => setTimeout(() => { location = 'next' })</script>`,
    },
    [`${WWW}/shop/next`]: '<p>next</p>',
  };
  await open(`${WWW}/deep/page`);
  await shell.waitForFunction(() => (window as unknown as { loads: number }).loads > 1);
  expect(pageFrame().url()).toBe(at(`${WWW}/shop/next`));
});

test('8. addresses that a page builds of its own have the path of the site', async () => {
  pages = {
    [`${WWW}/a/b`]:
      '<script>out = [location.pathname, new URL("../c", location.href).pathname, document.baseURI.split("/").slice(3).join("/")]; fetch(location.origin + "/built")</script>',
    [`${WWW}/built`]: 'built',
  };
  expect(await out(await open(`${WWW}/a/b?q=1`))).toEqual(['/a/b', '/c', 'a/b?q=1']);
  await expect.poll(() => upstream.requests.map(({ url }) => url)).toContain('/built');
});

test('9. a policy that a script puts into the page does not forbid session addresses', async () => {
  pages = {
    [`${WWW}/`]: `<script>const meta = document.createElement('meta'); meta.httpEquiv = 'Content-Security-Policy'; meta.content = "default-src 'self' ${CDN} 'unsafe-inline'"; document.head.append(meta);
      document.head.insertAdjacentHTML('beforeend', '<meta http-equiv="Content-Security-Policy" content="img-src ${CDN}">');
      const img = new Image(); img.onload = () => { window.out = img.naturalWidth }; img.onerror = () => { window.out = 'blocked' }; img.src = '${CDN}/dot.gif'</script>`,
    [`${CDN}/dot.gif`]: {
      type: 'image/gif',
      body: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
    },
  };
  expect(await out(await open(`${WWW}/`))).toBe(1);
});

test('10. the coding that is said is that of the body', async () => {
  const script = `window.out = "${WWW}/coded"`;
  pages = {
    [`${WWW}/`]: {
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync('<!doctype html><script src="/coded.js"></script>'),
    },
    [`${WWW}/coded.js`]: {
      type: 'text/javascript',
      headers: { 'content-encoding': 'gzip', 'content-length': String(gzipSync(script).length) },
      body: gzipSync(script),
    },
  };
  expect(await out(await open(`${WWW}/`))).toBe(at(`${WWW}/coded`));
});

test('11. cookies of a login that hops over hosts arrive, HttpOnly and CSRF tokens too', async () => {
  const token = (req: IncomingMessage) => /csrf=(\w+)/.exec(req.headers.cookie ?? '')?.[1];
  pages = {
    [`${WWW}/login`]: {
      status: 302,
      headers: { location: `${PAY}/sso`, 'set-cookie': ['start=1; HttpOnly; Path=/', 'csrf=abc; Path=/'] },
    },
    [`${PAY}/sso`]: {
      status: 302,
      headers: { location: `${WWW}/back?code=1`, 'set-cookie': ['sso=1; HttpOnly; Path=/'] },
    },
    [`${WWW}/back`]: {
      status: 302,
      headers: { location: '/home', 'set-cookie': ['login=1; HttpOnly; Path=/'] },
    },
    [`${WWW}/home`]: `<script>fetch('/save', { method: 'POST', headers: { 'x-csrf': /csrf=(\\w+)/.exec(document.cookie)[1] } }).then(() => { window.out = document.cookie })</script>`,
    [`${WWW}/save`]: { type: 'text/plain', body: 'saved' },
  };
  expect(await out(await open(`${WWW}/login`))).toBe('csrf=abc');
  const save = upstream.requests.find(({ url }) => url === '/save')!;
  expect(save.headers.cookie).toMatch(/start=1/);
  expect(save.headers.cookie).toMatch(/login=1/);
  expect(save.headers.cookie).not.toMatch(/sso/);
  expect(save.headers['x-csrf']).toBe(token(save as unknown as IncomingMessage));
});

test('12. storage of a host with a port is its own, and is there again', async () => {
  pages = {
    [`${PAY}/set`]:
      '<script>localStorage.card = "1"; onload = () => setTimeout(() => { location = "/get" })</script>',
    [`${PAY}/get`]: '<script>out = [localStorage.card]</script>',
    [`${WWW}/`]: '<script>out = [localStorage.card ?? "none"]</script>',
  };
  await open(`${PAY}/set`);
  await shell.waitForFunction(() => (window as unknown as { loads: number }).loads > 1);
  expect(await out(pageFrame())).toEqual(['1']);
  await pageFrame().goto(at(`${WWW}/`), { referer: at(`${PAY}/get`) });
  expect(await out(pageFrame())).toEqual(['none']);
});

test('13. a payment frame that checks who embeds it, and an embedder that checks who speaks', async () => {
  pages = {
    [`${WWW}/`]: `<iframe src="${PAY}/card"></iframe><script>addEventListener('message', (e) => { if (e.origin === '${PAY}') window.out = [e.data, e.source === frames[0]] })</script>`,
    [`${PAY}/card`]: `<script>const ok = location.ancestorOrigins.length === 1 && location.ancestorOrigins[0] === '${WWW}' && document.referrer === '${WWW}/';
      parent.postMessage('for nobody', 'https://other.example'); parent.postMessage(ok ? 'paid' : JSON.stringify([...location.ancestorOrigins, document.referrer]), '${WWW}')</script>`,
  };
  expect(await out(await open(`${WWW}/`))).toEqual(['paid', true]);
});

test('14. a frame may have any name', async () => {
  const name = '{"id":"x\\"]","a":[1]}';
  pages = {
    [`${WWW}/`]: `<iframe name='${name}' src="/inner"></iframe><a id="a" target='${name}' href="${WWW}/second">a</a>`,
    [`${WWW}/inner`]: '<p>inner</p>',
    [`${WWW}/second`]: '<script>out = [name]</script>',
  };
  const frame = await open(`${WWW}/`);
  await frame.click('#a');
  await expect.poll(() => frame.childFrames()[0]?.url()).toBe(at(`${WWW}/second`));
  expect(await out(frame.childFrames()[0]!)).toEqual([name]);
  expect(errors).toEqual([]);
});

test('15. a site that goes to itself when its host is another one stays where it is', async () => {
  pages = {
    [`${WWW}/`]: `<script src="/guard.js"></script><script>if (location.hostname != 'www.shop.example') location.href = '${WWW}/loop'; out = 'stayed'</script>`,
    [`${WWW}/guard.js`]: {
      type: 'text/javascript',
      body: `if (location.host !== "www.shop.example" && location.host !== "www.shop.example:80") window.location.replace("${WWW}/loop");`,
    },
    [`${WWW}/loop`]: '<p>loop</p>',
  };
  const frame = await open(`${WWW}/`);
  expect(await out(frame)).toBe('stayed');
  expect(upstream.requests.map(({ url }) => url)).not.toContain('/loop');
});

describe('a framed document that leaves its frame by script', () => {
  test.each([
    ['top.location = url', 'top.location = next'],
    ['top.location.href', 'window.top.location.href = next'],
    ['top.location.replace', 'top.location.replace(next)'],
    ['parent.location', 'window.parent.location = next'],
    ['parent.location.href', 'parent.location.href = next'],
  ])('%s: the whole page goes there, inside the session', async (_name, code) => {
    pages = {
      [`${WWW}/`]: `<iframe src="${PAY}/3ds"></iframe>`,
      [`${PAY}/3ds`]: `<script>const next = ['http:', '', 'www.shop.example', 'done'].join('/'); onload = () => setTimeout(() => { ${code} }, 50)</script>`,
      [`${WWW}/done`]: '<p>done</p>',
    };
    await open(`${WWW}/`);
    await shell.waitForFunction(() => (window as unknown as { asked: string[] }).asked.length > 0);
    await pageFrame().waitForURL(at(`${WWW}/done`));
  });

  test('a frame of the same origin reads where the page is, and leads it on from there', async () => {
    pages = {
      [`${WWW}/shop?x=1`]: '<iframe src="/menu"></iframe>',
      [`${WWW}/menu`]:
        '<script>window.out = [top.location.pathname, String(top.location), top.location.search]; leadOn = () => { top.location.search = "?x=2" }</script>',
      [`${WWW}/shop?x=2`]: '<p>second</p>',
    };
    const frame = await open(`${WWW}/shop?x=1`);
    const menu = await until(() => frame.childFrames()[0], 'the frame');
    expect(await out(menu)).toEqual(['/shop', at(`${WWW}/shop?x=1`), '?x=1']);
    await menu.evaluate('setTimeout(leadOn)');
    await pageFrame().waitForURL(at(`${WWW}/shop?x=2`));
  });

  test('a frame-buster of the page itself finds that it is on top', async () => {
    pages = {
      [`${WWW}/`]:
        '<script>if (top !== self || top.location != self.location) top.location = self.location; out = "on top"</script>',
    };
    expect(await out(await open(`${WWW}/`))).toBe('on top');
    expect(await shell.evaluate(() => (window as unknown as { asked: string[] }).asked)).toEqual([]);
  });
});

describe('a site that computes with its host', () => {
  const PAGE = `<a id="in" href="/x">in</a><a id="out" href="https://elsewhere.example/">out</a><script src="${CDN}/hosts.js"></script>`;
  const SCRIPT = `const { hostname } = location;
    const plain = (location) => location.hostname;
    out = {
      suffix: hostname.endsWith('.shop.example'), pattern: /shop\\.example$/.test(document.location.hostname),
      equal: window.location.hostname === "www.shop.example", short: hostname.split('.').slice(-2).join('.'),
      inside: document.getElementById('in').hostname === location.hostname, outside: document.getElementById('out').hostname,
      url: new URL('/y', location.href).host, origin: location.origin === '${WWW}', plain: plain({ hostname: 'mine' }),
    };
    fetch('//' + location.host + '/api').then((answer) => answer.text()).then((text) => { fetched = text; });
    const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(typeof location.hostname)'])));`;
  const serve = () => {
    pages = {
      [`${WWW}/`]: PAGE,
      [`${CDN}/hosts.js`]: { type: 'text/javascript', body: SCRIPT },
      [`${WWW}/api`]: { type: 'text/plain', body: 'answered' },
    };
  };
  afterEach(() => {
    delete gateway.session.site.options.realHosts;
  });

  test('reads the real one where the site option says so, and what it makes of it leads back inside', async () => {
    serve();
    gateway.session.site.options.realHosts = true;
    const frame = await open(`${WWW}/`);
    expect(await out(frame)).toEqual({
      suffix: true,
      pattern: true,
      equal: true,
      short: 'shop.example',
      inside: true,
      outside: 'elsewhere.example',
      url: 'www.shop.example',
      origin: true,
      plain: 'mine',
    });
    await frame.waitForFunction(() => (window as unknown as { fetched?: string }).fetched === 'answered');
    expect(errors).toEqual([]);
  });

  test('finds a session address without it, and is equal to its literals all the same', async () => {
    serve();
    const found = (await out(await open(`${WWW}/`))) as Record<string, unknown>;
    expect(found).toMatchObject({ suffix: false, equal: true, inside: true, origin: true, plain: 'mine' });
    expect(errors).toEqual([]);
  });
});
