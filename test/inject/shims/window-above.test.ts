// Windows with a size of their own: frames above the page that talk with their opener as windows do, in a real browser.
import type { Browser, Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBrowser } from '../../browser.ts';
import { type OpenPage, type SessionPages, servePages } from '../session-pages.ts';

const SHOP = 'https://www.shop.example';
const PAY = 'https://pay.example';
/** What a page that opens sign-in knows of it. */
const OPENER = `<title>shop</title><button id="sign-in">Sign in</button><script>
  heard = [];
  addEventListener('message', ({ data, source }) => heard.push([data, source === opened]));
  document.querySelector('#sign-in').onclick = () => {
    opened = open('https://pay.example/login', 'sign-in', 'width=400,height=500');
  };
</script>`;
const LOGIN = `<title>login</title><button id="ok">OK</button><script>
  // what a page that must stand alone looks for
  alone = [__tandem_top === self, parent === self, opener !== null, name];
  document.querySelector('#ok').onclick = () => { location.href = 'https://www.shop.example/callback?code=7'; };
  opener.postMessage('ready', '*');
</script>`;
let browser: Browser;
let pages: SessionPages;
let open: OpenPage;

beforeAll(async () => {
  browser = await openBrowser();
  pages = await servePages({
    [`${SHOP}/`]: OPENER,
    [`${SHOP}/strict`]: { body: OPENER, headers: { 'content-security-policy': "frame-src 'none'" } },
    [`${SHOP}/callback`]: '<script>opener.signedIn = location.search; close()</script>',
    [`${SHOP}/other`]: '<title>other</title>',
    [`${SHOP}/framed`]:
      '<body><script>document.body.innerHTML = `<iframe src="https://pay.example/embedded"></iframe>`</script>',
    [`${PAY}/embedded`]: '<script>alone = [parent === self, opener]</script>',
    [`${PAY}/login`]: LOGIN,
    [`${PAY}/shut`]: '<button onclick="window.close()">Shut</button>',
    [`${PAY}/paid`]: '<title>paid</title>',
  });
});
afterAll(async () => {
  await browser.close();
  await pages.close();
});
beforeEach(async () => {
  open = await pages.open(browser, `${SHOP}/`);
});
afterEach(async () => {
  const { length } = open.context.pages();
  await open.context.close();
  expect(length).toBe(1);
});

/** The frame above the page, once a document of that path is in it. */
async function above(path: string): Promise<Frame> {
  const at = pages.at(path);
  await expect
    .poll(() =>
      open
        .frame()
        .childFrames()
        .some((frame) => frame.url() === at),
    )
    .toBe(true);
  const found = open
    .frame()
    .childFrames()
    .find((frame) => frame.url() === at)!;
  await found.waitForLoadState();
  return found;
}
const frames = () => open.frame().locator('iframe').count();

describe('a window with a size', () => {
  test('shows a page of another host, which talks with its opener, comes back to the opener’s host and closes', async () => {
    await open.frame().locator('#sign-in').click();
    const login = await above(`${PAY}/login`);
    expect(await login.evaluate('alone')).toEqual([true, true, true, 'sign-in']);
    await expect.poll(() => open.frame().evaluate('heard')).toEqual([['ready', true]]);
    expect(await open.frame().evaluate('opened.closed')).toBe(false);
    await login.locator('#ok').click();
    await expect.poll(() => open.frame().evaluate('window.signedIn')).toBe('?code=7');
    await expect.poll(() => open.frame().evaluate('opened.closed')).toBe(true);
    expect(await frames()).toBe(0);
    expect(open.frame().url()).toBe(pages.at(`${SHOP}/`));
  });

  test('is not needed where a script opens a page of another host; of its own host that is the next page', async () => {
    await open.frame().evaluate(`void (opened = open('https://pay.example/login'))`);
    expect(await (await above(`${PAY}/login`)).evaluate('alone')).toEqual([true, true, true, '']);
    await open.frame().evaluate(`void open('/other')`);
    expect((await open.hear('navigate')).url).toBe(pages.at(`${SHOP}/other`));
  });

  test('knows itself beside others, some of which are closed already', async () => {
    const show = (name: string) =>
      open.frame().evaluate(`void (${name} = open('/other', '${name}', 'popup'))`);
    await show('first');
    await show('second');
    await open.frame().evaluate('first.close()');
    await expect.poll(() => open.frame().evaluate('first.closed')).toBe(true);
    await open.frame().evaluate(`void (opened = open('https://pay.example/login', 'third', 'popup'))`);
    expect(await (await above(`${PAY}/login`)).evaluate('alone')).toEqual([true, true, true, 'third']);
  });

  test('is closed by its own button, by Escape, by a page of another host in it, by its opener', async () => {
    const closed = () => expect.poll(() => open.frame().evaluate('opened.closed')).toBe(true);
    const show = async (url: string) => {
      await open.frame().evaluate(`void (opened = open('${url}', '', 'popup'))`);
      return await above(url);
    };
    await show(`${PAY}/paid`);
    await open.frame().getByRole('button', { name: 'Esc' }).click();
    await closed();
    await show(`${PAY}/paid`);
    await open.frame().getByRole('button', { name: 'Esc' }).press('Escape');
    await closed();
    await (await show(`${PAY}/shut`)).getByText('Shut').click();
    await closed();
    await show(`${SHOP}/other`);
    await open.frame().evaluate('opened.close()');
    await closed();
    expect(await frames()).toBe(0);
  });

  test.each([
    ['of its own host', '/other'],
    ['of another host', `${PAY}/paid`],
  ])('is closed by its opener before its page %s is there', async (_, url) => {
    await open.frame().evaluate(`void (opened = open('${url}', '', 'popup')).close()`);
    await expect.poll(() => open.frame().evaluate('opened.closed')).toBe(true);
    expect(await frames()).toBe(0);
  });

  test('is blank at first, written into or sent to an address, and known by its name', async () => {
    await open.frame().evaluate(`(() => {
      opened = open('', 'till', 'width=300,height=300');
      opened.document.write('<p>Please wait</p>');
    })()`);
    await expect.poll(() => open.frame().childFrames()[0]?.locator('p').textContent()).toBe('Please wait');
    await open.frame().evaluate(`opened.location.replace('https://pay.example/paid')`);
    await above(`${PAY}/paid`);
    expect(await open.frame().evaluate(`open('', 'till', 'width=300') === opened`)).toBe(true);
    await open.frame().evaluate(`void open('https://pay.example/shut', 'till', 'width=300')`);
    await above(`${PAY}/shut`);
    expect(await frames()).toBe(2);
  });

  test('that a policy of the page forbids becomes the next page, as without a size', async () => {
    await open.context.close();
    open = await pages.open(browser, `${SHOP}/strict`);
    await open.frame().locator('#sign-in').click();
    expect((await open.hear('navigate')).url).toBe(pages.at(`${PAY}/login`));
    await expect.poll(frames).toBe(0);
  });
});

test('a frame of the page itself takes itself for no window', async () => {
  await open.context.close();
  open = await pages.open(browser, `${SHOP}/framed`);
  const embedded = await above(`${PAY}/embedded`);
  expect(await embedded.evaluate('alone')).toEqual([false, null]);
});
