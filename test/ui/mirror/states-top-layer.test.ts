// The top layer of the leader's page is the follower's, in its order, for those who come later too; what closes leaves nothing inert.
import { afterEach, expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { act } from './looks.ts';
import { openPair, type Pair } from './pair.ts';

const browser = useBrowser();
let pair: Pair;
afterEach(() => pair?.close());

/** Boxes that cover the same point, so that a hit tells which is on top. */
const STYLE = `<style>dialog,[popover],#film{position:fixed;inset:50px auto auto 50px;width:200px;height:200px;margin:0}
  #film{inset:400px auto auto 400px;background:red} #film:fullscreen{background:rgb(1,2,3)}</style>`;
const PAGE = `<!doctype html><head>${STYLE}</head><body><p id=p>page</p><button id=b>b</button>
  <dialog id=d1 closedby=any>1</dialog><dialog id=d2>2<div id=inner popover>inner</div></dialog>
  <div id=a popover>a<button id=nested popovertarget=n>n</button></div><div id=n popover>n</div>
  <div id=m popover=manual>m</div><div id=h popover=hint>h</div><div id=film><b>film</b></div><div id=host></div></body>`;

async function open(): Promise<void> {
  pair = await openPair(browser(), { pages: { '/': PAGE } });
  await pair.leader.bringToFront();
  await pair.settle();
}
const run = (script: string): Promise<void> => act(pair, script);
/** The element at a point, by its id. */
const onTop = (which: 'leader' | 'follower', x = 100, y = 100): Promise<string> =>
  pair[which].evaluate(
    ([left, top, side]) => {
      const page = side === 'leader' ? document : window.follower.mirror.document()!;
      const hit = page.elementFromPoint(left, top);
      const inside = hit?.shadowRoot?.elementFromPoint(left, top);
      return (inside ?? hit)?.id ?? '';
    },
    [x, y, which] as const,
  );
async function expectOnTop(id: string): Promise<void> {
  expect(await onTop('leader')).toBe(id);
  await expect.poll(() => onTop('follower')).toBe(id);
}

it('shows dialogs and popovers in the order in which they were opened', async () => {
  await open();
  await run(`$('d2').showModal(); $('d1').showModal()`);
  await expectOnTop('d1');
  await run(`$('d1').close(); $('d2').close(); $('d1').showModal(); $('d2').showModal()`);
  await expectOnTop('d2');
  // Closed and opened again within one task: it comes last.
  await run(`$('d1').close(); $('d1').showModal()`);
  await expectOnTop('d1');
  // What lies outside of a modal dialog is inert.
  await run(`$('d1').append($('m')); $('m').showPopover()`);
  await expectOnTop('m');
  // Who comes later sees the same order.
  await pair.follower.reload();
  await expect.poll(() => pair.follower.evaluate(() => !!window.follower?.mirror.document())).toBe(true);
  await pair.settle();
  await expectOnTop('m');
  await run(`$('m').hidePopover()`);
  await expectOnTop('d1');
});

it('is not inert when the last dialog has closed, however that was', async () => {
  await open();
  const ways = [
    `$('d1').close()`,
    `$('d1').requestClose()`,
    `$('d1').remove()`,
    `document.body.append($('d1')); $('d1').removeAttribute('open')`,
  ];
  for (const way of ways) {
    await run(`document.body.append($('d1') ?? Object.assign(document.createElement('dialog'),{id:'d1'}))`);
    await run(`$('d1').open || $('d1').showModal()`);
    await expectOnTop('d1');
    await run(way);
    await expect.poll(() => onTop('follower', 20, 25)).toBe(await onTop('leader', 20, 25));
    expect(await onTop('leader', 20, 25)).toBe('p');
  }
  expect([...pair.errors, ...pair.resends]).toEqual([]);
});

it('closes what a click beside it closes', async () => {
  await open();
  await run(`$('d1').showModal()`);
  await expectOnTop('d1');
  await pair.leader.mouse.click(600, 600);
  await pair.settle();
  await expect.poll(() => onTop('follower', 20, 25)).toBe('p');
  await run(`$('a').showPopover()`);
  await expectOnTop('a');
  await pair.leader.mouse.click(600, 600);
  await expect.poll(() => onTop('follower')).not.toBe('a');
});

it('keeps a popover open from which another one was opened', async () => {
  await open();
  await run(`$('a').showPopover(); $('n').style.insetInlineStart='300px'`);
  await pair.leader.click('#nested');
  await pair.settle();
  expect(await pair.leader.evaluate(() => document.querySelectorAll(':popover-open').length)).toBe(2);
  await expect
    .poll(() =>
      pair.follower.evaluate(() =>
        [...window.follower.mirror.document()!.querySelectorAll(':popover-open')].map(({ id }) => id),
      ),
    )
    .toEqual(['a', 'n']);
  await run(`$('h').showPopover()`);
  await expectOnTop('h');
  await run(`$('d2').showModal(); $('inner').showPopover()`);
  await expectOnTop('inner');
});

it('shows popovers and dialogs of shadow trees', async () => {
  await open();
  const inside = `${STYLE}<dialog id=sd>s<div id=sp popover>p</div></dialog>`;
  await run(`$('host').attachShadow({mode:'closed'}).innerHTML=${JSON.stringify(inside)}`);
  await pair.leader.evaluate(() => {
    const root = window.leader.recorder.shadowOf(document.querySelector('#host')!)!;
    (root.querySelector('#sd') as HTMLDialogElement).showModal();
    (root.querySelector('#sp') as HTMLElement).showPopover();
  });
  await expect.poll(() => onTop('follower')).toBe('sp');
  await pair.leader.evaluate(() => {
    const root = window.leader.recorder.shadowOf(document.querySelector('#host')!)!;
    (root.querySelector('#sp') as HTMLElement).hidePopover();
  });
  await expect.poll(() => onTop('follower')).toBe('sd');
});

it('fills the mirror with an element that is shown in full screen, and lets it go', async () => {
  await open();
  await run(`$('b').onclick=()=>$('film').requestFullscreen()`);
  await pair.leader.click('#b');
  await expect.poll(() => pair.leader.evaluate(() => document.fullscreenElement?.id)).toBe('film');
  const box = (): Promise<unknown> =>
    pair.follower.evaluate(() => {
      const page = window.follower.mirror.document()!;
      const film = page.querySelector('#film')!;
      const { left, top, width, height } = film.getBoundingClientRect();
      return [
        left === 0 &&
          top === 0 &&
          width === page.defaultView!.innerWidth &&
          height === page.defaultView!.innerHeight,
        getComputedStyle(film).backgroundColor,
        page.elementFromPoint(20, 25)?.id,
      ];
    });
  await expect.poll(box).toEqual([true, 'rgb(1, 2, 3)', 'film']);
  await pair.leader.evaluate(() => document.exitFullscreen());
  await expect.poll(() => onTop('follower', 20, 25)).toBe('p');
  expect([...pair.errors, ...pair.resends]).toEqual([]);
});
