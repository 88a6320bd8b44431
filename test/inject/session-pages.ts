// A session as the injected script sees it: a shell that collects what pages say, pages under session addresses, the built script.
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { build } from 'vite';
import { Addresses, type AddressTable, encodeSlug, parseOrigin } from '../../protocol/address.ts';
import type { FromPage, PageConfig, ToPage } from '../../protocol/ports.ts';

const ROOT = join(import.meta.dirname, '../..');
const SID = 'abcdefghijklmnop';
/** Hosts of the session; everything else is off the list. */
const HOSTS = ['https://www.shop.example', 'https://pay.example', 'https://static.shop.example'];

let built: Promise<string> | undefined;

/** The script as the gateway serves it. Built once for a test file. */
export function buildPageScript(): Promise<string> {
  built ??= (async () => {
    const record = join(ROOT, 'inject/record/index.ts');
    const result = await build({
      configFile: false,
      root: ROOT,
      logLevel: 'error',
      plugins: existsSync(record)
        ? []
        : [
            {
              name: 'no-recorder-yet',
              enforce: 'pre',
              resolveId: (id) => (id.endsWith('record/index.ts') ? '\0recorder' : null),
              load: (id) =>
                id === '\0recorder'
                  ? 'export const startRecorder = () => ({ stop() {}, hold() {}, flow() {}, resend() {}, pairFrame() {}, nodeById() {}, idOf: () => 1 });'
                  : null,
            },
          ],
      build: {
        write: false,
        modulePreload: false,
        lib: { entry: join(ROOT, 'inject/page.ts'), formats: ['iife'], name: 'tandem' },
      },
    });
    const [output] = Array.isArray(result) ? result : [result];
    if (!output || !('output' in output)) throw new Error('no bundle');
    return output.output[0].code;
  })();
  return built;
}

/** What a test serves at a real URL. */
export interface Served {
  body?: string;
  type?: string;
  status?: number;
  headers?: Record<string, string>;
  /** Parts of the config that this page gets. */
  config?: Partial<PageConfig>;
  /** Served as it is, like an image or a page of a host that is not ours. */
  bare?: boolean;
}

/** A request that reached the gateway. */
export interface Seen {
  /** Real URL. */
  url: string;
  method: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface SessionPages {
  readonly addresses: Addresses;
  readonly port: number;
  readonly seen: Seen[];
  /** Session address of a real URL. */
  at(url: string): string;
  /** Opens the shell with a page in it and waits until that has loaded. */
  open(browser: Browser, url: string): Promise<OpenPage>;
  close(): Promise<void>;
}

export interface OpenPage {
  context: BrowserContext;
  shell: Page;
  /** The page frame; found anew, since navigation may replace it. */
  frame(): Frame;
  /** Messages of all pages to the shell so far. */
  said(): Promise<FromPage[]>;
  /** Waits for a message of a type. */
  hear<T extends FromPage['type']>(type: T): Promise<Extract<FromPage, { type: T }>>;
  /** Sends to the newest port, one right behind the other. */
  tell(...messages: ToPage[]): Promise<void>;
  /** `(origin, nonce, inner)` of each hello. */
  hellos(): Promise<{ origin: string; nonce: string; inner: boolean; fromPage: boolean }[]>;
}

/** Takes every hello and keeps what is said, but for facts and pointers. */
const COLLECT = `
  window.said = []; window.ports = []; window.hellos = [];
  addEventListener('message', ({ data, ports, origin, source }) => {
    if (data?.tandem !== 'page') return;
    hellos.push({ origin, nonce: data.nonce, inner: data.inner === true, fromPage: source === document.getElementById('page').contentWindow });
    window.ports.push(ports[0]);
    ports[0].onmessage = ({ data }) => { if (data.type !== 'fact' && data.type !== 'pointer') said.push(data); };
  });
`;

const SHELL = (start: string, script = COLLECT) => `<!doctype html><title>shell</title>
<iframe id="page" name="" style="width:900px;height:600px;border:0"
 sandbox="allow-scripts allow-same-origin allow-forms allow-modals allow-downloads allow-pointer-lock" src="${start}"></iframe>
<script>${script}</script>`;

/**
 * Serves pages by their real URLs.
 * @param pages real URL without query → what is served; unknown ones answer 404
 * @param shellScript runs in the shell instead of the collector; `#page` is the page frame
 */
export async function servePages(
  pages: Record<string, string | Served>,
  shellScript?: string,
): Promise<SessionPages> {
  const script = await buildPageScript();
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const table: AddressTable = {
    sid: SID,
    scheme: 'http',
    base: `cobrowse.localhost:${port}`,
    hosts: HOSTS.map((origin) => [origin, encodeSlug(parseOrigin(origin)!)!, 'domain']),
    wild: [],
  };
  const addresses = new Addresses(table);
  const at = (url: string) => addresses.toSession(url, 'https') ?? url;
  const shell = `http://${SID}.${table.base}`;
  const sources = HOSTS.map((origin) => at(origin));
  const policy = `default-src ${sources.join(' ')} ${sources.join(' ').replaceAll('http:', 'ws:')} 'unsafe-inline' 'unsafe-eval' data: blob:`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const part of request) body += part;
    const origin = `http://${request.headers.host}`;
    response.setHeader('Origin-Agent-Cluster', '?1');
    if (origin === shell) {
      response.setHeader('Content-Type', 'text/html');
      response.end(SHELL(new URL(request.url!, origin).searchParams.get('start') ?? '', shellScript));
      return;
    }
    const real = addresses.toUpstream(origin + request.url);
    if (real === undefined) {
      response.writeHead(421).end();
      return;
    }
    const { pathname } = new URL(real);
    if (pathname === '/.tandem/page.js') {
      response.setHeader('Content-Type', 'text/javascript');
      response.end(script);
      return;
    }
    seen.push({ url: real, method: request.method!, headers: request.headers, body });
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('Cache-Control', 'no-store');
    if (pathname === '/.tandem/outside') {
      response.setHeader('Content-Type', 'text/html');
      response.end('<title>outside</title>');
      return;
    }
    const found = pages[real.split(/[?#]/)[0]!];
    if (found === undefined) {
      response.writeHead(404).end();
      return;
    }
    const served: Served = typeof found === 'string' ? { body: found } : found;
    const type = served.type ?? 'text/html; charset=utf-8';
    response.writeHead(served.status ?? 200, { 'Content-Type': type, ...served.headers });
    response.end(
      type.startsWith('text/html') && !served.bare
        ? inject(served.body ?? '', new URL(real).origin, served.config)
        : (served.body ?? ''),
    );
  }

  function inject(html: string, origin: string, config?: Partial<PageConfig>): string {
    const full: PageConfig = {
      addresses: table,
      origin,
      shell,
      cookie: '',
      referrer: '',
      masks: { mask: [], hide: [], readonly: [] },
      ...config,
    };
    const json = JSON.stringify(full).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    return `<!doctype html><html><head><script src="/.tandem/page.js?v=1" data-tandem="${json}"></script>${html}`;
  }

  return {
    addresses,
    port,
    seen,
    at,
    async open(browser, url) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`${shell}/?start=${encodeURIComponent(at(url))}`);
      const collected = <T>(name: string) =>
        page.evaluate((key) => (window as unknown as Record<string, T>)[key]!, name);
      return {
        context,
        shell: page,
        frame: () => page.mainFrame().childFrames()[0]!,
        said: () => collected<FromPage[]>('said'),
        async hear(type) {
          const handle = await page.waitForFunction(
            (wanted) =>
              (window as unknown as { said: FromPage[] }).said.find((message) => message.type === wanted),
            type,
          );
          return (await handle.jsonValue()) as never;
        },
        tell: (...messages) =>
          page.evaluate((given) => {
            const port = (window as unknown as { ports: MessagePort[] }).ports.at(-1)!;
            for (const message of given) port.postMessage(message);
          }, messages),
        hellos: () => collected('hellos'),
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
