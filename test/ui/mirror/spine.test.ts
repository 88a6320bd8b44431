// A change in the leader's page is seen in the follower's: the first things that must work.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../browser.ts';
import { openPair } from './pair.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

it('shows a page, and changes of texts, attributes and children', async () => {
  const pair = await openPair(browser, {
    pages: {
      '/': '<!doctype html><html><head><title>Shop</title></head><body><h1 id="a">Hello</h1><ul id="list"><li>one</li><li>two</li></ul></body></html>',
    },
  });
  await pair.settle();
  let both = await pair.both();
  expect(both.follower).toEqual(both.leader);
  await pair.leader.evaluate(() => {
    document.querySelector('#a')!.firstChild!.nodeValue = 'Changed';
    document.querySelector('#a')!.className = 'big';
    const list = document.querySelector('#list')!;
    list.append(document.createElement('li'));
    list.prepend(list.lastElementChild!.previousElementSibling!);
  });
  await pair.settle();
  both = await pair.both();
  expect(both.follower).toEqual(both.leader);
  expect(pair.errors).toEqual([]);
  await pair.close();
});
