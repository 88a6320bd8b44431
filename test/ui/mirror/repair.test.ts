// Messages that are lost, doubled or overtaken on either way, and trees that drift apart: what differs is said again, and nothing else.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { MirrorMessage } from '../../../protocol/mirror-messages.ts';
import type { OpName } from '../../../protocol/nodes.ts';
import type { PageFact } from '../../../protocol/page-facts.ts';
import { openBrowser } from '../../browser.ts';
import { firstDifference } from './first-difference.ts';
import { type Fault, type Hop, openPair, type Pair } from './pair.ts';

/** What the issue promises, and what a busy machine may take for it. */
const PROMISED_MS = 1_000;
const PATIENCE_MS = 15_000;

const PAGE = `<!doctype html><head><title>Shop</title><style id=css>.a{color:red}</style><style>#box{height:50px;overflow:auto}</style></head>
<body><div id=box><div style="height:900px">tall</div></div><ul id=list><li>one</li><li>two</li></ul><p id=p>text</p>
<input id=field><input id=check type=checkbox><input id=secret type=password><select id=select><option>1<option>2</select>
<div id=host></div><div id=sub></div><dialog id=dialog>Sure?</dialog><iframe id=frame src=/inner></iframe></body>`;
const INNER = '<!doctype html><body><p id=in>inner</p><input id=f></body>';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

async function open(masks?: { mask: string[]; hide: string[]; readonly: string[] }): Promise<Pair> {
  const pair = await openPair(browser, { pages: { '/': PAGE, '/inner': INNER }, ...(masks && { masks }) });
  // Its frames are what scroll events come with.
  await pair.leader.bringToFront();
  await pair.leader.frameLocator('#frame').locator('#in').waitFor();
  await vi.waitFor(() => expect(pair.mirror.snapshot().frames).toHaveLength(2), { timeout: PATIENCE_MS });
  await pair.settle();
  return pair;
}

async function run(pair: Pair, script: string): Promise<void> {
  await pair.leader.evaluate(async (source) => {
    const $ = (id: string) => document.getElementById(id);
    const inner = (document.getElementById('frame') as HTMLIFrameElement | null)?.contentDocument;
    const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
    await (new AsyncFunction('$', 'inner', 'tasks', source) as (...args: unknown[]) => Promise<void>)(
      $,
      inner,
      window.leader.tasks,
    );
  }, script);
}

/** Also what `both` does not compare: who is hovered, the title, the address. */
async function asides(pair: Pair): Promise<string> {
  const { frames } = pair.mirror.snapshot();
  return JSON.stringify(
    frames.map(({ ops }) => ops.filter(([name]) => /^(?:state|select|view|title|url)$/.test(name))),
  );
}

async function difference(pair: Pair): Promise<string | undefined> {
  const { leader, follower } = await pair.both();
  return firstDifference(leader, follower);
}

const times: number[] = [];
/** Waits until both show the same. What it took is kept, not judged: the machine may be busy. */
async function repaired(pair: Pair, since: number): Promise<void> {
  await expect.poll(() => difference(pair), { timeout: PATIENCE_MS, interval: 20 }).toBeUndefined();
  times.push(performance.now() - since);
}

afterAll(() => {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    `${Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)} ms`;
  process.stdout.write(
    `repairs: ${times.length}, p50 ${at(0.5)}, p95 ${at(0.95)}, longest ${at(1)} (promised ${PROMISED_MS} ms)\n`,
  );
});

const holds =
  (...names: OpName[]) =>
  (message: MirrorMessage | PageFact): boolean =>
    'ops' in message && message.ops.some(([name]) => names.includes(name));

/** What is said once only: nothing that comes later makes it good by itself. */
const KINDS: [kind: string, script: string, matches: (message: MirrorMessage | PageFact) => boolean][] = [
  ['nodes that are put in', `$('list').append(document.createElement('li'), 'and text')`, holds('children')],
  ['nodes that go', `$('list').firstElementChild.remove()`, holds('children')],
  ['nodes that move', `$('list').append($('p')); $('host').append($('check'))`, holds('children')],
  [
    'a subtree',
    `$('sub').innerHTML = '<section><h2>a</h2>'+'<p>b <b>c</b></p>'.repeat(40)+'</section>'`,
    holds('children'),
  ],
  ['a text', `$('p').firstChild.data = 'other'`, holds('text')],
  ['a long text', `$('p').firstChild.data = 'long '.repeat(4000)`, holds('text')],
  ['an attribute', `$('p').className = 'b'; $('host').setAttribute('title', 'x')`, holds('attr')],
  ['a long attribute', `$('host').setAttribute('data-long', 'long '.repeat(4000))`, holds('attr')],
  ['an attribute that goes', `$('host').removeAttribute('title')`, holds('attr')],
  [
    'a field',
    `$('field').value = 'typed'; $('check').checked = true; $('select').selectedIndex = 1`,
    holds('props'),
  ],
  ['a password', `$('secret').value = 'hunter2'`, holds('props')],
  ['a dialog', `$('dialog').show()`, holds('attr', 'props')],
  ['an inserted rule', `$('css').sheet.insertRule('.b{color:blue}', 0)`, holds('rules')],
  [
    'more rules',
    `$('css').sheet.insertRule('.c{color:blue}', $('css').sheet.cssRules.length)`,
    holds('rules', 'append'),
  ],
  [
    'a constructed sheet',
    `window.sheet = new CSSStyleSheet(); sheet.replaceSync('.d{top:0}'); document.adoptedStyleSheets = [sheet]`,
    holds('sheet'),
  ],
  ['a change of it', `sheet.insertRule('.e{left:0}')`, holds('sheet', 'append')],
  ['that it is adopted no more', `document.adoptedStyleSheets = []`, holds('adopt')],
  [
    'a shadow root',
    `$('host').attachShadow({mode:'open'}).innerHTML = '<style>p{color:red}</style><p>in <slot></slot></p>'`,
    holds('children'),
  ],
  [
    'a change within it',
    `$('host').shadowRoot.querySelector('p').append('more'); $('host').shadowRoot.adoptedStyleSheets = [sheet]`,
    holds('children'),
  ],
  [
    'a scroll',
    `await new Promise(done => { $('box').onscroll = () => requestAnimationFrame(done); $('box').scrollTop = 120; })`,
    holds('props'),
  ],
  [
    'a change in a frame',
    `inner.body.append('more'); inner.getElementById('f').value = 'typed'`,
    holds('children'),
  ],
];
const HOPS: Hop[] = ['leader', 'follower'];
const FAULTS: Fault[] = ['drop', 'double', 'swap'];

describe.each(HOPS)('on the way of the %s', (hop) => {
  describe.each(FAULTS)('a message that suffers a %s', (fault) => {
    let pair: Pair;
    beforeAll(async () => {
      pair = await open();
    }, 60_000);
    afterAll(() => pair.close());

    it.each(KINDS)('is made good when it holds %s', async (_kind, script, matches) => {
      // One that is late has to be late after another.
      const after = `await tasks(); $('p').title = String(performance.now())`;
      const before = pair.disturbed();
      pair.disturb(hop, fault, matches);
      const since = performance.now();
      await run(pair, fault === 'swap' ? `${script}; ${after}` : script);
      await expect.poll(() => pair.disturbed(), { timeout: PATIENCE_MS, interval: 10 }).toBe(before + 1);
      await repaired(pair, since);
      expect(pair.errors).toEqual([]);
      expect(pair.resends).toEqual([]);
      expect(pair.mirror.epoch).toBe(1);
    });

    it('was found and repaired without any snapshot', async () => {
      if (fault === 'double') expect(pair.repairs).toEqual([]);
      else expect(pair.repairs).toContain(hop);
      await expect.poll(() => pair.mirror.state, { timeout: PATIENCE_MS }).toBe('live');
      expect(await asides(pair)).not.toBe('');
    });
  });
});
