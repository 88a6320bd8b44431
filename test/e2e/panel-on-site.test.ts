// The contact panel on sites of other making: under a strict policy with Trusted Types, and where scripts draw the whole document.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AddressWatch, watchAddresses } from '../address-watch.ts';
import { openContext } from '../browser.ts';
import { Customer } from './customer.ts';
import { type Stage, startStage } from './harness.ts';

vi.setConfig({ testTimeout: 90_000 });

const HOST = 'www.strictsite.localhost';
const NONCE = 'r4nd0m';
let site: Server;
let watch: AddressWatch;
let stage: Stage;
let origin: string;

/** What docs/OPERATIONS.md tells a site to add to a policy that allows nothing by itself. */
const policy = () =>
  [
    "default-src 'none'",
    `script-src 'nonce-${NONCE}' 'strict-dynamic'`,
    `style-src 'nonce-${NONCE}'`,
    `frame-src ${stage.gateway.places.panelOrigin}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');

const page = (
  title: string,
  nonce = '',
) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<script nonce="${nonce}">addEventListener('securitypolicyviolation', (e) => (window.broken ??= []).push(e.violatedDirective + ' ' + e.blockedURI));</script>
<script nonce="${nonce}" src="${stage.gateway.places.consoleOrigin}/panel.js" async data-site="strict"></script>
</head><body><h1>${title}</h1><label>Your name <input id="name"></label><a href="/second">second</a></body></html>`;

beforeAll(async () => {
  site = createServer((req, res) => {
    const strict = req.url?.startsWith('/strict') ?? false;
    res.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      ...(strict ? { 'Content-Security-Policy': policy() } : {}),
    });
    res.end(page(req.url === '/second' ? 'Second page' : 'First page', NONCE));
  });
  watch = watchAddresses(site);
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
  const { port } = site.address() as AddressInfo;
  origin = `http://${HOST}:${port}`;
  stage = await startStage((config) => {
    config.addIn(
      ['domains'],
      config.createNode({
        title: 'Strict',
        hosts: [HOST],
        protocols: ['http'],
        port,
        connect: `127.0.0.1:${port}`,
      }),
    );
    config.addIn(
      ['sites'],
      config.createNode({
        id: 'strict',
        title: 'Strict',
        domains: ['Strict'],
        start: `${origin}/`,
        contacts: ['anna'],
      }),
    );
  });
  await stage.agent.signIn();
});
afterAll(async () => {
  await stage?.stop();
  site?.close();
  expect(stage?.errors).toEqual([]);
  watch?.check();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
  await stage.clearUp();
});

async function newVisitor(): Promise<Customer> {
  const { context, errors } = await openContext(stage.browser);
  return new Customer({
    context,
    errors,
    page: await context.newPage(),
    shop: origin,
    panelOrigin: stage.gateway.places.panelOrigin,
  });
}

/** Elements and frames of the panel in the page. */
async function countPanels({ page }: Customer): Promise<[number, number]> {
  const frames = page.frames().filter((frame) => frame.url().startsWith(stage.gateway.places.panelOrigin));
  return [await page.locator('tandem-panel').count(), frames.length];
}

describe('the contact panel', () => {
  it('works under a policy of nonces, strict-dynamic and Trusted Types, and breaks none of it', async () => {
    const visitor = await newVisitor();
    await visitor.openShop('/strict');
    await visitor.startChat('Anna Berg', 'Strict Stella');
    await stage.agent.accept('Strict Stella');
    await visitor.screenshot('panel-strict-policy');
    const shell = await visitor.startCobrowsing();
    await stage.agent.mirror.getByRole('heading', { name: 'First page' }).waitFor();
    await shell.screenshot('session-strict-policy');
    expect(await visitor.page.evaluate('window.broken ?? []')).toEqual([]);
    expect(visitor.errors).toEqual([]);
    await visitor.context.close();
  });

  it('is there once, and lives on, whatever a single-page application does to its document', async () => {
    const visitor = await newVisitor();
    const { page } = visitor;
    await visitor.openShop('/first');
    await visitor.startChat('Anna Berg', 'Spa Sven');
    await stage.agent.accept('Spa Sven');
    const say = async (text: string): Promise<void> => {
      const panel = await visitor.panel();
      await panel.getByRole('log').waitFor();
      await visitor.say(text);
      await stage.agent.chat.getByText(text).waitFor();
    };
    await say('after the start');
    const changes: [string, (page: Page) => Promise<unknown>][] = [
      ['history', (p) => p.evaluate(() => history.pushState({}, '', '/second?x=1'))],
      [
        'the body swapped, as Turbo does it',
        (p) =>
          p.evaluate(() => {
            const body = document.createElement('body');
            body.append(Object.assign(document.createElement('h1'), { textContent: 'Turbo' }));
            document.body.replaceWith(body);
          }),
      ],
      [
        'the script put in again',
        (p) =>
          p.evaluate(() => {
            const script = document.createElement('script');
            const old = document.querySelector<HTMLScriptElement>('script[data-site]')!;
            script.src = old.src;
            script.dataset.site = 'strict';
            document.body.append(script);
            return new Promise((done) => script.addEventListener('load', done));
          }),
      ],
      [
        'everything below <html> drawn anew',
        (p) =>
          p.evaluate(() => {
            const body = document.createElement('body');
            body.append(Object.assign(document.createElement('h1'), { textContent: 'Hydrated' }));
            document.documentElement.replaceChildren(document.createElement('head'), body);
          }),
      ],
      [
        'the document written anew',
        (p) =>
          p.evaluate(() => {
            document.open();
            document.write('<!doctype html><title>Written</title><h1>Written</h1>');
            document.close();
          }),
      ],
    ];
    for (const [name, change] of changes) {
      await change(page);
      await expect.poll(() => countPanels(visitor), { message: name, timeout: 10_000 }).toEqual([1, 1]);
      await say(`after ${name.slice(0, 12)}`);
    }
    await visitor.screenshot('panel-in-spa');
    // What is shared is what the application shows now.
    const shell = await visitor.startCobrowsing();
    expect(await shell.address()).toBe(`${origin}/second?x=1`);
    await stage.agent.mirror.getByRole('heading', { name: 'First page' }).waitFor();
    expect(visitor.errors).toEqual([]);
    await visitor.context.close();
  });

  it('gives way to a page that keeps taking it out', async () => {
    const visitor = await newVisitor();
    await visitor.openShop('/first');
    await expect.poll(() => countPanels(visitor)).toEqual([1, 1]);
    await visitor.page.evaluate(() => {
      const counted = window as unknown as { removed: number };
      counted.removed = 0;
      new MutationObserver(() => {
        const found = document.querySelector('tandem-panel');
        if (found) {
          found.remove();
          counted.removed += 1;
        }
      }).observe(document.documentElement, { childList: true });
      document.querySelector('tandem-panel')?.remove();
    });
    const removed = () => visitor.page.evaluate(() => (window as unknown as { removed: number }).removed);
    await expect.poll(removed, { timeout: 15_000 }).toBe(29);
    expect(await visitor.page.locator('tandem-panel').count()).toBe(0);
    await visitor.context.close();
  });
});
