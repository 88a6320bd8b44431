// A follower looks for what is masked: on the wire from the page, on the wire to him, and behind resource ids.
import { describe, expect, it } from 'vitest';
import { createLog } from '../../gateway/log.ts';
import { Resources } from '../../gateway/mirror/resources.ts';
import { SessionMirror } from '../../gateway/mirror/session-mirror.ts';
import { Addresses } from '../../protocol/address.ts';
import type { MirrorMessage } from '../../protocol/mirror-messages.ts';
import type { NodeRow, Op } from '../../protocol/nodes.ts';
import { openPair } from '../ui/mirror/pair.ts';
import { useBrowser } from '../use-browser.ts';

const MASKS = {
  mask: ['.secret', 'section.private p', '[data-account] > b'],
  hide: ['#hidden', '.internal'],
  readonly: ['.fixed'],
};

const PAGE = `<!doctype html><html><head><title>Bank</title></head><body>
<p class="secret">SECRET-class <b title="SECRET-title" data-x="SECRET-data">SECRET-child</b><img alt="SECRET-alt" src="/SECRET-src.png"></p>
<section class="private"><p>SECRET-descendant</p><div>plain one</div></section>
<div data-account="plain"><b>SECRET-attribute</b><i>plain two</i></div>
<div id="hidden"><p>SECRET-hidden</p><input value="SECRET-hiddenfield"></div>
<div data-cobrowse="mask">SECRET-marked<input value="SECRET-markedfield" placeholder="SECRET-placeholder" aria-label="SECRET-label"></div>
<div data-cobrowse="hide">SECRET-markedhidden</div>
<input type="password" id="password" value="SECRET-password">
<input autocomplete="cc-number" id="card" value="SECRET-card"><input autocomplete="section-a billing cc-csc" value="SECRET-csc">
<textarea autocomplete="one-time-code">SECRET-code</textarea>
<select autocomplete="cc-exp-month"><option>SECRET-month</option></select>
<input type="hidden" value="SECRET-token"><input type="text" id="plain" value="plain three">
<div id="later">plain four</div><div id="home"></div>
</body></html>`;

/** What the customer's page does; none of it may show a secret. */
const DEEDS = [
  `$('password').value='SECRET-typed'`,
  `$('password').type='text'`,
  `$('password').value='SECRET-eye'; $('password').setAttribute('value','SECRET-eyeattribute')`,
  `$('card').value='SECRET-4111'; $('card').dispatchEvent(new Event('input',{bubbles:true}))`,
  `document.querySelector('.secret b').firstChild.data='SECRET-changed'`,
  `document.querySelector('.secret').append('SECRET-appended'); document.querySelector('.secret b').title='SECRET-retitled'`,
  `const p=document.createElement('p'); p.textContent='SECRET-inserted'; document.querySelector('section').append(p)`,
  `$('hidden').innerHTML='<b>SECRET-rehidden</b>'`,
  `$('later').className='secret'; $('later').textContent='SECRET-later'`,
  `$('later').title='SECRET-latertitle'; $('later').innerHTML='<i>SECRET-laterchild</i>'`,
  `const d=document.createElement('div'); d.className='internal'; d.textContent='SECRET-internal'; $('home').append(d)`,
  `const d=document.createElement('div'); d.innerHTML='<p>SECRET-moved</p>'; d.dataset.cobrowse='hide'; document.body.append(d)`,
  `const p=document.createElement('p'); p.textContent='plain five'; $('home').append(p); await tasks(); document.querySelector('section').append(p); await tasks(); p.textContent='SECRET-movedin'`,
  `const r=document.querySelector('.secret'); const h=document.createElement('div'); r.append(h); h.attachShadow({mode:'closed'}).innerHTML='<p title=SECRET-shadowtitle>SECRET-shadow</p>'`,
  `$('home').className='private'; const s=document.createElement('section'); s.innerHTML='<p id=turn>plain six</p>'; document.body.append(s); await tasks(); s.className='private'; await tasks(); $('turn').textContent='SECRET-turned'`,
];

const browser = useBrowser();

it('what is masked never leaves the page, whatever the page does', async () => {
  const pair = await openPair(browser(), { pages: { '/': PAGE }, masks: MASKS });
  await pair.settle();
  // Unmasked content and the boxes of what is left out are there.
  const seen = await pair.follower.evaluate(() => window.follower.mirror.document()!.body.textContent);
  for (const word of ['one', 'two', 'four']) expect(seen).toContain(`plain ${word}`);
  expect(
    await pair.follower.evaluate(
      () => (window.follower.mirror.document()!.querySelector('#hidden') as HTMLElement).offsetHeight,
    ),
  ).toBeGreaterThan(10);
  for (const deed of DEEDS) {
    await pair.leader.evaluate(async (source) => {
      const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
      await (new AsyncFunction('$', 'tasks', source) as (...args: unknown[]) => Promise<void>)(
        (id: string) => document.getElementById(id),
        window.leader.tasks,
      );
    }, deed);
    await pair.settle();
  }
  expect(pair.errors).toEqual([]);
  // The gateway had nothing left to mask: what it got was masked already.
  const found = (text: string): string[] => text.match(/SECRET-\w*/g) ?? [];
  expect(found(await pair.leader.evaluate(() => window.leader.said()))).toEqual([]);
  expect(found(pair.wire())).toEqual([]);
  expect(JSON.stringify(pair.mirror.snapshot())).not.toMatch(/SECRET-/);
  expect(
    await pair.follower.evaluate(() => window.follower.mirror.document()!.documentElement.outerHTML),
  ).not.toMatch(/SECRET-/);
  await pair.close();
});

it('which key of a masked pad is pointed at, pressed or focused is told to nobody', async () => {
  const pair = await openPair(browser(), {
    pages: {
      '/': '<!doctype html><body><div class="secret"><span><button id="k1">1</button><button id="k2">2</button></span><input id="typed"></div><p id="free">free</p></body>',
    },
    masks: MASKS,
  });
  const states = (): Promise<(string | null)[]> =>
    pair.follower.evaluate(() =>
      ['hover', 'active', 'focus'].map((kind) => {
        const marked = window.follower.mirror.document()!.querySelectorAll(`[tandem-${kind}]`);
        return marked.length === 0
          ? null
          : marked[marked.length - 1]!.className || marked[marked.length - 1]!.localName;
      }),
    );
  await pair.settle();
  const said = (await pair.leader.evaluate(() => window.leader.said())).length;
  const key = (await pair.leader.locator('#k2').boundingBox())!;
  await pair.leader.mouse.move(key.x + 3, key.y + 3);
  await pair.leader.mouse.down();
  await pair.settle();
  expect(await states()).toEqual(['secret', 'secret', 'secret']);
  const news = (await pair.leader.evaluate(() => window.leader.said())).slice(said);
  const id = await pair.leader.evaluate(() => window.leader.recorder.idOf(document.querySelector('#k2')!));
  expect(news).not.toMatch(new RegExp(`\\["state","[a-z-]+",${id}\\]`));
  await pair.leader.mouse.up();
  await pair.leader.locator('#typed').focus();
  await pair.settle();
  expect((await states())[2]).toBe('input');
  await pair.close();
});

describe('a recorder that does not mask', () => {
  const SID = 'abcdefghijklmnop';
  const addresses = new Addresses({
    sid: SID,
    scheme: 'http',
    base: 'cobrowse.localhost',
    hosts: [['https://shop.example', 'shop-example', 'domain']],
    wild: [],
  });

  function open(rows: NodeRow[]) {
    const resources = new Resources({ addresses });
    const mirror = new SessionMirror({ addresses, masks: MASKS, resources, log: createLog('silent') });
    const sent: MirrorMessage[] = [];
    mirror.onMessage((message) => sent.push(message));
    mirror.take(
      1,
      {
        type: 'frame.opened',
        url: `http://shop-example--${SID}.cobrowse.localhost/`,
        title: '',
        nonce: '',
        masks: [...MASKS.mask, ...MASKS.hide],
        view: { width: 1, height: 1, ratio: 1 },
      },
      true,
    );
    mirror.take(1, {
      type: 'frame.snapshot',
      first: 1,
      rows: [['#document', [], 1], ['html', [], 1], ...rows],
      last: true,
    });
    const change = (...ops: Op[]): void => mirror.take(1, { type: 'frame.changed', ops });
    const wire = (): string => JSON.stringify([sent, mirror.snapshot()]);
    return { mirror, sent, change, wire };
  }

  it.each<[what: string, rows: NodeRow[]]>([
    ['a password', [['input', ['type', 'Password', 'value', 'SECRET'], 0, { value: 'SECRET' }]]],
    [
      'a card field',
      [['input', ['autocomplete', 'shipping cc-number', 'title', 'SECRET'], 0, { value: 'SECRET' }]],
    ],
    [
      'text in a masked part',
      [['div', ['class', 'a secret'], 1], ['b', ['title', 'SECRET', 'data-v', 'SECRET'], 1], 'SECRET'],
    ],
    ['a descendant selector', [['section', ['class', 'private'], 1], ['div', [], 1], ['p', [], 1], 'SECRET']],
    ['a child selector', [['div', ['data-account', ''], 1], ['b', [], 1], 'SECRET']],
    ['a hidden part', [['div', ['id', 'hidden'], 1], ['b', [], 1], 'SECRET']],
    ['a mark', [['div', ['data-cobrowse', 'x mask'], 1], 'SECRET']],
    [
      'a picture in a masked part',
      [
        ['p', ['class', 'secret'], 2],
        ['img', ['src', '/SECRET.png', 'alt', 'SECRET'], 0, { src: '/SECRET' }],
        ['canvas', [], 0, { picture: 'data:image/png;base64,SECRET' }],
      ],
    ],
    ['a shadow root in a masked part', [['p', ['class', 'secret'], 1], ['#shadow', [], 1], 'SECRET']],
    ['a hidden field', [['input', ['type', 'hidden', 'value', 'SECRET'], 0, { value: 'SECRET' }]]],
  ])('%s is masked by the gateway', (_what, rows) => {
    const { wire } = open(rows);
    expect(wire()).not.toContain('SECRET');
  });

  it('what was masked stays masked when the mark goes, until it is sent anew', () => {
    const { change, wire, mirror } = open([
      ['body', [], 2],
      ['p', ['class', 'secret'], 1],
      'SECRET one',
      ['input', ['type', 'password'], 0],
    ]);
    change(['attr', 4, 'class', 'open'], ['attr', 6, 'type', 'text']);
    change(
      ['text', 5, 'SECRET two'],
      ['props', 6, { value: 'SECRET three' }],
      ['attr', 6, 'value', 'SECRET four'],
    );
    change(
      ['append', 5, '', ' SECRET five'],
      ['append', 6, '.value', 'SECRET six'],
      ['append', 6, '@value', 'SECRET seven'],
    );
    expect(wire()).not.toContain('SECRET');
    expect(mirror.find(1, 6)?.masked).toBe(true);
    change(['children', 3, 0, 1, [{ first: 100, rows: [['p', ['class', 'open'], 1], 'shown anew'] }]]);
    expect(wire()).toContain('shown anew');
  });

  it('what becomes masked is taken back from the followers', () => {
    const { change, sent, mirror } = open([['body', [], 1], ['p', ['title', 'WAS OPEN'], 1], 'WAS OPEN']);
    sent.length = 0;
    change(['attr', 4, 'class', 'secret']);
    expect(JSON.stringify(sent)).toContain('••• ••••');
    expect(sent.flatMap((message) => (message.type === 'mirror.changed' ? message.ops : []))).toContainEqual([
      'attr',
      4,
      'title',
      undefined,
    ]);
    expect(JSON.stringify(mirror.snapshot())).not.toContain('WAS OPEN');
    sent.length = 0;
    change(['attr', 4, 'data-cobrowse', 'hide']);
    expect(sent.flatMap((message) => (message.type === 'mirror.changed' ? message.ops : []))).toContainEqual([
      'children',
      4,
      0,
      1,
      [],
    ]);
  });

  it('what moves into a masked part is masked there', () => {
    const { change, wire, mirror } = open([
      ['body', [], 2],
      ['p', [], 1],
      'later secret',
      ['div', ['class', 'secret'], 0],
    ]);
    change(['children', 3, 0, 1, []], ['children', 6, 0, 0, [4]]);
    expect(JSON.stringify(mirror.snapshot())).not.toContain('later secret');
    change(['text', 5, 'SECRET']);
    change(['children', 6, 0, 1, []], ['children', 3, 0, 0, [4]]);
    expect(wire()).not.toContain('SECRET');
  });

  it('that names the pressed key of a masked pad is not repeated', () => {
    const { change, sent, mirror } = open([
      ['body', [], 1],
      ['div', ['class', 'secret'], 1],
      ['span', [], 2],
      ['button', [], 0],
      ['input', ['type', 'button'], 0],
    ]);
    change(['state', 'active', 6], ['state', 'hover', 7]);
    const ops = sent.flatMap((message) => (message.type === 'mirror.changed' ? message.ops : []));
    expect(ops).toEqual([
      ['state', 'active', 4],
      ['state', 'hover', 4],
    ]);
    expect(mirror.snapshot().frames[0]!.ops).toEqual(expect.arrayContaining(ops));
  });

  it('parts that agents may not edit are known as such', () => {
    const { mirror } = open([
      ['body', [], 1],
      ['div', ['class', 'fixed'], 1],
      ['input', ['type', 'text'], 0],
    ]);
    expect(mirror.find(1, 5)).toEqual({
      tag: 'input',
      type: 'text',
      masked: false,
      readonly: true,
      file: false,
    });
  });
});
