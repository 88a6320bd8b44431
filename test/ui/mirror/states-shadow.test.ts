// Shadow trees of every kind are mirrored: manual slots, delegated focus, states of custom elements, and what moves into a tree that is new.
import { afterEach, expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { expectSame } from './expect-same.ts';
import { firstDifference } from './first-difference.ts';
import { act } from './looks.ts';
import { openPair, type Pair } from './pair.ts';

const browser = useBrowser();
let pair: Pair;
afterEach(() => pair?.close());

async function open(body: string, style = ''): Promise<void> {
  pair = await openPair(browser(), {
    pages: { '/': `<!doctype html><head><style>${style}</style></head><body>${body}</body>` },
  });
  await pair.leader.bringToFront();
  await pair.settle();
}
const run = (script: string): Promise<void> => act(pair, script);
it('tells what changed in nodes that have moved into a root before it was seen', async () => {
  await open('<div id=host></div><details id=d><summary>s</summary><b>b</b></details>');
  await run(`const root=$('host').attachShadow({mode:'open'}); const d=$('d'); root.append(d); await 0; await 0;
    d.style.color='red'; d.querySelector('b').textContent='changed'; d.querySelector('summary').remove()`);
  await expectSame(pair);
  await run(`const late=document.createElement('div'); $('host').shadowRoot.append(late);
    const d=$('host').shadowRoot.getElementById('d'); late.attachShadow({mode:'closed'}).append(d); await 0; await 0;
    d.title='changed there'; document.body.append(d)`);
  await expectSame(pair);
  await run(
    `document.body.setHTMLUnsafe('<p id=p>p</p><div id=h><template shadowrootmode=open><i>i</i></template></div>');`,
  );
  await run(`const p=$('p'); $('h').shadowRoot.append(p); p.title='t'`);
  await expectSame(pair);
});

it('shows what script has put into slots', async () => {
  await open('<div id=host><p id=a>a</p><p id=b>b</p></div>');
  await run(`window.root=$('host').attachShadow({mode:'closed',slotAssignment:'manual'}); root.innerHTML='<slot></slot><slot></slot>';
    root.lastChild.assign($('a')); root.firstChild.assign($('b'))`);
  await expectSame(pair);
  const tops = () =>
    pair.follower.evaluate(() => {
      const page = window.follower.mirror.document()!;
      return ['a', 'b'].map((id) => Math.round(page.getElementById(id)!.getBoundingClientRect().top));
    });
  const [a, b] = await tops();
  expect(a).toBeGreaterThan(b!);
  await run(`root.firstChild.assign(); $('a').remove()`);
  await expectSame(pair);
  await run(
    `const c=document.createElement('i'); c.textContent='c'; $('host').append(c); root.firstChild.assign(c)`,
  );
  await expectSame(pair);
});

it('gives a host the focus that it passes on, as its styles ask for', async () => {
  await open('<x-a id=host></x-a><div id=plain></div>', ':focus{color:rgb(1,2,3)}');
  await run(`$('host').attachShadow({mode:'open',delegatesFocus:true}).innerHTML='<input id=i>';
    $('plain').attachShadow({mode:'open'}).innerHTML='<input>'`);
  const colour = (id: string) =>
    pair.follower.evaluate(
      (which) => getComputedStyle(window.follower.mirror.document()!.getElementById(which)!).color,
      id,
    );
  await run(`$('host').focus()`);
  await expect.poll(() => colour('host')).toBe('rgb(1, 2, 3)');
  await run(`$('plain').shadowRoot.firstChild.focus()`);
  await expect.poll(() => colour('host')).not.toBe('rgb(1, 2, 3)');
  expect(await colour('plain')).not.toBe('rgb(1, 2, 3)');
});

it('shows a root that is attached to a host from another document', async () => {
  pair = await openPair(browser(), {
    pages: {
      '/': '<!doctype html><body><div id=host></div><iframe src=/inner></iframe></body>',
      '/inner': '<!doctype html><body></body>',
    },
  });
  await pair.settle();
  await pair.leader.evaluate(() => {
    const { body } = document.querySelector('iframe')!.contentDocument!;
    body.append(document.querySelector('#host')!);
  });
  await pair.settle();
  // Its methods are still those of the window that it was made in.
  await pair.leader.evaluate(() => {
    const inner = document.querySelector('iframe')!.contentDocument!;
    inner.querySelector('#host')!.attachShadow({ mode: 'open' }).append('in the root');
  });
  await expect
    .poll(async () => {
      const { leader, follower } = await pair.both();
      return firstDifference(leader, follower);
    })
    .toBeUndefined();
});
