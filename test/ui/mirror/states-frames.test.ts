// Frames of every kind are shown in their place and followed: framesets, objects, nested ones, moved ones; what is not shared says so.
import { afterEach, expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { expectSame } from './expect-same.ts';
import { act } from './looks.ts';
import { openPair, type Pair } from './pair.ts';

const browser = useBrowser();
let pair: Pair;
afterEach(() => pair?.close());

const PAGES = {
  '/deep': '<!doctype html><body><p>deep</p><iframe src=/deeper></iframe></body>',
  '/deeper': '<!doctype html><body><p>deeper</p><iframe src=/deepest></iframe></body>',
  '/deepest': '<!doctype html><body><p>deepest</p></body>',
  '/one': '<!doctype html><body><p>one</p></body>',
  '/two': '<body><p>two</p></body>',
};
async function open(page: string): Promise<void> {
  pair = await openPair(browser(), { pages: { '/': page, ...PAGES } });
  await pair.leader.bringToFront();
}
/** Texts of all documents that the mirror shows, nested ones behind the one they are in. */
const texts = (): Promise<string[]> =>
  pair.follower.evaluate(() => {
    const list: string[] = [];
    const visit = (page: Document): void => {
      list.push(...[...page.querySelectorAll('p')].map(({ textContent }) => textContent));
      for (const frame of page.querySelectorAll<HTMLIFrameElement>('iframe,frame'))
        if (frame.contentDocument) visit(frame.contentDocument);
    };
    const page = window.follower.mirror.document();
    if (page) visit(page);
    return list;
  });

it('shows frames three deep, and an answer of the innermost', async () => {
  await open('<!doctype html><body><p>top</p><iframe src=/deep></iframe></body>');
  await expect.poll(texts).toEqual(['top', 'deep', 'deeper', 'deepest']);
  const innermost = pair.leader.frames().find((frame) => frame.url().endsWith('/deepest'))!;
  await innermost.evaluate(() => {
    document.querySelector('p')!.textContent = 'changed';
  });
  await expect.poll(texts).toEqual(['top', 'deep', 'deeper', 'changed']);
});

it('shows a frameset', async () => {
  await open(
    '<!doctype html><html><frameset cols="30%,*"><frame src=/one><frame src=/two></frameset></html>',
  );
  await expect.poll(texts).toEqual(['one', 'two']);
  const widths = await pair.follower.evaluate(() =>
    [...window.follower.mirror.document()!.querySelectorAll('frame')].map((frame) =>
      Math.round(frame.getBoundingClientRect().width / 100),
    ),
  );
  expect(widths).toEqual([3, 7]);
});

it('shows the document of an object as a frame', async () => {
  await open(
    '<!doctype html><body><p>top</p><object id=o data=/one type=text/html width=200 height=100></object></body>',
  );
  await expect.poll(texts).toEqual(['top', 'one']);
  await pair.leader.evaluate(() => document.querySelector('p')!.append(' more'));
  await expect.poll(texts).toEqual(['top more', 'one']);
  expect([...pair.errors, ...pair.resends]).toEqual([]);
});

it('keeps a frame that is moved without a load, and follows one that loads by it', async () => {
  await open('<!doctype html><body><div id=a><iframe id=f src=/one></iframe></div><div id=b></div></body>');
  await expect.poll(texts).toEqual(['one']);
  await pair.leader
    .frameLocator('#f')
    .locator('p')
    .evaluate((p) => p.append(' kept'));
  await expect.poll(texts).toEqual(['one kept']);
  await pair.leader.evaluate(() => {
    const b = document.querySelector('#b') as Element & { moveBefore(node: Node, before: null): void };
    b.moveBefore(document.querySelector('#f')!, null);
  });
  // The mirror's own frame has lost it, and gets it from the gateway.
  await expect.poll(() => pair.resends).toEqual(['tampered']);
  await expect.poll(texts).toEqual(['one kept']);
  await pair.leader.evaluate(() => document.querySelector('#a')!.append(document.querySelector('#f')!));
  await expect.poll(texts).toEqual(['one']);
  await pair.leader.evaluate(() => document.querySelector('#f')!.remove());
  await expect.poll(texts).toEqual([]);
  expect(pair.errors).toEqual([]);
});

it('keeps a frame in its place when what is beside it moves round it', async () => {
  await open(
    '<!doctype html><body><iframe src=/one></iframe><b>b</b><div><iframe src=/two></iframe></div><i>i</i></body>',
  );
  await expect.poll(texts).toEqual(['one', 'two']);
  await pair.follower.evaluate(() => {
    for (const frame of window.follower.mirror.document()!.querySelectorAll('iframe'))
      frame.contentDocument!.querySelector('p')!.append(' kept');
  });
  await pair.leader.evaluate(() => {
    const { body } = document;
    body.prepend(document.querySelector('i')!, document.querySelector('b')!);
  });
  await pair.settle();
  const order = await pair.follower.evaluate(() =>
    [...window.follower.mirror.document()!.body.children].map(({ localName }) => localName),
  );
  expect(order).toEqual(['i', 'b', 'iframe', 'div']);
  expect(await texts()).toEqual(['one kept', 'two kept']);
  expect([...pair.errors, ...pair.resends, ...pair.repairs]).toEqual([]);
});

it('names what is not shared in the words of the view', async () => {
  await open('<!doctype html><body><p>top</p></body>');
  await pair.follower.evaluate(() => {
    document.documentElement.dataset.notShared = 'nicht geteilt';
  });
  await pair.leader.evaluate(() => {
    const frame = document.createElement('iframe');
    frame.src = 'https://ads.example/x';
    document.body.append(frame);
  });
  await expect
    .poll(() =>
      pair.follower.evaluate(
        () => window.follower.mirror.document()!.querySelector('iframe')?.contentDocument?.body.textContent,
      ),
    )
    .toBe('ads.examplenicht geteilt');
});

it('shows how far a frame is scrolled after it was not shown', async () => {
  pair = await openPair(browser(), {
    pages: {
      '/': '<!doctype html><body><p>top</p><iframe src=/long></iframe></body>',
      '/long': '<!doctype html><body><p style="height:3000px">long</p></body>',
    },
  });
  await pair.leader.bringToFront();
  await expect.poll(texts).toEqual(['top', 'long']);
  const offsets = (): Promise<number[]> =>
    Promise.all([
      pair.leader.evaluate(() => document.querySelector('iframe')!.contentWindow!.scrollY),
      pair.follower.evaluate(
        () => window.follower.mirror.document()!.querySelector('iframe')!.contentWindow!.scrollY,
      ),
    ]);
  await act(pair, `window.frame = document.querySelector('iframe'); frame.contentWindow.scrollTo(0, 700)`);
  await expect.poll(offsets).toEqual([700, 700]);
  // The browser forgets the offset then, without an event.
  await act(pair, `frame.style.display = 'none'; await 0; frame.contentDocument.body.append('more')`);
  await act(pair, `frame.style.display = ''`);
  await expect.poll(offsets).toEqual([0, 0]);
  await act(pair, `frame.contentWindow.scrollTo(0, 50)`);
  await expect.poll(offsets).toEqual([50, 50]);
});

it('shows how far a frame was scrolled in closed details once they are open', async () => {
  pair = await openPair(browser(), {
    pages: {
      '/': '<!doctype html><body><details open><summary>s</summary><iframe src=/long></iframe></details></body>',
      '/long': '<!doctype html><body><p style="height:3000px">long</p></body>',
    },
  });
  await pair.leader.bringToFront();
  await expect.poll(texts).toEqual(['long']);
  // Without pictures there, no event of it comes either.
  await act(pair, `window.details = document.querySelector('details'); details.open = false`);
  await act(pair, `document.querySelector('iframe').contentWindow.scrollTo(0, 50)`);
  await expectSame(pair);
  await act(pair, `details.open = true`);
  await expect
    .poll(() =>
      pair.follower.evaluate(
        () => window.follower.mirror.document()!.querySelector('iframe')!.contentWindow!.scrollY,
      ),
    )
    .toBe(50);
});
