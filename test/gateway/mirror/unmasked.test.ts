// Drift under the gateway's own masks: the digest is of what the recorder said, though the tree holds only dots.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLog } from '../../../gateway/log.ts';
import { Resources } from '../../../gateway/mirror/resources.ts';
import { SessionMirror } from '../../../gateway/mirror/session-mirror.ts';
import { Addresses } from '../../../protocol/address.ts';
import { Asides, openingAsides } from '../../../protocol/asides.ts';
import { hashAttributes, hashElement, hashProps, hashTextNode } from '../../../protocol/digest.ts';
import type { ElementProps, Op } from '../../../protocol/nodes.ts';

const ADDRESSES = new Addresses({
  sid: 'abcdefghijklmnop',
  scheme: 'http',
  base: 'cobrowse.localhost:8080',
  hosts: [['https://www.shop.example', 'www-shop-example', 'domain']],
  wild: [],
});
const OPENED = {
  url: 'http://www-shop-example--abcdefghijklmnop.cobrowse.localhost:8080/',
  title: 'Shop',
  nonce: '',
  masks: ['.a'],
  view: { width: 100, height: 100, ratio: 1 },
};
type Node = [tag: string, attributes: string[], children: number[], props?: ElementProps] | string;

let mirror: SessionMirror;
let questions: number;
let wire: string;
/** The page as its recorder has it, by id. */
let page: Record<number, Node>;
beforeEach(() => {
  questions = 0;
  wire = '';
  page = {
    1: ['#document', [], [2]],
    2: ['html', [], [3]],
    3: ['body', [], [4, 7, 8]],
    4: ['div', ['class', 'b', 'title', 'hunter2'], [5]],
    5: ['p', ['data-x', 'hunter2'], [6]],
    6: 'hunter2 is the word',
    7: ['input', ['type', 'text', 'value', 'hunter2', 'class', 'b'], [], { value: 'hunter2 typed' }],
    8: ['img', ['class', 'b', 'srcset', 'x'], [], { src: 'hunter2.png', natural: [3, 4] }],
  };
  const resources = new Resources({ addresses: ADDRESSES });
  const masks = { mask: ['.a', '.b'], hide: [], readonly: [] };
  mirror = new SessionMirror({ addresses: ADDRESSES, masks, resources, log: createLog('silent') });
  mirror.onMessage((message) => {
    wire += JSON.stringify(message);
  });
  mirror.onQuestion(() => {
    questions++;
  });
});
afterEach(() => mirror.clear());

/** As the recorder computes it: of all that it said, masked or not. */
function digest(): number {
  const asides = new Asides();
  for (const op of openingAsides(OPENED)) asides.note(op);
  let sum = asides.digest;
  for (const [id, node] of Object.entries(page))
    sum =
      (sum +
        (typeof node === 'string'
          ? hashTextNode(Number(id), node)
          : hashElement(Number(id), node[0], (hashAttributes(node[1]) + hashProps(node[3])) | 0, node[2]))) |
      0;
  return sum;
}

function say(...ops: Op[]): void {
  mirror.take(1, { type: 'frame.changed', ops, digest: digest() });
}

function open(): void {
  // The recorder masks by `.a` only, as if it did not understand the other selector.
  mirror.take(1, { type: 'frame.opened', ...OPENED, masks: ['.a', '.b'] }, true);
  const rows = Object.values(page).map((node) =>
    typeof node === 'string'
      ? node
      : ([node[0], node[1], node[2].length, ...(node[3] ? [node[3]] : [])] as [string, string[], number]),
  );
  mirror.take(1, { type: 'frame.snapshot', first: 1, rows, last: true });
}

it('digests agree, whatever of what is masked changes', () => {
  open();
  say();
  page[6] = 'hunter2 is another word';
  say(['text', 6, 'hunter2 is another word']);
  page[6] += ' and more of hunter2';
  say(['append', 6, '', ' and more of hunter2']);
  page[4] = ['div', ['class', 'b', 'title', 'other', 'lang', 'en'], [5]];
  say(['attr', 4, 'title', 'other'], ['attr', 4, 'lang', 'en']);
  page[5] = ['p', [], [6]];
  say(['attr', 5, 'data-x', undefined]);
  page[7] = ['input', ['type', 'text', 'value', 'hunter2', 'class', 'b'], [], { checked: true }];
  say(['props', 7, { value: null as never, checked: true }]);
  page[8] = [
    'img',
    ['class', 'b', 'srcset', 'x', 'data-y', 'a long one of hunter2'],
    [],
    { src: 'else.png' },
  ];
  say(
    ['attr', 8, 'data-y', ''],
    ['append', 8, '@data-y', 'a long one of hunter2'],
    ['props', 8, { src: 'else.png', natural: null as never }],
  );
  expect(questions).toBe(0);
  expect(wire + JSON.stringify(mirror.snapshot())).not.toContain('hunter2');
});

it('agrees on a part that becomes masked later', () => {
  page[4] = ['div', ['title', 'hunter2'], [5]];
  page[7] = ['input', ['type', 'text', 'value', 'hunter2'], [], { value: 'hunter2 typed' }];
  open();
  wire = '';
  page[4] = ['div', ['title', 'hunter2', 'class', 'b'], [5]];
  page[7] = ['input', ['type', 'password', 'value', 'hunter2'], [], { value: 'hunter2 typed' }];
  say(['attr', 4, 'class', 'b'], ['attr', 7, 'type', 'password']);
  expect(questions).toBe(0);
  expect(wire).toContain('•••');
  expect(wire).not.toContain('hunter2');
});

it('drift there is found', () => {
  open();
  say();
  page[6] = 'hunter2 has changed without a word';
  say();
  expect(questions).toBe(1);
});
