// Style sheets in the mirror: what scripts make of linked, imported, constructed and masked ones, and pseudo-classes wherever they stand.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { firstDifference } from './first-difference.ts';
import { act, styleOf } from './looks.ts';
import { openPair, type Pair } from './pair.ts';

const browser = useBrowser();

/** Both documents are equal; linked sheets load in their own time. */
async function expectSame(pair: Pair): Promise<void> {
  await expect
    .poll(
      async () => {
        await pair.settle();
        const { leader, follower } = await pair.both();
        return firstDifference(leader, follower);
      },
      { timeout: 5_000 },
    )
    .toBeUndefined();
  expect([...pair.errors, ...pair.resends]).toEqual([]);
}

const PAGE = `<!doctype html><head><link id=l rel=stylesheet href=/site.css><link id=m rel=stylesheet href=/print.css media=print>
<link id=alt rel="alternate stylesheet" title=Dark href=/dark.css><style id=s>#a{color:rgb(1,0,0)} @media (min-width:1px){#a{top:0}} #b{ &.x{ color: red } }</style>
<style id=t media=screen>#b{color:rgb(0,1,0)}</style></head><body><div id=a>a</div><div id=b>b</div><div id=host></div><div id=other></div></body>`;
const SHEETS: Record<string, string> = {
  '/site.css':
    '@import "/sub/imported.css" screen; @layer base, top; #a{background:url(img/a.png)} #a{margin-left:1px} @layer top{#a{margin-top:1px}}',
  '/sub/imported.css': '#b{background:url(b.png)} #b{margin-left:5px}',
  '/print.css': '#a{display:none}',
  '/dark.css': '#a{border-top:3px solid rgb(9,9,9)}',
};

/** One operation a line, run in one page after the other; what the follower shows then, where equality does not tell. */
const OPERATIONS: [
  what: string,
  script: string,
  shows?: [selector: string, property: string, value: string | RegExp],
][] = [
  [
    'a rule goes into a linked sheet',
    `$('l').sheet.insertRule('#a{text-indent:2px}', $('l').sheet.cssRules.length)`,
    ['#a', 'text-indent', '2px'],
  ],
  ['its addresses stay what they were', ``, ['#a', 'background-image', /^url\(".*\/r\/[\w-]+"\)$/]],
  [
    'a declaration of it changes',
    `$('l').sheet.cssRules[2].style.setProperty('padding-left','7px')`,
    ['#a', 'padding-left', '7px'],
  ],
  ['…by its name', `$('l').sheet.cssRules[2].style.paddingLeft = '8px'`, ['#a', 'padding-left', '8px']],
  [
    '…by a declaration kept since long',
    `window.kept ??= $('l').sheet.cssRules[2].style; await new Promise((done) => setTimeout(done, 1200)); kept.paddingLeft = '9px'`,
    ['#a', 'padding-left', '9px'],
  ],
  [
    '…by a typed map',
    `$('l').sheet.cssRules[2].styleMap.set('padding-left', CSS.px(11))`,
    ['#a', 'padding-left', '11px'],
  ],
  ['a selector changes', `$('l').sheet.cssRules[2].selectorText = '#b'`, ['#b', 'padding-left', '11px']],
  [
    'a rule within a layer changes',
    `$('l').sheet.cssRules[4].cssRules[0].style.marginTop = '4px'`,
    ['#a', 'margin-top', '4px'],
  ],
  ['a rule is deleted from a linked sheet', `$('l').sheet.deleteRule(2)`],
  ['a linked sheet is switched off', `$('l').sheet.disabled = true`, ['#a', 'margin-left', '0px']],
  ['…and on', `$('l').sheet.disabled = false`, ['#a', 'margin-left', '1px']],
  ['…off by an attribute', `$('l').setAttribute('disabled', '')`, ['#a', 'margin-left', '0px']],
  [
    '…and on by it',
    `$('l').removeAttribute('disabled'); await new Promise((done) => ($('l').sheet ? done() : $('l').addEventListener('load', done)))`,
    ['#a', 'margin-left', '1px'],
  ],
  ['…off by its element', `$('l').disabled = true`, ['#a', 'margin-left', '0px']],
  [
    '…and loaded anew',
    `$('l').disabled = false; await new Promise((done) => $('l').sheet ? done() : $('l').addEventListener('load', done))`,
    ['#a', 'margin-left', '1px'],
  ],
  [
    'an alternate sheet is chosen',
    `$('alt').disabled = true; $('alt').disabled = false; await new Promise((done) => $('alt').sheet ? done() : $('alt').addEventListener('load', done))`,
    ['#a', 'border-top-width', '3px'],
  ],
  ['…and left', `$('alt').disabled = true`, ['#a', 'border-top-width', '0px']],
  ['a style element is switched off', `$('t').disabled = true`, ['#b', 'color', 'rgb(0, 0, 0)']],
  ['…and on', `$('t').sheet.disabled = false`, ['#b', 'color', 'rgb(0, 1, 0)']],
  ['its media change', `$('t').sheet.media.mediaText = 'print'`, ['#b', 'color', 'rgb(0, 0, 0)']],
  ['…and change back', `$('t').sheet.media.mediaText = 'screen'`, ['#b', 'color', 'rgb(0, 1, 0)']],
  [
    'the media of a rule change',
    `$('s').sheet.cssRules[1].media.appendMedium('print'); $('s').sheet.cssRules[1].insertRule('#a{left:2px}', 0)`,
    ['#a', 'left', '2px'],
  ],
  [
    'a nested rule comes',
    `$('s').sheet.cssRules[2].insertRule('&:not(.y){ letter-spacing: 3px }', 0)`,
    ['#b', 'letter-spacing', '3px'],
  ],
  ['…and goes', `$('s').sheet.cssRules[2].deleteRule(0)`, ['#b', 'letter-spacing', 'normal']],
  [
    'layers and scopes come',
    `$('s').textContent = '@layer x, y; @layer y{#a{right:1px}} @layer x{#a{right:2px}} @scope (body) to (#b){ :scope > div { bottom: 3px } }'`,
    ['#a', 'right', '1px'],
  ],
  [
    'a sheet is shared by several roots',
    `window.shared = new CSSStyleSheet({ media: 'screen' }); shared.replaceSync(':host{color:rgb(5,5,5)} p:hover{color:red}'); for (const id of ['host','other']) { const root = $(id).attachShadow({ mode: 'open' }); root.innerHTML = '<p>p</p>'; root.adoptedStyleSheets = [shared] } document.adoptedStyleSheets = [shared]`,
    ['#other >>> p', 'color', 'rgb(5, 5, 5)'],
  ],
  [
    '…and replaced',
    `await shared.replace(':host{color:rgb(6,6,6)}')`,
    ['#host >>> p', 'color', 'rgb(6, 6, 6)'],
  ],
  ['…and its media change', `shared.media.mediaText = 'print'`, ['#host >>> p', 'color', 'rgb(0, 0, 0)']],
  [
    '…and it is switched off',
    `shared.media.mediaText = 'all'; shared.disabled = true`,
    ['#host >>> p', 'color', 'rgb(0, 0, 0)'],
  ],
  ['…and on', `shared.disabled = false`, ['#host >>> p', 'color', 'rgb(6, 6, 6)']],
  [
    'a link comes',
    `const link = document.createElement('link'); link.rel = 'stylesheet'; link.href = '/dark.css'; document.head.append(link); await new Promise((done) => { link.onload = done })`,
    ['#a', 'border-top-width', '3px'],
  ],
  [
    'a rule of an import changes',
    `$('l').sheet.cssRules[0].styleSheet.cssRules[1].style.marginLeft = '6px'`,
    ['#b', 'margin-left', '6px'],
  ],
  [
    '…and what it names is found from where it is',
    ``,
    ['#b', 'background-image', /^url\(".*\/r\/[\w-]+"\)$/],
  ],
  [
    'an edited link goes',
    `$('l').sheet.insertRule('#a{z-index:3}', 3); $('l').remove()`,
    ['#a', 'margin-left', '0px'],
  ],
];

describe('style sheets that scripts work on', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await openPair(browser(), { pages: { '/': PAGE, ...SHEETS } });
    await pair.leader.bringToFront();
  });
  afterAll(() => pair?.close());

  it('are equal at first', async () => {
    await expectSame(pair);
  });

  it.each(OPERATIONS)('%s', async (_what, script, shows) => {
    await act(pair, script);
    if (shows) {
      const [selector, property, value] = shows;
      await expect
        .poll(() => styleOf(pair, 'follower', selector, property), { timeout: 10_000 })
        .toEqual(typeof value === 'string' ? value : expect.stringMatching(value));
    }
    // Disabled links have no sheet here and an empty one there; an inlined import is no import any more.
    if (!/import|from where|media change|change back|media of/.test(_what)) await expectSame(pair);
  });

  it('shows the same to those who come later', async () => {
    await pair.follower.reload();
    await expect.poll(() => pair.follower.evaluate(() => !!window.follower?.mirror.document())).toBe(true);
    await expect
      .poll(() => styleOf(pair, 'follower', '#host >>> p', 'color'), { timeout: 10_000 })
      .toBe('rgb(6, 6, 6)');
  });
});

it('keeps the rules of style elements in masked parts, but not the words they write', async () => {
  const pair = await openPair(browser(), {
    pages: {
      '/': `<!doctype html><body><div class=secret><style id=s>#a{color:rgb(1,2,3)} .secret::after{content:"Account 4711"}</style><b>Ada</b></div><style id=t>#a{margin-left:5px}</style><div class=gone><style>#a{top:1px}</style></div><p id=a>a</p></body>`,
    },
    masks: { mask: ['.secret'], hide: ['.gone'], readonly: [] },
  });
  await pair.settle();
  expect(await styleOf(pair, 'follower', '#a', 'color')).toBe('rgb(1, 2, 3)');
  expect(await styleOf(pair, 'follower', '#a', 'margin-left')).toBe('5px');
  await act(pair, `$('s').sheet.insertRule('.secret::before{content:"Balance 99"}')`);
  expect(await styleOf(pair, 'follower', '.secret', 'content', '::before')).toBe('"••••••• ••"');
  await act(pair, `$('s').textContent += ' .secret i::before{content:"Limit 55"}'`);
  const wire = pair.wire() + (await pair.leader.evaluate(() => window.leader.said()));
  for (const word of ['4711', 'Balance', 'Limit 55', 'Ada']) expect(wire).not.toContain(word);
  expect([...pair.errors, ...pair.resends]).toEqual([]);
  await pair.close();
});

it('shows states of custom elements and of their parts', async () => {
  const pair = await openPair(browser(), {
    pages: {
      '/': `<!doctype html><head><style>x-a:state(on){color:rgb(1,1,1)} x-a::part(b):hover{color:rgb(2,2,2)} x-a::part(b):active{margin-left:4px} x-o::part(b):hover{letter-spacing:2px}</style>
      <script>customElements.define('x-a', class extends HTMLElement { constructor() { super(); this.internals = this.attachInternals(); this.attachShadow({ mode: 'open' }).innerHTML = '<style>:host(:state(on)) i{color:rgb(3,3,3)}</style><b part=b>b</b><i>i</i>' } });
      customElements.define('x-o', class extends HTMLElement { constructor() { super(); this.attachShadow({ mode: 'open' }).innerHTML = '<x-a exportparts=b></x-a>' } })</script></head><body><x-a></x-a><x-o></x-o></body>`,
    },
  });
  await pair.settle();
  await act(pair, `document.querySelector('x-a').internals.states.add('on')`);
  expect(await styleOf(pair, 'follower', 'x-a', 'color')).toBe('rgb(1, 1, 1)');
  expect(await styleOf(pair, 'follower', 'x-a >>> i', 'color')).toBe('rgb(3, 3, 3)');
  await pair.leader.locator('x-a b').first().hover();
  await expect.poll(() => styleOf(pair, 'follower', 'x-a >>> b', 'color')).toBe('rgb(2, 2, 2)');
  await pair.leader.mouse.down();
  await expect.poll(() => styleOf(pair, 'follower', 'x-a >>> b', 'margin-left')).toBe('4px');
  await pair.leader.mouse.up();
  await pair.leader.locator('x-o x-a b').hover();
  await expect.poll(() => styleOf(pair, 'follower', 'x-o >>> x-a >>> b', 'letter-spacing')).toBe('2px');
  expect(await styleOf(pair, 'follower', 'x-a >>> b', 'color')).toBe('rgb(1, 1, 1)');
  await act(pair, `document.querySelector('x-a').internals.states.clear()`);
  expect(await styleOf(pair, 'follower', 'x-a', 'color')).toBe('rgb(0, 0, 0)');
  await pair.close();
});

describe('pseudo-classes at random', () => {
  const PSEUDOS = [':hover', ':active', ':focus', ':focus-visible', ':focus-within', ':target', ':defined'];
  const SIMPLE = [
    'div',
    'a',
    'input',
    'x-u',
    '.p',
    '.q',
    '#t',
    '*',
    ':first-child',
    ':nth-child(2n)',
    '[class]',
  ];
  /** Small, and the same for the same seed. */
  const random = (seed: number) => {
    let state = seed;
    const next = (): number => {
      state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
      return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
    };
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
    const compound = (depth: number): string => {
      let text = next() < 0.6 ? pick(SIMPLE) : '';
      const more = 1 + Math.floor(next() * 2);
      for (let i = 0; i < more; i++)
        text +=
          depth > 0 && next() < 0.4
            ? `:${pick(['is', 'not', 'where', 'has'])}(${list(depth - 1)})`
            : pick(PSEUDOS);
      return text;
    };
    const complex = (depth: number): string =>
      next() < 0.5 ? compound(depth) : `${compound(depth)}${pick([' ', '>', '+', '~'])}${compound(depth)}`;
    const list = (depth: number): string =>
      next() < 0.7 ? complex(depth) : `${complex(depth)}, ${complex(depth)}`;
    const rule = (name: string): string => {
      const declaration = `--${name}:1;`;
      switch (Math.floor(next() * 6)) {
        case 0:
          return `${compound(1)}{ &${pick(PSEUDOS)}{${declaration}} ${compound(0)} &{${declaration}} }`;
        case 1:
          return `@scope (${compound(1)}) { ${complex(1)}{${declaration}} }`;
        case 2:
          return `@media (hover:hover), (min-width:1px){ ${list(2)}{${declaration}} }`;
        case 3:
          return `@layer l{ ${list(2)}{${declaration}} }`;
        default:
          return `${list(2)}{${declaration}}`;
      }
    };
    const sheet = (prefix: string, count: number): string =>
      Array.from({ length: count }, (_, i) => rule(`${prefix}${i}`)).join('\n');
    return { sheet };
  };
  const BODY = `<div class=p><a href=#t class=q>a</a><input id=i class=p><div id=t class=q><input type=checkbox><x-u>u</x-u></div></div><div id=host class=q><b>slotted</b></div><a id=z href=#z>z</a>`;

  it.each([1, 2, 3, 4, 5])('match alike at leader and follower (seed %s)', async (seed) => {
    const { sheet } = random(seed * 7919);
    const inner = sheet('s', 25).replaceAll('#t', ':host(:hover)');
    const pair = await openPair(browser(), {
      pages: {
        '/linked.css': sheet('l', 40),
        '/': `<!doctype html><head><link rel=stylesheet href=/linked.css><style>${sheet('e', 40)}</style><style>div,a,input,b,p{padding:3px} *{transition:none}</style></head><body>${BODY}</body>`,
      },
    });
    await act(
      pair,
      `const root = $('host').attachShadow({ mode: 'open' }); root.innerHTML = '<p class=p><slot></slot><input></p>'; const made = new CSSStyleSheet(); made.replaceSync(${JSON.stringify(inner)}); root.adoptedStyleSheets = [made]`,
    );
    await expect
      .poll(
        () => pair.follower.evaluate(() => !!window.follower.mirror.document()!.querySelector('link')?.sheet),
        { timeout: 10_000 },
      )
      .toBe(true);
    const matched = (side: 'leader' | 'follower') =>
      pair[side].evaluate(() => {
        const page = window.follower?.mirror.document() ?? document;
        const shadow = page.querySelector('#host')!.shadowRoot!;
        const names = ['l', 'e', 's'].flatMap((prefix) =>
          Array.from({ length: 40 }, (_, i) => `--${prefix}${i}`),
        );
        return [...page.body.querySelectorAll('*'), ...shadow.querySelectorAll('*')].map((element) => {
          const style = getComputedStyle(element);
          return `${element.localName} ${element.className}: ${names.filter((name) => style.getPropertyValue(name) !== '').join(' ')}`;
        });
      });
    const same = async (): Promise<void> => {
      await expect
        .poll(
          async () => {
            await pair.settle();
            return firstDifference(await matched('leader'), await matched('follower'));
          },
          { timeout: 5_000 },
        )
        .toBeUndefined();
    };
    const { leader } = pair;
    await leader.bringToFront();
    await same();
    const before = await matched('leader');
    for (const selector of ['.p > a', '#t input', '#host b', 'x-u']) {
      await leader.hover(selector);
      await same();
    }
    await leader.hover('#i');
    await leader.mouse.down();
    await same();
    expect(await matched('leader')).not.toEqual(before);
    await leader.mouse.up();
    await same();
    await leader.keyboard.press('Tab');
    await same();
    await leader.evaluate(() => {
      location.hash = 't';
    });
    await same();
    expect([...pair.errors, ...pair.resends]).toEqual([]);
    await pair.close();
  });
});

it('tells what scripts make of a sheet whose element came from another document', async () => {
  const pair = await openPair(browser(), {
    pages: {
      '/': '<!doctype html><head><style id=s>.a{color:red}</style></head><body><iframe src=/inner></iframe></body>',
      '/inner': '<!doctype html><head></head><body><p class=b>framed</p></body>',
    },
  });
  await pair.settle();
  await pair.leader.evaluate(() => {
    const { head } = document.querySelector('iframe')!.contentDocument!;
    head.append(document.querySelector('#s')!);
  });
  await expectSame(pair);
  // Its rules are still of the window that the element was made in.
  await pair.leader.evaluate(() => {
    const { sheet } = document.querySelector('iframe')!.contentDocument!.querySelector('style')!;
    (sheet!.cssRules[0] as CSSStyleRule).selectorText = '.b';
  });
  await expectSame(pair);
  await pair.close();
});

it('tells a sheet anew that nobody had adopted when the page was told again', async () => {
  const pair = await openPair(browser(), { pages: { '/': '<!doctype html><body>a</body>' } });
  await pair.settle();
  await act(
    pair,
    `window.sheet = new CSSStyleSheet(); sheet.replaceSync('.a{color:red}'); document.adoptedStyleSheets = [sheet]`,
  );
  await expectSame(pair);
  await act(pair, 'document.adoptedStyleSheets = []');
  await act(pair, 'leader.recorder.resend()');
  await act(pair, 'document.adoptedStyleSheets = [sheet]');
  await expectSame(pair);
  await pair.close();
});
