// document.cookie inside a session, in a real browser.
// biome-ignore-all lint/suspicious/noDocumentCookie: it is what is tested
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../../browser.ts';
import { type SessionPages, servePages } from '../session-pages.ts';

const SHOP = 'https://www.shop.example';
let browser: Browser;
let pages: SessionPages;

beforeAll(async () => {
  browser = await openBrowser();
  pages = await servePages({
    [`${SHOP}/`]: { body: '<p>shop</p>', config: { cookie: 'sid=1; theme=dark' } },
    [`${SHOP}/api`]: {
      type: 'application/json',
      body: '{}',
      headers: { 'x-tandem-cookie': encodeURIComponent('sid=2; csrf=abc') },
    },
    [`${SHOP}/plain`]: { type: 'text/plain', body: 'ok' },
  });
});
afterAll(async () => {
  await browser.close();
  await pages.close();
});

const jarOf = (cookie: string | undefined): string[] => {
  const raw = cookie?.split('; ').find((pair) => pair.startsWith('__tandem_jar='));
  return raw ? (JSON.parse(decodeURIComponent(raw.slice('__tandem_jar='.length))) as string[]) : [];
};

describe('document.cookie', () => {
  test('shows the jar of the gateway, and a write at once', async () => {
    const { frame, context } = await pages.open(browser, `${SHOP}/`);
    const shown = await frame().evaluate(() => {
      const before = document.cookie;
      document.cookie = 'cart=3; path=/';
      document.cookie = 'theme=light';
      document.cookie = 'sid=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/';
      document.cookie = 'bad=1; HttpOnly';
      document.cookie = 'far=1; path=/elsewhere';
      document.cookie = 'evil=1; domain=other.example';
      return [before, document.cookie];
    });
    expect(shown).toEqual(['sid=1; theme=dark', 'theme=light; cart=3']);
    await context.close();
  });

  test('a write rides on the next request, and own cookies are never shown', async () => {
    const { frame, context } = await pages.open(browser, `${SHOP}/`);
    pages.seen.length = 0;
    const shown = await frame().evaluate(async () => {
      document.cookie = 'a=1; path=/; domain=.shop.example';
      await fetch('/plain');
      return document.cookie;
    });
    expect(shown).toBe('sid=1; theme=dark; a=1');
    const [text] = jarOf(pages.seen.find(({ url }) => url.endsWith('/plain'))?.headers.cookie);
    expect(text).toMatch(/^a=1; path=\/; Domain=shop\.example; tandem-id=/);
    await context.close();
  });

  test('what a response sets is there before fetch resolves, XHR loads, and a synchronous XHR returns', async () => {
    for (const way of ['fetch', 'xhr', 'sync']) {
      const { frame, context } = await pages.open(browser, `${SHOP}/`);
      const shown = await frame().evaluate(async (how) => {
        document.cookie = 'own=1';
        if (how === 'fetch') await fetch('/api');
        else {
          const request = new XMLHttpRequest();
          request.open('GET', '/api', how === 'xhr');
          const done = new Promise((resolve) => {
            request.onload = resolve;
          });
          request.send();
          if (how === 'xhr') await done;
        }
        return document.cookie;
      }, way);
      expect(shown).toBe('sid=2; csrf=abc');
      await context.close();
    }
  });

  test('a domain built from the own address means the real host', async () => {
    const { frame, context } = await pages.open(browser, `${SHOP}/`);
    const jar = await frame().evaluate(() => {
      document.cookie = `root=1; domain=.${location.hostname.split('.').slice(-2).join('.')}; path=/`;
      document.cookie = `full=1; domain=${location.hostname}; path=/`;
      return document.cookie;
    });
    expect(jar).toBe('sid=1; theme=dark; root=1; full=1');
    const cookies = await context.cookies();
    const [first, second] = jarOf(cookies.map(({ name, value }) => `${name}=${value}`).join('; '));
    expect(first).toContain('Domain=shop.example');
    expect(second).toContain('Domain=www.shop.example');
    await context.close();
  });

  test('another document of the origin sees the write; cookieStore is hidden', async () => {
    const { frame, context } = await pages.open(browser, `${SHOP}/`);
    const shown = await frame().evaluate(async () => {
      const inner = document.createElement('iframe');
      inner.src = '/';
      const loaded = new Promise((resolve) => {
        inner.onload = resolve;
      });
      document.body.append(inner);
      await loaded;
      document.cookie = 'late=1';
      return ['cookieStore' in window, 'CookieStore' in window];
    });
    expect(shown).toEqual([false, false]);
    // the browser itself tells another document of a write a moment later
    await frame().waitForFunction(() => window.frames[0]!.document.cookie === 'sid=1; theme=dark; late=1');
    await context.close();
  });
});
