// A document that is written anew has a new recorder: what began before, and goes on, is mirrored.
import { afterEach, expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { firstDifference } from './first-difference.ts';
import { act } from './looks.ts';
import { openPair, type Pair } from './pair.ts';

const browser = useBrowser();
let pair: Pair;
afterEach(() => pair?.close());

async function open(body: string): Promise<void> {
  pair = await openPair(browser(), { pages: { '/': `<!doctype html><body>${body}</body>` } });
  await pair.settle();
}
async function runAndCompare(script: string): Promise<void> {
  await act(pair, script);
  await pair.settle();
  expect(pair.errors).toEqual([]);
  const { leader, follower } = await pair.both();
  expect(firstDifference(leader, follower)).toBeUndefined();
}
const REOPEN = `document.open(); document.write('<!doctype html><body><main style="height:3000px">new</main></body>'); document.close();`;

it('keeps the offset that the page was scrolled to, whatever element is its root', async () => {
  await open('<p style="height:3000px">old</p>');
  await runAndCompare('scrollTo(0, 500)');
  await runAndCompare(
    `document.open(); document.write('<!doctype html><body><main style="height:3000px">'); scrollTo(0, 300); document.close();`,
  );
  expect(await pair.leader.evaluate(() => scrollY)).toBe(300);
  await runAndCompare(
    `const root = document.createElement('html'); root.append(document.body); document.documentElement.replaceWith(root)`,
  );
});

it('forgets an offset that the new content has no room for', async () => {
  await open('<p style="height:3000px">old</p>');
  await runAndCompare('scrollTo(0, 500)');
  await act(
    pair,
    `document.open(); document.write('<!doctype html><body><main>small</main></body>'); document.close();`,
  );
  await expect.poll(() => pair.leader.evaluate(() => scrollY)).toBe(0);
  await runAndCompare(`document.querySelector('main').style.height = '3000px'`);
});

it('does not scroll new content to where the old one was about to be put back', async () => {
  await open('<p style="height:3000px">old</p>');
  await runAndCompare('scrollTo(0, 500)');
  // What is to be done with the next picture waits until the new content is there.
  const late = await pair.follower.evaluateHandle(() => {
    const waiting: FrameRequestCallback[] = [];
    const real = window.requestAnimationFrame;
    window.requestAnimationFrame = (callback) => waiting.push(callback);
    return () => {
      window.requestAnimationFrame = real;
      for (const callback of waiting) callback(0);
    };
  });
  await act(pair, `document.body.title = 'changed'`);
  await act(
    pair,
    `document.open(); document.write('<!doctype html><body><main style="height:3000px">new'); scrollTo(0, 0); document.close();`,
  );
  await late.evaluate((run) => run());
  await runAndCompare('');
  expect(await pair.leader.evaluate(() => scrollY)).toBe(0);
});

it('shows animations of elements that were kept', async () => {
  await open('<p id=a>a</p>');
  await runAndCompare(
    `window.kept = $('a'); kept.animate({ opacity: ['0', '1'] }, { duration: 1_000_000, fill: 'both' }).pause(); ${REOPEN}`,
  );
  await runAndCompare('document.body.append(kept)');
  expect(await pair.leader.evaluate(() => document.getAnimations().length)).toBe(1);
});

it('shows what script has put into slots that were kept', async () => {
  await open('<div id=host><p>1</p><p>2</p></div>');
  await runAndCompare(
    `window.kept = $('host'); const root = kept.attachShadow({ mode: 'open', slotAssignment: 'manual' });
    root.innerHTML = '<slot></slot>'; root.firstChild.assign(kept.lastElementChild); ${REOPEN} document.body.append(kept)`,
  );
});
