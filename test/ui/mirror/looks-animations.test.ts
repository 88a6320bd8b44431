// Animations in the mirror: those that scripts drive, in phase, and gone when they are.
import { expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { act, styleOf } from './looks.ts';
import { openPair, type Pair } from './pair.ts';

const browser = useBrowser();

const open = async (body: string, masks?: { mask: string[]; hide: string[]; readonly: string[] }) => {
  const pair = await openPair(browser(), {
    pages: { '/': `<!doctype html><body>${body}</body>` },
    ...(masks ? { masks } : {}),
  });
  await pair.settle();
  return pair;
};
/** Animations of an element, and of its pseudo-elements: their times differ by as much as a message takes. */
const animationsOf = (pair: Pair, side: 'leader' | 'follower', selector = '#a') =>
  pair[side].evaluate((which) => {
    const page = window.follower?.mirror.document() ?? document;
    return page
      .querySelector(which)!
      .getAnimations({ subtree: true })
      .map((animation) => ({
        time: animation.currentTime as number,
        state: animation.playState,
        rate: animation.playbackRate,
        pseudo: (animation.effect as KeyframeEffect).pseudoElement,
        frames: (animation.effect as KeyframeEffect)
          .getKeyframes()
          .map((frame) => ({ ...frame, offset: frame.computedOffset }) as Record<string, unknown>),
        timing: (animation.effect as KeyframeEffect).getTiming(),
      }));
  }, selector);
async function expectInPhase(pair: Pair, selector = '#a'): Promise<void> {
  await pair.settle();
  const [leader, follower] = [
    await animationsOf(pair, 'leader', selector),
    await animationsOf(pair, 'follower', selector),
  ];
  const still = (list: typeof leader) => list.map(({ time: _time, ...rest }) => rest);
  expect(still(follower)).toEqual(still(leader));
  for (const [i, { time, state, rate }] of leader.entries())
    expect(Math.abs(follower[i]!.time - time)).toBeLessThan(state === 'running' ? 1_500 * Math.abs(rate) : 1);
  expect([...pair.errors, ...pair.resends]).toEqual([]);
}

const FRAMES = `[{ opacity: 0, transform: 'translateX(0)', easing: 'ease-in' }, { offset: 0.3, opacity: 1, backgroundColor: 'red' }, { opacity: 0.5, transform: 'translateX(500px)' }]`;
const TIMING = `{ duration: 60000, delay: -100, iterations: Infinity, direction: 'alternate', easing: 'steps(100)', fill: 'both' }`;

it('keeps of several that have ended those that the leader’s browser keeps', async () => {
  const pair = await open('<div id=a>a</div><div id=b>b</div>');
  for (const [id, kept] of [
    ['a', 'first.persist();'],
    ['b', ''],
  ]) {
    await act(
      pair,
      `const first = $('${id}').animate({ opacity: [0, 0.3] }, { duration: 1, fill: 'forwards' }); ${kept} await first.finished;
       await $('${id}').animate({ opacity: [0, 0.6] }, { duration: 1, fill: 'forwards' }).finished`,
    );
    await expect
      .poll(async () => (await animationsOf(pair, 'leader', `#${id}`)).length)
      .toBe(kept === '' ? 1 : 2);
    await expectInPhase(pair, `#${id}`);
  }
});

it('plays, pauses, seeks, speeds up, turns back, finishes and cancels with the leader', async () => {
  const pair = await open('<div id=a>a</div>');
  await act(pair, `window.animation = $('a').animate(${FRAMES}, ${TIMING})`);
  await expectInPhase(pair);
  for (const step of [
    'animation.pause()',
    'animation.currentTime = 30000',
    'animation.currentTime = 31000; animation.updatePlaybackRate(2)',
    'animation.play()',
    'animation.playbackRate = 3',
    'animation.reverse()',
    'animation.pause(); animation.effect.setKeyframes({ opacity: [0.2, 0.7] })',
    'animation.effect.updateTiming({ duration: 1000, iterations: 2 }); animation.playbackRate = 1; animation.currentTime = 500',
  ]) {
    await act(pair, `${step}; await animation.ready`);
    await expectInPhase(pair);
  }
  await act(pair, 'animation.finish()');
  await expect.poll(() => styleOf(pair, 'follower', '#a', 'opacity')).toBe('0.2');
  await act(pair, 'animation.cancel()');
  await expect.poll(async () => (await animationsOf(pair, 'follower')).length).toBe(0);
  expect(await styleOf(pair, 'follower', '#a', 'opacity')).toBe('1');
  await pair.close();
});

it('shows several, of pseudo-elements, shadow trees, made by hand and those that end by themselves', async () => {
  const pair = await open('<style>#a::before{content:"x"}</style><div id=a>a</div><div id=host></div>');
  await act(
    pair,
    `$('a').animate({ color: ['red', 'blue'] }, { duration: 1e6 }); $('a').animate({ opacity: [0, 1] }, { duration: 1e6, pseudoElement: '::before' });
     new Animation(new KeyframeEffect($('a'), { marginLeft: ['1px', '9px'] }, { duration: 1e6, composite: 'add' }), document.timeline).play();
     $('host').attachShadow({ mode: 'closed' }).innerHTML = '<p>p</p>'; leader.recorder.shadowOf($('host')).firstChild.animate({ width: ['10px', '20px'] }, { duration: 10, fill: 'forwards' })`,
  );
  await expect.poll(async () => (await animationsOf(pair, 'follower')).length, { timeout: 5_000 }).toBe(3);
  await expect.poll(() => styleOf(pair, 'follower', '#host >>> p', 'width')).toBe('20px');
  expect(Number(await styleOf(pair, 'follower', '#a', 'opacity', '::before'))).toBeLessThan(0.1);
  await act(pair, `$('a').animate({ opacity: [0, 1] }, 20)`);
  await expect.poll(async () => (await animationsOf(pair, 'follower')).length, { timeout: 5_000 }).toBe(3);
  expect(pair.errors).toEqual([]);
  await pair.close();
});

it('shows those who come later where it has got to, CSS animations too', async () => {
  const pair = await open(
    '<style>@keyframes move{to{margin-left:1000px}} .move{animation:move 100s linear forwards}</style><div id=a>a</div><div id=b class=move style="animation-play-state:paused">b</div>',
  );
  await act(
    pair,
    `window.animation = $('a').animate({ marginLeft: ['0px', '1000px'] }, 1e5); animation.currentTime = 50000; $('b').getAnimations()[0].currentTime = 70000`,
  );
  await expect.poll(() => styleOf(pair, 'follower', '#b', 'margin-left')).toBe('700px');
  await pair.follower.reload();
  await expect.poll(() => pair.follower.evaluate(() => !!window.follower?.mirror.document())).toBe(true);
  await expectInPhase(pair);
  const left = Number.parseFloat(await styleOf(pair, 'follower', '#a', 'margin-left'));
  expect(left).toBeGreaterThan(500);
  expect(left).toBeLessThan(600);
  await expect.poll(() => styleOf(pair, 'follower', '#b', 'margin-left')).toBe('700px');
  await pair.close();
});

it('runs a CSS animation with the leader, and puts it where a script put it', async () => {
  const pair = await open(
    '<style>@keyframes move{to{margin-left:1000px}} .move{animation:move 100s linear}</style><div id=a>a</div>',
  );
  await act(
    pair,
    `$('a').className = 'move'; await new Promise((done) => $('a').addEventListener('animationstart', done))`,
  );
  await expectInPhase(pair);
  await act(pair, `$('a').getAnimations()[0].currentTime = 40000`);
  await expect
    .poll(async () => Number.parseFloat(await styleOf(pair, 'follower', '#a', 'margin-left')))
    .toBeGreaterThan(390);
  await act(pair, `$('a').getAnimations()[0].pause()`);
  await expect.poll(async () => (await animationsOf(pair, 'follower'))[0]?.state).toBe('paused');
  await act(pair, `$('a').className = ''`);
  await expect.poll(async () => (await animationsOf(pair, 'follower')).length).toBe(0);
  await pair.close();
});

it('loads what keyframes name through the gateway, and tells of masked elements only how they move', async () => {
  const pair = await open(
    '<div id=a>a</div><div id=b class=secret>Bill</div><div id=c class=gone>gone</div>',
    {
      mask: ['.secret'],
      hide: ['.gone'],
      readonly: [],
    },
  );
  const frames = `{ backgroundImage: ['url(/one-secret.png)', 'url(https://elsewhere.example/x.png)'], opacity: [0.25, 0.25] }`;
  await act(
    pair,
    `for (const id of ['a', 'b', 'c']) $(id).animate(${frames}, { duration: 1e6, fill: 'both' })`,
  );
  await expect.poll(() => styleOf(pair, 'follower', '#b', 'opacity')).toBe('0.25');
  const [shown] = await animationsOf(pair, 'follower');
  expect(shown?.frames.map(({ backgroundImage }) => backgroundImage)).toEqual([
    expect.stringMatching(/^url\("\/r\/[\w-]+"\)$/),
    'url("data:,")',
  ]);
  const [masked] = await animationsOf(pair, 'follower', '#b');
  expect(masked?.frames.map(({ backgroundImage }) => backgroundImage)).toEqual([undefined, undefined]);
  expect((await pair.leader.evaluate(() => window.leader.said())).match(/one-secret/g)).toHaveLength(1);
  expect(await animationsOf(pair, 'follower', '#c')).toEqual([]);
  expect(pair.strayRequests).toEqual([]);
  await pair.close();
});

it('shows those of elements that came in the same task', async () => {
  const pair = await open('<div id=a></div>');
  await act(
    pair,
    `const box = document.createElement('p'); $('a').append(box); box.animate({ marginLeft: ['30px', '30px'] }, 1e6)`,
  );
  await expect.poll(() => styleOf(pair, 'follower', '#a p', 'margin-left')).toBe('30px');
  // Taken out and put back it is another node, and moves on.
  await act(
    pair,
    `const box = $('a').firstChild; box.remove(); await new Promise((done) => setTimeout(done, 50)); $('a').append(box)`,
  );
  await expect.poll(() => styleOf(pair, 'follower', '#a p', 'margin-left')).toBe('30px');
  await pair.close();
});

it('shows one that is paused just before its end, where it is still in effect', async () => {
  const pair = await open('<div id=a>a</div>');
  await act(
    pair,
    `window.one = $('a').animate({ opacity: [0.5, 1] }, 50); one.pause(); await one.ready; one.currentTime = 49.998`,
  );
  await expectInPhase(pair);
  await act(pair, `one.currentTime = 50`);
  await expectInPhase(pair);
  await act(pair, `one.currentTime = 49.6`);
  await expectInPhase(pair);
  await pair.close();
});

it('shows one that changed before it was told, and one that began anew before its end was', async () => {
  const pair = await open('<div id=a>a</div><div id=b>b</div>');
  await act(
    pair,
    `window.old = $('b').animate({ opacity: [0, 0.3] }, { duration: 1e6, fill: 'both' }); await old.ready`,
  );
  await expectInPhase(pair, '#b');
  await act(
    pair,
    `const { hold, flow } = leader.recorder; const tasks = () => leader.tasks(); hold();
     const one = $('a').animate({ opacity: [0, 1] }, 1e6); await tasks(); one.currentTime = 500_000; await tasks();
     old.cancel(); await tasks(); old.play(); await tasks(); flow()`,
  );
  await expectInPhase(pair);
  await expectInPhase(pair, '#b');
  await pair.close();
});

it('bears a firework of them', async () => {
  const pair = await open('<div id=a>a</div>');
  await act(
    pair,
    `for (let i = 0; i < 1500; i++) { const spark = document.createElement('i'); $('a').append(spark); spark.animate({ opacity: [1, 0] }, { duration: 1e6 }) }`,
  );
  await expectNoError(pair);
  expect(
    await pair.follower.evaluate(() => window.follower.mirror.document()!.getAnimations().length),
  ).toBeLessThanOrEqual(500);
  await act(pair, `$('a').replaceChildren()`);
  await expect
    .poll(() => pair.follower.evaluate(() => window.follower.mirror.document()!.getAnimations().length))
    .toBe(0);
  await pair.close();
});
async function expectNoError(pair: Pair): Promise<void> {
  await pair.settle();
  expect([...pair.errors, ...pair.resends]).toEqual([]);
}

it('shows the animation of an element that was animated, or was before, while it was out of the page', async () => {
  const pair = await open('<div id=a>a</div><p id=b>b</p>');
  await act(pair, `$('a').animate(${FRAMES}, ${TIMING}).pause()`);
  await expectInPhase(pair);
  await act(pair, `window.a = $('a'); a.remove()`);
  await act(pair, 'document.body.append(a)');
  await expectInPhase(pair);
  await act(pair, `window.b = $('b'); b.remove(); b.animate(${FRAMES}, ${TIMING}).pause()`);
  await act(pair, 'a.remove(); document.body.append(b)');
  await expectInPhase(pair, '#b');
  await pair.close();
});
