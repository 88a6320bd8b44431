// Whatever a page does is seen alike in the follower's mirror: one operation a line, compared as normalised documents.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { expectSame } from './expect-same.ts';
import { openPair, type Pair } from './pair.ts';

const PAGE = `<!doctype html><html lang="en"><head><title>Shop</title>
<style id="css">.a{color:red} .tall{height:2000px} #box{height:100px;width:200px;overflow:auto}</style>
<style id="speedy"></style>
</head><body class="page">
<h1 id="title">Hello <b>you</b></h1>
<ul id="list"><li id="l1">one</li><li id="l2">two</li><li id="l3">three</li></ul>
<div id="p1"><span id="s1">x</span></div><div id="p2"></div>
<div id="box"><div class="tall">tall</div></div>
<form id="form"><input id="text" value="start"><input id="check" type="checkbox"><input type="radio" name="r" id="r1" checked>
<input type="radio" name="r" id="r2"><textarea id="area">default</textarea><input type="number" id="number">
<select id="one"><option>a</option><option selected>b</option><option>c</option></select>
<select id="many" multiple><option>a</option><option>b</option><option>c</option></select>
<input type="hidden" id="hidden" value="token"><input type="range" id="range"></form>
<dialog id="dialog"><p>Really?</p><button>Yes</button></dialog><div id="pop" popover>pop</div>
<details id="details"><summary>More</summary>text</details>
<svg id="svg" viewBox="0 0 10 10"><defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs><rect width="5" height="5" fill="url(#g)"/></svg>
<div id="host"></div><div id="closed"></div><div id="declared"><template shadowrootmode="open"><p>declared <slot></slot></p></template>light</div>
<p id="edit" contenteditable>edit me</p><canvas id="canvas" width="40" height="20"></canvas>
<x-widget id="widget">w</x-widget>
<div class="tall"></div>
</body></html>`;

/** Runs in the leader's page. `$` finds by id. */
const OPERATIONS: [what: string, script: string][] = [
  ['a text changes', `$('title').firstChild.data = 'Good bye'`],
  [
    'an attribute comes, changes and goes',
    `$('l1').title='t'; $('l2').className='x'; $('l2').removeAttribute('class'); $('l1').dataset.state='on'`,
  ],
  [
    'a child is appended',
    `const li=document.createElement('li'); li.textContent='new'; $('list').append(li)`,
  ],
  [
    'children are put first, between and last',
    `for (const at of [0,2,99]) { const li=document.createElement('li'); li.innerHTML='<i>i</i>'+at; $('list').insertBefore(li,$('list').children[at]??null) }`,
  ],
  ['a child is removed', `$('l2').remove()`],
  ['a list is reversed', `$('list').append(...[...$('list').children].reverse())`],
  ['innerHTML', `$('p1').innerHTML='<p>a</p>text<!-- c --><p>b<em>c</em></p>'`],
  ['a node moves to another parent', `$('p2').append($('p1').querySelector('em'))`],
  [
    'nodes change places across parents',
    `const a=$('p1').firstChild,b=$('p2').firstChild; $('p1').replaceChild(b,a); $('p2').append(a)`,
  ],
  [
    'a parent is removed and its child stays',
    `const w=document.createElement('section'); w.innerHTML='<p id=kept>k</p>'; $('p1').append(w); `,
  ],
  ['…its child moves up', `const w=$('kept').parentNode; $('p2').append($('kept')); w.remove()`],
  [
    'a wrapper is put around what was there',
    `const w=document.createElement('section'); $('list').before(w); w.append($('list'))`,
  ],
  [
    'a node is taken out and put back in the same task',
    `const l=$('list'); const p=l.parentNode; l.remove(); l.append('x'); p.append(l)`,
  ],
  [
    'a detached tree is changed and put back later',
    `window.kept=$('p1'); kept.remove(); await tasks(); kept.append(document.createElement('u')); kept.firstChild?.remove(); await tasks(); document.body.prepend(kept)`,
  ],
  [
    'a child of a detached tree goes elsewhere later',
    `const d=document.createElement('div'); d.innerHTML='<i id=far>far</i>'; document.body.append(d); await tasks(); d.remove(); await tasks(); const f=d.firstChild; f.remove(); await tasks(); $('p2').append(f)`,
  ],
  [
    'a drawing has an element that no browser knows, which is not drawn',
    `const s=document.createElementNS('http://www.w3.org/2000/svg','svg'); s.innerHTML='<details><rect width="9" height="9"/></details>'; document.body.append(s)`,
  ],
  [
    'text nodes split and normalise',
    `$('p2').append('one two'); $('p2').lastChild.splitText(3); await tasks(); $('p2').normalize()`,
  ],
  ['an empty text node', `$('p2').append(document.createTextNode(''))`],
  ['text of odd characters', `$('p2').append('\\u0001 \\ud83d\\ude00 \\u2028 " \\\\ </script> é')`],
  [
    'comments come and go',
    `$('list').before(document.createComment('c')); $('list').previousSibling.remove()`,
  ],
  ['a long text', `$('p2').append('é"<'.repeat(30_000))`],
  ['a long attribute', `$('p2').dataset.long='x"'.repeat(20_000)`],
  [
    'many rows',
    `const t=document.createElement('table'); t.id='table'; t.innerHTML='<tbody>'+Array.from({length:1500},(_,i)=>'<tr id=row'+i+'><td class=c>'+i+'</td><td>text of row '+i+'</td></tr>').join(''); document.body.append(t)`,
  ],
  [
    'rows sorted',
    `const b=$('table').tBodies[0]; b.append(...[...b.rows].sort((x,y)=>(y.rowIndex*7919)%1500-(x.rowIndex*7919)%1500))`,
  ],
  ['the rows go', `$('table').remove()`],
  [
    'a field is set by script',
    `$('text').value='by script'; $('area').value='a\\nb'; $('number').value='12'; $('range').value='7'`,
  ],
  ['a value attribute changes under a dirty field', `$('text').setAttribute('value','other')`],
  ['a checkbox and a radio button', `$('check').checked=true; $('r2').checked=true`],
  ['an indeterminate checkbox', `$('check').indeterminate=true`],
  [
    'selects',
    `$('one').selectedIndex=2; $('many').options[0].selected=true; $('many').options[2].selected=true`,
  ],
  ['options change', `$('one').append(new Option('d','d',true,true)); $('many').options[0].remove()`],
  ['a form is reset', `$('form').reset()`],
  [
    'a field is stepped and replaced in',
    `$('number').value='3'; $('number').stepUp(); $('text').setRangeText('Q',0,1)`,
  ],
  [
    'a field is typed into by the browser',
    `$('text').focus(); document.execCommand('insertText', false, 'typed'); await frame()`,
  ],
  [
    'an editor is typed into',
    `$('edit').focus(); getSelection().selectAllChildren($('edit')); document.execCommand('insertText', false, 'edited'); await frame()`,
  ],
  ['an attribute comes whose name has a capital', `$('box').setAttributeNS(null, 'data-Camel', '1')`],
  ['…and goes', `$('box').removeAttributeNS(null, 'data-Camel')`],
  ['an element scrolls', `$('box').scrollTop=120; await frame()`],
  ['two things scroll in one frame', `$('box').scrollTop=40; scrollTo(0,300); await frame()`],
  ['the window scrolls back', `scrollTo(0,0); await frame()`],
  [
    'a scrolled element moves',
    `document.body.append($('box')); await frame(); $('box').scrollTop=55; await frame()`,
  ],
  ['a dialog opens as modal', `$('dialog').showModal()`],
  ['…and closes', `$('dialog').close()`],
  ['a dialog opens not modal', `$('dialog').show()`],
  ['…and loses its attribute', `$('dialog').removeAttribute('open')`],
  ['a popover shows', `$('pop').showPopover()`],
  ['…and hides', `$('pop').hidePopover()`],
  ['details open', `$('details').open=true`],
  ['a rule is inserted', `$('css').sheet.insertRule('.b{color:blue}',0)`],
  ['a rule is deleted', `$('css').sheet.deleteRule(1)`],
  [
    'rules go into an empty sheet, one by one',
    `for (let i=0;i<50;i++) $('speedy').sheet.insertRule('.s'+i+'{margin:'+i+'px}', i)`,
  ],
  ['…and one more', `$('speedy').sheet.insertRule('.last{margin:1px}', 50)`],
  ['a declaration is changed', `$('css').sheet.cssRules[0].style.color='green'`],
  [
    'the source of an edited sheet is replaced',
    `$('css').textContent='.a{color:red} #box{height:100px;width:200px;overflow:auto} .tall{height:2000px} a:hover{color:red}'`,
  ],
  [
    'a sheet is constructed and adopted',
    `window.sheet=new CSSStyleSheet(); sheet.replaceSync('.c{color:red}'); document.adoptedStyleSheets=[sheet]`,
  ],
  ['…and changed', `sheet.insertRule('.d{color:blue}',1)`],
  [
    '…and another is pushed',
    `const s=new CSSStyleSheet(); s.replaceSync('.e{top:0}'); document.adoptedStyleSheets.push(s)`,
  ],
  [
    'a shadow root is attached late',
    `$('host').attachShadow({mode:'open'}).innerHTML='<style>p{color:red}</style><p id=in>in <slot></slot></p>'`,
  ],
  [
    '…and changes',
    `const r=$('host').shadowRoot; r.querySelector('p').append('more'); r.append(document.createElement('hr')); $('host').append('slotted')`,
  ],
  ['…and adopts', `$('host').shadowRoot.adoptedStyleSheets=[sheet]`],
  [
    'a closed shadow root',
    `window.secretRoot=$('closed').attachShadow({mode:'closed'}); secretRoot.innerHTML='<input id=i value=v>'`,
  ],
  ['…and a field in it', `secretRoot.firstChild.value='inside'`],
  [
    'a nested shadow root comes with its host',
    `const d=document.createElement('div'); d.attachShadow({mode:'open'}).innerHTML='<div></div>'; d.shadowRoot.firstChild.attachShadow({mode:'open'}).innerHTML='<b>deep</b>'; $('p2').append(d)`,
  ],
  ['a host moves', `$('p1').append($('host'))`],
  [
    'SVG changes',
    `const c=document.createElementNS('http://www.w3.org/2000/svg','circle'); c.setAttribute('r','3'); $('svg').append(c); $('svg').setAttribute('viewBox','0 0 20 20')`,
  ],
  [
    'inline styles',
    `$('p1').style.cssText='color: red; --x: 1px'; $('p2').style.setProperty('margin','3px','important')`,
  ],
  [
    'a custom element is defined',
    `customElements.define('x-widget', class extends HTMLElement { constructor(){super(); this.attachShadow({mode:'open'}).innerHTML='<i>up</i>'} })`,
  ],
  ['title and address', `document.title='Cart'; history.pushState({},'','/cart?x=1')`],
  ['everything goes', `document.body.replaceChildren()`],
  ['…and comes back otherwise', `document.body.innerHTML='<main><p>new</p></main>'`],
  [
    'the document element is replaced',
    `const h=document.createElement('html'); h.innerHTML='<head><title>Cart</title></head><body>other</body>'; document.replaceChild(h, document.documentElement)`,
  ],
];

const browser = useBrowser();

async function run(pair: Pair, script: string): Promise<void> {
  await pair.leader.evaluate(async (source) => {
    const $ = (id: string) => document.getElementById(id);
    const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
    await (new AsyncFunction('$', 'frame', 'tasks', source) as (...args: unknown[]) => Promise<void>)(
      $,
      frame,
      window.leader.tasks,
    );
  }, script);
  await pair.settle();
}

describe('the mirror', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await openPair(browser(), { pages: { '/': PAGE } });
    await pair.leader.bringToFront();
  });
  afterAll(() => pair.close());

  it('shows the page', async () => {
    await pair.settle();
    await expectSame(pair);
  });

  it.each(OPERATIONS)('follows when %s', async (_what, script) => {
    await run(pair, script);
    await expectSame(pair);
    expect(pair.errors).toEqual([]);
    expect(pair.resends).toEqual([]);
  });

  it('knows title and address, and agrees with the leader and the follower in its digests', async () => {
    // One snapshot, and changes from there on: nothing had to be made good.
    expect(pair.mirror.epoch).toBe(1);
    expect(pair.mirror.url).toBe('https://www.shop.example/cart?x=1');
    expect(pair.mirror.title).toBe('Cart');
    // Digests go along a second later at most.
    await expect
      .poll(
        () => pair.takeSent().some(({ message }) => 'digest' in message && message.type === 'mirror.changed'),
        { timeout: 5_000 },
      )
      .toBe(true);
    await pair.settle();
    expect(pair.resends).toEqual([]);
    expect(await pair.leader.evaluate(() => window.leader.longest())).toBeLessThan(60_000);
  });
});

it('shows the same to one who comes later', async () => {
  const pair = await openPair(browser(), { pages: { '/': PAGE } });
  await run(
    pair,
    `$('text').value='x'; $('dialog').showModal(); $('host').attachShadow({mode:'open'}).innerHTML='<p>in'; $('box').scrollTop=33; await frame()`,
  );
  await pair.follower.reload();
  await expect.poll(() => pair.follower.evaluate(() => !!window.follower?.mirror.document())).toBe(true);
  await pair.settle();
  await expectSame(pair);
  await run(pair, `$('list').append('later')`);
  await expectSame(pair);
  await pair.close();
});

it('takes an offset back that went while nothing was laid out there', async () => {
  const pair = await openPair(browser(), {
    pages: {
      '/': '<!doctype html><div id=box style="height:60px;overflow:auto"><p style="height:900px">tall</div>',
    },
  });
  await pair.leader.bringToFront();
  for (const script of [
    `$('box').scrollTop=50; await frame()`,
    `$('box').style.display='none'; await frame()`,
    `const box=$('box'); box.remove(); document.body.append(box); await frame()`,
    `$('box').style.display=''; await frame()`,
  ]) {
    await run(pair, script);
    await expectSame(pair);
  }
  await pair.close();
});

it('lays a scrolled page out no more often than it is drawn, whatever is put in', async () => {
  const pair = await openPair(browser(), {
    pages: { '/': '<!doctype html><div style="height:4000px">tall</div><div id=list></div>' },
  });
  await run(pair, 'scrollTo(0, 700); await frame()');
  await expectSame(pair);
  await pair.follower.bringToFront();
  // An offset cannot be read without a layout.
  await pair.follower.evaluate(async () => {
    const shown = window.follower.mirror.document()!;
    const { prototype } = (shown.defaultView as Window & typeof globalThis).Element;
    const own = Object.getOwnPropertyDescriptor(prototype, 'scrollTop')!;
    let inPicture = false;
    const asked = { within: 0, between: 0, put: 0 };
    Object.assign(window, { asked });
    Object.defineProperty(prototype, 'scrollTop', {
      ...own,
      get(this: Element) {
        asked[inPicture ? 'within' : 'between']++;
        return own.get!.call(this) as number;
      },
    });
    new MutationObserver(() => asked.put++).observe(shown.getElementById('list')!, { childList: true });
    const request = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (callback) =>
      request((now) => {
        inPicture = true;
        callback(now);
        inPicture = false;
      });
    // What was asked for before runs out.
    await new Promise((resolve) => request(() => request(resolve)));
    asked.between = 0;
  });
  await pair.leader.evaluate(async () => {
    for (let i = 0; i < 20; i++) {
      document.getElementById('list')!.append(document.createElement('p'));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
  await pair.follower.waitForFunction(
    () => window.follower.mirror.document()!.getElementById('list')!.children.length === 20,
  );
  const asked = (): Promise<{ within: number; between: number; put: number }> =>
    pair.follower.evaluate(() => (window as never as { asked: never }).asked);
  await expect.poll(async () => (await asked()).within).toBeGreaterThan(0);
  const { between, put } = await asked();
  expect(put).toBeGreaterThan(0);
  expect(between).toBe(0);
  await pair.close();
});

it('begins a new page at its top, however far the one before was scrolled', async () => {
  const tall = (word: string) => `<!doctype html><p>${word}<div style="height:4000px">tall</div>`;
  const pair = await openPair(browser(), { pages: { '/': tall('first'), '/second': tall('second') } });
  await run(pair, 'scrollTo(0, 700); await frame()');
  await expectSame(pair);
  await pair.leader.evaluate(() => location.assign('/second'));
  await expect
    .poll(() => pair.follower.evaluate(() => window.follower.mirror.document()?.body.textContent))
    .toContain('second');
  await pair.settle();
  await expectSame(pair);
  await pair.close();
});

it('repairs itself after a lost message', async () => {
  const pair = await openPair(browser(), { pages: { '/': PAGE } });
  await pair.settle();
  pair.dropNext();
  await run(pair, `$('list').append(document.createElement('li'))`);
  await run(pair, `$('list').prepend(document.createElement('li'))`);
  await expect
    .poll(async () => {
      await pair.settle();
      const { leader, follower } = await pair.both();
      return JSON.stringify(leader) === JSON.stringify(follower);
    })
    .toBe(true);
  expect(pair.resends).toEqual([]);
  expect(pair.repairs).toContain('follower');
  await pair.close();
});

it('shows nested frames in their elements, and follows them', async () => {
  const inner = '<!doctype html><body><p id=in>inner</p><input id=f><iframe src=/deep></iframe></body>';
  const pair = await openPair(browser(), {
    pages: {
      '/': '<!doctype html><body><h1>outer</h1><iframe id=frame src=/inner></iframe><iframe id=off src="https://ads.example/x"></iframe></body>',
      '/inner': inner,
      '/deep': '<html><body><p id=deep>deep</p></body></html>',
    },
  });
  const deep = pair.leader.frameLocator('#frame').frameLocator('iframe').locator('#deep');
  await deep.waitFor();
  await expect.poll(() => pair.mirror.snapshot().frames.length).toBe(3);
  await pair.leader.frameLocator('#frame').locator('#f').fill('typed');
  await deep.evaluate((element) => element.append(' and deeper'));
  const equal = async (): Promise<boolean> => {
    await pair.settle();
    const strip = (value: unknown) =>
      JSON.stringify(value, (key, entry: unknown) =>
        isOff(entry) ? 'off' : key === 'scroll' ? undefined : entry,
      );
    const { leader, follower } = await pair.both();
    return strip(leader) === strip(follower);
  };
  await expect.poll(equal).toBe(true);
  expect(
    await pair.follower.evaluate(() => {
      const off = window.follower.mirror.document()!.querySelector<HTMLIFrameElement>('#off')!;
      return off.contentDocument!.body.textContent;
    }),
  ).toContain('ads.example');
  // A frame that loads another page.
  await pair.leader.evaluate(() => {
    document.querySelector<HTMLIFrameElement>('#frame')!.src = '/deep';
  });
  await pair.leader.frameLocator('#frame').locator('#deep').waitFor();
  await expect.poll(() => pair.mirror.snapshot().frames.length).toBe(2);
  await expect.poll(equal).toBe(true);
  expect(pair.errors).toEqual([]);
  await pair.close();
});
function isOff(entry: unknown): boolean {
  return (entry as { attributes?: { id?: string } } | null)?.attributes?.id === 'off';
}

it('follows to the next page, in its mode', async () => {
  const pair = await openPair(browser(), {
    pages: {
      '/': '<!doctype html><body><a href=/next>next</a></body>',
      '/next': '<html><body><table><tr><td>quirks</td></tr></table></body></html>',
    },
  });
  await pair.settle();
  const { epoch } = pair.mirror;
  await pair.leader.click('a');
  await pair.leader.waitForURL('**/next');
  await pair.settle();
  await expectSame(pair);
  expect(await pair.follower.evaluate(() => window.follower.mirror.document()?.compatMode)).toBe(
    'BackCompat',
  );
  expect(pair.mirror.epoch).toBeGreaterThan(epoch);
  await pair.close();
});

it('sends a text change on a page of 65,000 nodes in at most 200 bytes', async () => {
  const rows = Array.from(
    { length: 6_000 },
    (_, i) =>
      `<tr><td>${i}</td><td><b>name ${i}</b></td><td><i class="k">kind</i></td><td>price ${i}</td></tr>`,
  ).join('');
  const pair = await openPair(browser(), {
    pages: { '/': `<!doctype html><body><table><tbody>${rows}</tbody></table><p id=p>text</p></body>` },
  });
  await pair.settle();
  expect(pair.mirror.nodes).toBeGreaterThan(65_000);
  pair.takeSent();
  await run(pair, `document.querySelectorAll('td')[9003].firstChild.data='a new price of the day'`);
  const sent = pair.takeSent();
  expect(sent.length).toBeGreaterThan(0);
  for (const { bytes } of sent) expect(bytes.length).toBeLessThanOrEqual(200);
  const there = await pair.follower.evaluate(
    () => window.follower.mirror.document()?.querySelectorAll('td')[9003]?.textContent,
  );
  expect(there).toBe('a new price of the day');
  await pair.close();
}, 90_000);

it('holds back while told to, and sends last values then', async () => {
  const pair = await openPair(browser(), { pages: { '/': '<!doctype html><body><p id=p>0</p></body>' } });
  await pair.settle();
  pair.takeSent();
  await run(
    pair,
    `leader.recorder.hold(); for (let i=1;i<100;i++) { $('p').firstChild.data=String(i); await tasks() }`,
  );
  const said = pair
    .takeSent()
    .flatMap(({ message }) => (message.type === 'mirror.changed' ? message.ops : []));
  expect(said).toEqual([]);
  await run(pair, `leader.recorder.flow()`);
  const texts = pair
    .takeSent()
    .flatMap(({ message }) => (message.type === 'mirror.changed' ? message.ops : []));
  expect(texts).toEqual([['text', expect.any(Number), '99']]);
  await pair.close();
});

it('shows who is hovered, pressed and focused, by attributes that the style sheets ask for', async () => {
  const pair = await openPair(browser(), {
    pages: {
      '/': `<!doctype html><head><style>#a:hover b{color:rgb(1,2,3)} #f:focus{color:rgb(4,5,6)} form:focus-within{color:rgb(7,8,9)} #a:active{margin-left:7px}
        #f:focus-visible{outline:3px solid red} x-a:not(:defined){color:rgb(9,9,9)} #t:target{color:rgb(3,3,3)}</style></head>
        <body><div id=a><b>b</b></div><form><input id=f></form><x-a>x</x-a><p id=t>t</p></body>`,
    },
  });
  await pair.settle();
  const style = (selector: string, name: string): Promise<string> =>
    pair.follower.evaluate(
      ([which, property]) =>
        getComputedStyle(window.follower.mirror.document()!.querySelector(which)!).getPropertyValue(property),
      [selector, name] as const,
    );
  expect(await style('x-a', 'color')).toBe('rgb(9, 9, 9)');
  await pair.leader.hover('b');
  await expect.poll(() => style('b', 'color')).toBe('rgb(1, 2, 3)');
  await pair.leader.mouse.down();
  await expect.poll(() => style('#a', 'margin-left')).toBe('7px');
  await pair.leader.mouse.up();
  await expect.poll(() => style('#a', 'margin-left')).toBe('0px');
  await pair.leader.hover('#f');
  await expect.poll(() => style('b', 'color')).not.toBe('rgb(1, 2, 3)');
  await pair.leader.click('#f');
  await expect.poll(() => style('#f', 'color')).toBe('rgb(4, 5, 6)');
  expect(await style('form', 'color')).toBe('rgb(7, 8, 9)');
  await expect.poll(() => style('#f', 'outline-style')).toBe('solid');
  // The overlay asks for these.
  expect(await pair.follower.evaluate(() => window.follower.mirror.focused()?.id)).toBe('f');
  await pair.leader.keyboard.type('abc');
  await expect
    .poll(() => pair.follower.evaluate(() => window.follower.mirror.selection()?.focusOffset))
    .toBe(3);
  await pair.leader.evaluate(() => {
    location.hash = 't';
    customElements.define('x-a', class extends HTMLElement {});
  });
  await expect.poll(() => style('#t', 'color')).toBe('rgb(3, 3, 3)');
  await expect.poll(() => style('x-a', 'color')).not.toBe('rgb(9, 9, 9)');
  await pair.leader.evaluate(() => getSelection()!.selectAllChildren(document.querySelector('#t')!));
  await pair.leader.evaluate(() => (document.activeElement as HTMLElement).blur());
  await expect
    .poll(() => pair.follower.evaluate(() => window.follower.mirror.document()!.getSelection()?.toString()))
    .toBe('t');
  await pair.close();
});

it('shows pictures of canvases, a few a second', async () => {
  const pair = await openPair(browser(), {
    pages: { '/': '<!doctype html><body><canvas id=c width=50 height=30></canvas></body>' },
  });
  await pair.settle();
  pair.takeSent();
  await pair.leader.evaluate(async () => {
    const context = document.querySelector('canvas')!.getContext('2d')!;
    for (let i = 0; i < 60; i++) {
      context.fillStyle = `rgb(${i},0,0)`;
      context.fillRect(0, 0, 50, 30);
      await new Promise((done) => setTimeout(done, 5));
    }
  });
  await expect
    .poll(() =>
      pair.follower.evaluate(() =>
        window.follower.mirror.document()!.querySelector('canvas')!.style.getPropertyValue('content'),
      ),
    )
    .toMatch(/url\("data:image\/webp/);
  await pair.settle();
  expect(
    pair.takeSent().filter(({ message }) => JSON.stringify(message).includes('picture')).length,
  ).toBeLessThanOrEqual(6);
  const size = await pair.follower.evaluate(() => {
    const { width, height } = window.follower.mirror
      .document()!
      .querySelector('canvas')!
      .getBoundingClientRect();
    return [width, height];
  });
  expect(size).toEqual([50, 30]);
  await pair.close();
});

it('sends a sheet that grows rule by rule in pieces', async () => {
  const pair = await openPair(browser(), {
    pages: { '/': '<!doctype html><head><style id=s></style></head><body></body>' },
  });
  await run(
    pair,
    `for (let i=0;i<1000;i++) $('s').sheet.insertRule('.rule'+i+'{margin:'+i+'px;color:red}', i)`,
  );
  await expectSame(pair);
  pair.takeSent();
  await run(pair, `$('s').sheet.insertRule('.one-more:hover{margin:1px}', 1000)`);
  for (const { bytes } of pair.takeSent()) expect(bytes.length).toBeLessThan(250);
  await expectSame(pair);
  await pair.close();
});
