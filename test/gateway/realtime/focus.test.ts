// The focused element, as the mirror's messages tell it.
import { expect, it } from 'vitest';
import { Focus } from '../../../gateway/realtime/focus.ts';
import type { MirrorMessage } from '../../../protocol/mirror-messages.ts';
import type { Op } from '../../../protocol/nodes.ts';

const changed = (frame: number, ...ops: Op[]): MirrorMessage => ({
  type: 'mirror.changed',
  epoch: 1,
  seq: 1,
  frame,
  ops,
});
const page = (frame: number, parent?: [number, number], ...ops: Op[]): MirrorMessage => ({
  type: 'mirror.frame',
  epoch: 1,
  seq: 0,
  frame: { frame, rows: [], ids: [], ops, ...(parent ? { parent } : {}) },
});

it('follows the focus in each document, and names the latest where none is asked for', () => {
  const focus = new Focus();
  expect(focus.find(undefined)).toBeUndefined();
  focus.take(page(1, undefined, ['state', 'focus', 7]));
  focus.take(page(2, [1, 5], ['state', 'focus', 3]));
  expect(focus.find(1)).toEqual({ frame: 1, node: 7 });
  expect(focus.find(undefined)).toEqual({ frame: 2, node: 3 });
  focus.take(changed(2, ['state', 'focus', 0]));
  expect(focus.find(2)).toBeUndefined();
});

it('forgets all documents when another page comes', () => {
  const focus = new Focus();
  focus.take(page(1, undefined, ['state', 'focus', 7]));
  focus.take(page(4));
  expect(focus.find(1)).toBeUndefined();
});

it('does not take hover for focus', () => {
  const focus = new Focus();
  focus.take(changed(1, ['state', 'hover', 7]));
  expect(focus.find(1)).toBeUndefined();
});
