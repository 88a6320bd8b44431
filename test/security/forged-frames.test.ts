// A hostile page sends its own facts: nothing outside the schema and the allowlist reaches a follower, and nothing crashes.
import { describe, expect, it } from 'vitest';
import { Refused } from '../../gateway/errors.ts';
import { createLog } from '../../gateway/log.ts';
import { encodeMirror } from '../../gateway/mirror/encode.ts';
import { Resources } from '../../gateway/mirror/resources.ts';
import { SessionMirror } from '../../gateway/mirror/session-mirror.ts';
import { Addresses } from '../../protocol/address.ts';
import type { MirrorMessage } from '../../protocol/mirror-messages.ts';
import type { NodeRow } from '../../protocol/nodes.ts';
import { pageFact } from '../../protocol/page-facts.ts';
import { decodeJson, Malformed } from '../../protocol/schema.ts';

const SID = 'abcdefghijklmnop';
const PAGE = `http://www-shop-example--${SID}.cobrowse.localhost:8080`;

function start(
  masks: { mask: string[]; hide: string[]; readonly: string[] } = { mask: [], hide: [], readonly: [] },
) {
  const addresses = new Addresses({
    sid: SID,
    scheme: 'http',
    base: 'cobrowse.localhost:8080',
    hosts: [['https://www.shop.example', 'www-shop-example', 'domain']],
    wild: [],
  });
  const resources = new Resources({ addresses });
  const mirror = new SessionMirror({ addresses, masks, resources, log: createLog('silent') });
  const sent: MirrorMessage[] = [];
  mirror.onMessage((message) => {
    encodeMirror(message);
    sent.push(message);
  });
  /** As realtime does: undefined when taken, else why it was refused. */
  const forge = (json: unknown, frame = 1): string | undefined => {
    try {
      const fact = decodeJson(pageFact, typeof json === 'string' ? json : JSON.stringify(json));
      // The shell's word: these have no nonce.
      mirror.take(frame, fact, fact.type === 'frame.opened' && fact.nonce === '');
      return undefined;
    } catch (error) {
      if (error instanceof Malformed || error instanceof Refused) return error.message;
      throw error;
    }
  };
  return { mirror, resources, sent, forge };
}

const opened = (extra: object = {}) => ({
  type: 'frame.opened',
  url: `${PAGE}/`,
  title: 'Shop',
  nonce: '',
  masks: [],
  view: { width: 100, height: 100, ratio: 1 },
  ...extra,
});
const snapshot = (rows: NodeRow[], extra: object = {}) => ({
  type: 'frame.snapshot',
  first: 1,
  rows,
  last: true,
  ...extra,
});
const changed = (...ops: unknown[]) => ({ type: 'frame.changed', ops });
const document = (...rows: NodeRow[]): NodeRow[] => [
  ['#document', ['mode', 'standards'], 1],
  ['html', [], 1],
  ['body', [], rows.length],
  ...rows,
];

/** 1 document, 2 html, 3 body, 4 p, 5 text, 6 div, 7 input */
function openPage(masks?: { mask: string[]; hide: string[]; readonly: string[] }) {
  const session = start(masks);
  session.forge(opened({ masks: [...(masks?.mask ?? []), ...(masks?.hide ?? [])] }));
  session.forge(
    snapshot([
      ['#document', [], 1],
      ['html', [], 1],
      ['body', [], 3],
      ['p', [], 1],
      'text',
      ['div', [], 0],
      ['input', ['type', 'text'], 0],
    ]),
  );
  return session;
}

describe('forged facts', () => {
  const NONSENSE: [what: string, fact: unknown][] = [
    ['no JSON', '{"type":'],
    ['no object', '17'],
    ['an unknown type', { type: 'control.give', pid: 'x' }],
    ['a type of Object.prototype', { type: 'constructor' }],
    ['a prototype', '{"type":"frame.changed","ops":[],"__proto__":{"x":1}}'],
    ['an unknown field', { type: 'frame.closed', mask: false }],
    ['an unknown operation', changed(['eval', 1, 'alert(1)'])],
    ['an operation of Object.prototype', changed(['toString', 1])],
    ['an operation that is no list', changed('text')],
    ['too many places', changed(['text', 5, 'x', 'y'])],
    ['a negative id', changed(['text', -1, 'x'])],
    ['a broken id', changed(['text', 1.5, 'x'])],
    ['a huge text', changed(['text', 5, 'x'.repeat(60_000)])],
    ['an unknown node', changed(['text', 99, 'x'])],
    ['text of an element', changed(['text', 6, 'x'])],
    ['an attribute of a text', changed(['attr', 5, 'class', 'x'])],
    ['a splice of a text', changed(['children', 5, 0, 0, []])],
    ['a splice beyond the children', changed(['children', 3, 2, 9, []])],
    ['two splices of one parent', changed(['children', 3, 0, 0, []], ['children', 3, 0, 0, []])],
    ['a node within itself', changed(['children', 3, 1, 1, []], ['children', 6, 0, 0, [6]])],
    ['a circle', changed(['children', 2, 0, 1, []], ['children', 6, 0, 0, [3]])],
    ['a node in two places', changed(['children', 3, 0, 1, [4]], ['children', 6, 0, 0, [4]])],
    ['a node that moves and stays', changed(['children', 3, 3, 0, []], ['children', 6, 0, 0, [4]])],
    ['the document moved', changed(['children', 6, 0, 0, [1]])],
    ['an id used before', changed(['children', 6, 0, 0, [{ first: 4, rows: ['x'] }]])],
    ['rows that end too early', changed(['children', 6, 0, 0, [{ first: 10, rows: [['p', [], 5], 'x'] }]])],
    ['ids of a literal', changed(['children', 6, 0, 0, [{ first: 10, rows: ['x'], ids: [1] }]])],
    [
      'an odd list of attributes',
      changed(['children', 6, 0, 0, [{ first: 10, rows: [['p', ['class'], 0]] }]]),
    ],
    ['a document within', changed(['children', 6, 0, 0, [{ first: 10, rows: [['#document', [], 0]] }]])],
    ['an unknown kind of node', changed(['children', 6, 0, 0, [{ first: 10, rows: [['#evil', [], 0]] }]])],
    [
      'two shadow roots',
      changed([
        'children',
        6,
        0,
        0,
        [
          {
            first: 10,
            rows: [
              ['#shadow', [], 0],
              ['#shadow', [], 0],
            ],
          },
        ],
      ]),
    ],
    [
      'a shadow root of the document',
      changed(['children', 1, 0, 0, [{ first: 10, rows: [['#shadow', [], 0]] }]]),
    ],
    ['a frame by number', changed(['frame', 6, 7])],
    ['a frame in a paragraph', changed(['frame', 4, 'nonce'])],
    ['rules of a paragraph', changed(['rules', 4, 'x'])],
    ['sheets adopted by a paragraph', changed(['adopt', 4, [1]])],
    ['more of nothing', changed(['inserts', [4]])],
    ['a text that goes on nowhere', changed(['append', 5, '.secret', 'x'])],
    ['a property that there is not', changed(['props', 7, { onclick: 'x' }])],
    ['a property of another type', changed(['props', 7, { value: { toString: 1 } }])],
    ['a second snapshot', snapshot(document('x'))],
  ];
  it.each(NONSENSE)('%s is refused, and the followers see nothing of it', (_what, fact) => {
    const session = openPage();
    const before = session.sent.length;
    expect(session.forge(fact)).toBeTypeOf('string');
    expect(session.sent.slice(before)).toEqual([]);
    // The session lives: the page may begin anew.
    expect(session.forge(opened())).toBeUndefined();
    expect(session.forge(snapshot(document('again')))).toBeUndefined();
    expect(session.sent.at(-1)?.type).toBe('mirror.frame');
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  const BROKEN: [what: string, facts: unknown[]][] = [
    ['a snapshot without its beginning', [opened(), snapshot(['x'], { first: 5 })]],
    ['a snapshot that is no document', [opened(), snapshot([['p', [], 0]])]],
    [
      'a snapshot of two documents',
      [
        opened(),
        snapshot([
          ['#document', [], 0],
          ['#document', [], 0],
        ]),
      ],
    ],
    [
      'a snapshot that ends too early',
      [
        opened(),
        snapshot([
          ['#document', [], 2],
          ['html', [], 0],
        ]),
      ],
    ],
    ['existing nodes in a snapshot', [opened(), snapshot([['#document', [], 1], 1])]],
    ['changes before the snapshot', [opened(), changed(['title', 'x'])]],
    [
      'a document of 2,000 levels',
      [
        opened(),
        snapshot([
          ['#document', [], 1],
          ...Array.from({ length: 2_000 }, (): NodeRow => ['div', [], 1]),
          'x',
        ]),
      ],
    ],
  ];
  it.each(BROKEN)('%s is refused', (_what, facts) => {
    const session = start();
    const answers = facts.map((fact) => session.forge(fact));
    expect(answers.at(-1)).toBeTypeOf('string');
    expect(session.sent.filter(({ type }) => type === 'mirror.frame')).toEqual([]);
  });

  it('a batch without end is refused', () => {
    const session = openPage();
    let refused: string | undefined;
    for (let i = 0; i < 1_000 && refused === undefined; i++)
      refused = session.forge({ type: 'frame.changed', ops: [['title', 'x']], more: true });
    expect(refused).toBeTypeOf('string');
  });

  it('a page of too many nodes is left out and said to be', () => {
    const session = start();
    session.forge(opened());
    const rows: NodeRow[] = [
      ['#document', [], 1],
      ['html', [], 249_999],
    ];
    session.forge({ ...snapshot(rows), last: false });
    for (let first = 3; first < 260_000; first += 50_000)
      session.forge({
        type: 'frame.snapshot',
        first,
        rows: Array.from({ length: 50_000 }, () => 'x'),
        last: false,
      });
    expect(session.mirror.state).toBe('degraded');
    expect(session.mirror.nodes).toBe(0);
  });

  it('ids that leap cost nothing, and a page may use up as many as it likes', () => {
    const session = openPage();
    for (const first of [1_000, 2_000_000, 2_147_483_000])
      expect(
        session.forge(changed(['children', 6, 0, 0, [{ first, rows: [`at ${first}`] }]])),
      ).toBeUndefined();
    expect(session.forge(changed(['text', 2_000_000, 'found'], ['text', 5, 'found too']))).toBeUndefined();
    expect(session.forge(changed(['children', 6, 0, 3, []]))).toBeUndefined();
    expect(session.mirror.nodes).toBe(7);
  });

  it('frames beyond the limit are left out', () => {
    const session = openPage();
    for (let frame = 2; frame < 200; frame++) {
      expect(session.forge(opened({ nonce: `n${frame}` }), frame)).toBeUndefined();
      expect(session.forge(snapshot(document('x')), frame)).toBeUndefined();
    }
    expect(session.mirror.nodes).toBeLessThan(64 * 5);
  });

  it('a page whose recorder declared no masks is not passed on', () => {
    const session = start({ mask: ['.secret'], hide: [], readonly: [] });
    session.forge(opened({ masks: [] }));
    session.forge(snapshot(document('open secret')));
    expect(JSON.stringify(session.sent)).not.toContain('open secret');
  });

  it('frames hang only where both sides named each other, and never in a circle', () => {
    const session = openPage();
    session.forge(changed(['children', 6, 0, 0, [{ first: 10, rows: [['iframe', [], 0]] }]]));
    session.forge(opened({ nonce: 'mine' }), 2);
    session.forge(snapshot(document(['iframe', [], 0])), 2);
    expect(session.mirror.snapshot().frames).toHaveLength(1);
    // The frame names itself as its own parent.
    expect(session.forge(changed(['frame', 4, 'mine']), 2)).toBeUndefined();
    expect(session.mirror.snapshot().frames).toHaveLength(1);
    expect(session.forge(changed(['frame', 10, 'mine']))).toBeUndefined();
    expect(session.mirror.snapshot().frames).toHaveLength(2);
    session.forge(changed(['children', 6, 0, 1, []]));
    expect(session.mirror.snapshot().frames).toHaveLength(1);
  });
});

/** Everything that may not be in a message to a follower, looked for in each row and operation. */
function findHarm(message: unknown): string[] {
  const harm: string[] = [];
  const attribute = (tag: string, name: string, value: string): void => {
    if (
      /^on/i.test(name) ||
      /^(?:srcdoc|ping|action|formaction|http-equiv|target|autofocus|nonce|integrity)$/i.test(name)
    )
      harm.push(`${tag} ${name}`);
    // A sheet without an address is not fetched (HTML 4.2.4.3), and a custom element that is not defined fetches nothing.
    const isNowhere = value === '' && (tag === 'link' || tag.includes('-'));
    if (
      /^(?:src|href|xlink:href|poster)$/i.test(name) &&
      !isNowhere &&
      !/^(?:\/r\/[\w-]{22}(?:#.*)?|#.*|data:,|data:(?:image|font|video|audio)\/.*|https?:\/\/.*)$/s.test(
        value,
      )
    )
      harm.push(`${tag} ${name}=${value}`);
    if (/^(?:src|poster)$/i.test(name) && /^https?:/.test(value)) harm.push(`${tag} ${name}=${value}`);
    if (name === 'style' && /url\(["']?(?!\/r\/|data:|#)/.test(value)) harm.push(`${tag} ${name}=${value}`);
  };
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) {
      if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) visit(inner);
      return;
    }
    const [tag, attributes, count] = value as unknown[];
    if (
      typeof tag === 'string' &&
      Array.isArray(attributes) &&
      typeof count === 'number' &&
      tag !== 'adopt'
    ) {
      if (!/^(?:#document|#shadow|svg:(?:[a-zA-Z]+|tandem-other)|math:[a-z]+|[a-z][a-z0-9._-]*)$/.test(tag))
        harm.push(`tag ${tag}`);
      if (/^(?:object|embed|applet|svg:script|svg:set|svg:handler)$/.test(tag)) harm.push(`tag ${tag}`);
      if (/^(?:script|noscript|template|iframe)$/.test(tag) && count > 0) harm.push(`children of ${tag}`);
      for (let i = 0; i < attributes.length; i += 2)
        attribute(tag, String(attributes[i]), String(attributes[i + 1]));
    }
    if (tag === 'attr') attribute('?', String(value[2]), String(value[3] ?? '#'));
    for (const inner of value) visit(inner);
  };
  visit(message);
  return harm;
}

describe('hostile content in legal facts', () => {
  const ROWS: NodeRow[] = [
    ['script', ['src', 'https://evil.example/x.js'], 0],
    ['script', [], 1],
    'alert(1)',
    ['img', ['src', 'x', 'onerror', 'alert(1)'], 0],
    ['img', ['src', 'javascript:alert(1)'], 0],
    ['img', ['src', 'https://evil.example/leak.png'], 0],
    ['img', ['src', 'data:text/html,<script>alert(1)</script>'], 0],
    ['img', ['srcset', 'https://evil.example/leak.png 2x', 'src', '/ok.png'], 0],
    ['iframe', ['src', 'javascript:alert(1)', 'srcdoc', '<script>alert(1)</script>'], 0],
    ['object', ['data', 'data:text/html,x'], 0],
    ['embed', ['src', 'x'], 0],
    ['applet', ['code', 'x'], 0],
    ['meta', ['http-equiv', 'refresh', 'content', '0;url=https://evil.example'], 0],
    ['base', ['href', 'https://evil.example/'], 0],
    ['a', ['href', 'javascript:alert(1)', 'ping', 'https://evil.example', 'target', '_top'], 0],
    ['a', ['href', ' java\nscript:alert(1)'], 0],
    ['a', ['href', 'data:text/html,x'], 0],
    ['form', ['action', 'https://evil.example'], 0],
    ['button', ['formaction', 'javascript:alert(1)', 'autofocus', ''], 0],
    ['link', ['rel', 'stylesheet', 'href', 'https://evil.example/x.css'], 0],
    ['link', ['rel', 'prefetch', 'href', '/x'], 0],
    ['link', ['rel', 'import', 'href', '/x'], 0],
    ['p', ['style', 'background:url(https://evil.example/leak)'], 0],
    ['p', ['ONCLICK', 'alert(1)', 'OnMouseOver', 'alert(1)'], 0],
    ['p', ['tandem-label', 'console', 'a"b', 'x', '1x', 'y'], 0],
    ['svg:svg', ['onload', 'alert(1)'], 3],
    ['svg:script', [], 0],
    ['svg:a', ['xlink:href', 'javascript:alert(1)'], 1],
    ['svg:animate', ['attributeName', 'xlink:href', 'values', 'javascript:alert(1)'], 0],
    ['svg:use', ['href', 'data:image/svg+xml,<svg id="x" onload="alert(1)"/>#x'], 0],
    ['math:mtext', ['xlink:href', 'javascript:alert(1)'], 0],
    ['{http://www.w3.org/1999/xhtml}script', [], 0],
    ['html:script', [], 0],
    ['video', ['src', '//evil.example/v.mp4', 'poster', 'https://evil.example/p.png', 'autoplay', ''], 0],
    ['portal', ['src', 'https://evil.example'], 0],
    ['input', ['type', 'image', 'src', 'https://evil.example/i.png', 'formaction', 'x'], 0],
    ['noscript', [], 1],
    '<img src=https://evil.example/leak>',
    ['template', [], 1],
    '<b>x</b>',
    ['body', ['background', 'https://evil.example/leak.png'], 0],
    ['x-evil', ['onclick', 'x', 'src', 'https://evil.example'], 0],
    ['frame', ['src', 'javascript:alert(1)'], 0],
    ['textarea', ['form', 'f', 'popovertarget', 'p', 'commandfor', 'c'], 0],
    ['tandem-layer', [], 0],
  ];
  /** Without those within others. */
  const tops = ROWS.length - 7;

  it('is made harmless in a snapshot', () => {
    const session = start();
    session.forge(opened());
    expect(
      session.forge(snapshot([['#document', [], 1], ['html', [], 1], ['body', [], tops], ...ROWS])),
    ).toBeUndefined();
    expect(session.sent.flatMap(findHarm)).toEqual([]);
    expect(findHarm(session.mirror.snapshot())).toEqual([]);
    const wire = JSON.stringify(session.sent);
    expect(wire).not.toMatch(/alert\(1\)|javascript:/i);
    expect(wire.match(/evil\.example/g)?.length ?? 0).toBe(0);
  });

  it('is made harmless in a change', () => {
    const session = openPage();
    expect(session.forge(changed(['children', 6, 0, 0, [{ first: 100, rows: ROWS }]]))).toBeUndefined();
    const image = session.mirror.find(1, 103);
    expect(image?.tag).toBe('img');
    for (const [name, value] of [
      ['onerror', 'alert(1)'],
      ['src', 'javascript:alert(1)'],
      ['src', '//evil.example/x.png'],
      ['srcset', '//evil.example/x'],
      ['style', 'background:url(//evil.example/x)'],
    ])
      expect(session.forge(changed(['attr', 103, name, value]))).toBeUndefined();
    expect(
      session.forge(
        changed(['props', 103, { src: 'https://evil.example/leak.png', picture: 'https://evil.example/p' }]),
      ),
    ).toBeUndefined();
    expect(session.sent.flatMap(findHarm)).toEqual([]);
    expect(JSON.stringify(session.sent)).not.toMatch(/alert\(1\)|javascript:|evil\.example/i);
  });

  it('style sheets load nothing from outside the view host', () => {
    const session = openPage();
    const css =
      '@import "https://evil.example/a.css";@import url(//evil.example/b.css);a{background:u\\72l(https://evil.example/c)}b{background:url("https://evil.exam\\70le/d")}@font-face{src:url(https://evil.example/f)}c{background:image-set("https://evil.example/e" 1x)}';
    session.forge(
      changed([
        'children',
        6,
        0,
        0,
        [{ first: 100, rows: [['style', [], 1], css, ['link', ['rel', 'stylesheet'], 0]] }],
      ]),
    );
    session.forge(changed(['sheet', 1, css], ['adopt', 1, [1]], ['rules', 102, css]));
    const wire = JSON.stringify(session.sent.slice(1));
    expect(wire).not.toMatch(/evil\.exam/);
  });
});
