// While the recorder says a large page or change in turns, the page goes on changing: the follower has it all the same, and nothing masked is told.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { firstDifference } from './first-difference.ts';
import { openPair, type Pair } from './pair.ts';
import { FIELD_OPERATIONS } from './random-fields.ts';
import { TREE_OPERATIONS } from './random-tree.ts';

const SEEDS = Number(process.env.FUZZ_SEEDS ?? 3);
const FIRST = Number(process.env.FUZZ_SEED ?? 1);
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 6);
const PATIENCE_MS = 8_000;
/** What concerns nodes and their order; how each detail of them arrives is the other test's matter. */
const OPERATIONS = Object.keys({ ...TREE_OPERATIONS, ...FIELD_OPERATIONS }).filter(
  (name) => !/^(?:attributeNs|owner|type)$/.test(name),
);

const PART = (i: number): string =>
  `<section id=s${i}><div><p>part ${i}</p><ul>${'<li>one<li><b>two</b>'.repeat(6)}</ul></div><span>end</span></section>`;
const PAGES = {
  '/': `<!doctype html><head><style id="sheet">.a{color:red}</style><style>.scroll{height:60px;width:200px;overflow:auto;white-space:pre}</style></head>
    <body>${Array.from({ length: 12 }, (_, i) => PART(i)).join('')}<form id=f1><input name=r type=radio><select><option>1</select></form></body>`,
  '/frame': '<!doctype html><body><div>framed</div><p>text</p></body>',
  '/quirks': '<body><section>quirks</section></body>',
};

const browser = useBrowser();

/** Undefined once both show the same. */
async function difference(pair: Pair): Promise<string | undefined> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    await pair.settle();
    const { leader, follower } = await pair.both();
    const found = firstDifference(leader, follower);
    if (found === undefined || performance.now() > until) return found;
  }
}

async function expectSame(pair: Pair): Promise<void> {
  expect(await difference(pair)).toBeUndefined();
  expect([...pair.errors, ...pair.resends]).toEqual([]);
}

/** Runs in the leader's page, with `task` to let the recorder have one turn. */
async function run(pair: Pair, script: string): Promise<unknown> {
  return await pair.leader.evaluate(async (source) => {
    const { port1, port2 } = new MessageChannel();
    const task = (): Promise<void> =>
      new Promise((resolve) => {
        port1.onmessage = () => resolve();
        port2.postMessage(0);
      });
    const $ = (id: string) => document.getElementById(id);
    const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
    return await (new AsyncFunction('$', 'task', source) as (...args: unknown[]) => Promise<unknown>)(
      $,
      task,
    );
  }, script);
}

it('says a few changes that come close together each at once, and many together', async () => {
  const pair = await openPair(browser(), { pages: { '/': '<!doctype html><body><p id=p>none</p>' } });
  await expectSame(pair);
  const [few, more] = (await run(
    pair,
    `await new Promise((done) => setTimeout(done, 100));
    const said = () => leader.said().split('word ').length - 1;
    const change = async (count) => {
      const before = said();
      for (let i = 0; i < count; i++) {
        $('p').firstChild.data = 'word ' + i;
        await Promise.resolve();
      }
      return said() - before;
    };
    return [await change(3), await change(1_000)];`,
  )) as [number, number];
  expect(few).toBe(3);
  expect(more).toBeLessThan(200);
  await expectSame(pair);
});

it.each(Array.from({ length: SEEDS }, (_, i) => FIRST + i))(
  'shows the same after random operations between the turns of a snapshot, seed %i',
  async (seed) => {
    const pair = await openPair(browser(), { pages: PAGES, shortTurns: true });
    await expectSame(pair);
    for (let round = 0; round < ROUNDS; round++) {
      const done = await pair.leader.evaluate(
        async (options) => {
          window.leader.recorder.resend();
          const all: string[] = [];
          for (let i = 0; i < 15; i++) {
            all.push(...(await window.leader.operate({ ...options, seed: options.seed + i * 7_919 })));
            // Half of the rounds change what is being said of a large change instead.
            if (options.large && i === 0) {
              const part = document.body.firstElementChild ?? document.body;
              part.innerHTML = `${part.innerHTML}${'<div><p>new<b>er</b></p></div>'.repeat(60)}`;
            }
            await new Promise<void>((resolve) => {
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = () => resolve();
              port2.postMessage(0);
            });
          }
          return all;
        },
        { seed: seed * 100_000 + round * 100, count: 2, large: round % 2 === 1, only: OPERATIONS },
      );
      const found = await difference(pair);
      const trouble = [found, ...pair.errors, ...pair.resends].filter((entry) => entry !== undefined);
      if (trouble.length > 0)
        expect.unreachable(`seed ${seed}, round ${round}: ${trouble.join('\n')}\nafter ${done.join(' ')}`);
    }
    await pair.close();
  },
  90_000,
);

describe('in the turns of the recorder', () => {
  const BODY = `<div id=secret class=secret></div><div id=long>${'long text '.repeat(3_000)}</div>
    ${Array.from({ length: 20 }, (_, i) => PART(i)).join('')}<div id=last></div>`;
  let pair: Pair;
  beforeAll(async () => {
    pair = await openPair(browser(), {
      pages: { '/': `<!doctype html><body>${BODY}</body>` },
      masks: { mask: ['.secret'], hide: [], readonly: [] },
      shortTurns: true,
    });
    await expectSame(pair);
  });
  beforeEach(async () => {
    await pair.leader.evaluate((body) => {
      document.body.innerHTML = body;
    }, BODY);
    await expectSame(pair);
  });
  afterAll(() => pair.close());

  const snapshotTurns = (): Promise<unknown> =>
    run(
      pair,
      `leader.recorder.resend(); let before = leader.said().length, turns = 0;
       for (let quiet = 0; quiet < 3; turns++) { await task(); const now = leader.said().length; quiet = now === before ? quiet + 1 : 0; before = now }
       return turns`,
    );

  it('a snapshot is said in many', async () => {
    expect(await snapshotTurns()).toBeGreaterThan(2);
    await expectSame(pair);
  });

  it.each([
    [
      'what was told moves to where nothing was told yet',
      `$('last').append($('s0'), $('s1').querySelector('ul'))`,
    ],
    [
      'what was not told moves to where all was told',
      `$('secret').before($('s18'), $('s19').querySelector('b'))`,
    ],
    [
      'what is just being told moves',
      `for (const s of document.querySelectorAll('section')) $('last').append(s)`,
    ],
    ['all of it is turned round', `document.body.append(...[...document.body.childNodes].reverse())`],
    ['what is being told goes', `for (const i of [2,3,4,5,6,7]) $('s'+i).remove()`],
    ['it goes and comes back', `const s=$('s8'); s.remove(); await task(); document.body.append(s)`],
    ['a long text becomes a short one', `$('long').firstChild.data = 'short'`],
    [
      'a long text goes',
      `$('long').replaceChildren('new text '.repeat(2_000)); await task(); $('long').replaceChildren()`,
    ],
    [
      'a wrapper comes around everything',
      `const w=document.createElement('main'); w.append(...document.body.childNodes); document.body.append(w)`,
    ],
    [
      'a shadow root comes',
      `$('s9').attachShadow({mode:'open'}).innerHTML='<p>in <slot></slot>'; await task(); $('s9').shadowRoot.append('more')`,
    ],
    ['another snapshot is asked for', `leader.recorder.resend(); await task(); $('last').append('x')`],
    [
      'the recorder is held, and flows again',
      `leader.recorder.hold(); for (let i=0;i<9;i++) { $('last').append('h'+i); await task() } leader.recorder.flow()`,
    ],
  ])('%s', async (_what, script) => {
    for (const turns of [0, 1, 4]) {
      await pair.leader.evaluate((body) => {
        document.body.innerHTML = body;
      }, BODY);
      await expectSame(pair);
      await run(pair, `leader.recorder.resend(); for (let i=0;i<${turns};i++) await task(); ${script}`);
      await expectSame(pair);
    }
  });

  it('says nothing while it is held', async () => {
    const said = await run(
      pair,
      `leader.recorder.resend(); await task(); leader.recorder.hold(); const before = leader.said().length;
       for (let i=0;i<30;i++) await task(); return leader.said().length - before`,
    );
    expect(said).toBe(0);
    await run(pair, 'leader.recorder.flow()');
    await expectSame(pair);
  });

  it.each([
    ['is being told, of a snapshot', `leader.recorder.resend(); await task()`],
    [
      'is being told, of a large change',
      `$('last').innerHTML='<div id=new>'+'<p>new</p>'.repeat(400)+'</div>'; await task(); await task()`,
    ],
    [
      'has more children since the last turn',
      `$('last').innerHTML='<div id=new><p>new</p></div>'; await task(); await task(); $('new').append('early-secret')`,
    ],
  ])('what moves into a masked part is told as dots, if it %s', async (_what, script) => {
    await run(
      pair,
      `${script}; const part = $('new') ?? $('last').previousElementSibling; part.append('late-secret');
       const text = document.createTextNode(''); part.append(text);
       $('secret').append(part, ...document.querySelectorAll('section'));
       for (const p of document.querySelectorAll('#secret p, #secret li')) { p.title='attribute-secret'; p.append('more-secret') }
       text.data = 'text-secret'; await task(); text.data += 'text-secret'`,
    );
    const dotted = await pair.leader.evaluate(() =>
      document.querySelector('#secret')!.textContent!.replace(/\S/g, '•'),
    );
    await expect
      .poll(() =>
        pair.follower.evaluate(
          () => window.follower.mirror.document()!.querySelector('#secret')!.textContent,
        ),
      )
      .toBe(dotted);
    const said = await pair.leader.evaluate(() => window.leader.said());
    for (const secret of ['early', 'late', 'attribute', 'more', 'text'])
      expect(said).not.toContain(`${secret}-secret`);
    await run(pair, `$('secret').replaceChildren()`);
    await expectSame(pair);
  });
});
