// What input may touch: a list of fields and inputs with the answer for each.
import { expect, it } from 'vitest';
import type { FoundElement } from '../../../gateway/mirror/session-mirror.ts';
import { type Fields, protectedBy } from '../../../gateway/realtime/input.ts';
import type { Input } from '../../../protocol/input.ts';

const plain: FoundElement = { tag: 'input', type: 'text', masked: false, readonly: false, file: false };
const KINDS: Record<string, FoundElement | undefined> = {
  plain,
  password: { ...plain, type: 'password' },
  masked: { ...plain, masked: true },
  readonly: { ...plain, readonly: true },
  file: { ...plain, type: 'file', file: true },
  gone: undefined,
};
const fieldsOf = (field: FoundElement | undefined): Fields => ({ find: () => field, focused: () => field });

const pointer = (action: 'move' | 'down' | 'up' | 'cancel'): Input => ({
  type: 'input.pointer',
  frame: 1,
  node: 2,
  x: 0,
  y: 0,
  action,
  button: 0,
  buttons: 0,
  clicks: 1,
  pointer: 'mouse',
  modifiers: 0,
});
const key = (name: string, held?: 'up'): Input => ({
  type: 'input.key',
  key: name,
  code: name,
  modifiers: 0,
  repeat: false,
  ...(held ? { held } : {}),
});
const INPUTS: Record<string, Input> = {
  value: { type: 'input.value', frame: 1, node: 2, value: 'x' },
  text: { type: 'input.text', text: 'x' },
  Delete: key('Delete'),
  Tab: key('Tab'),
  // let go in another field than it was pressed in: it must not stay down there
  'd let go': key('d', 'up'),
  composed: { type: 'input.text', text: 'x', composing: true, unfinished: true },
  down: pointer('down'),
  'down with its point': { ...pointer('down'), client: { x: 1, y: 1 } } as Input,
  up: pointer('up'),
  move: pointer('move'),
  wheel: { type: 'input.wheel', frame: 1, node: 2, x: 0, y: 0, dx: 0, dy: 1, modifiers: 0 },
};

const P = 'field-protected';
const F = 'file-chooser';
const TABLE: [field: string, expected: Record<string, string | undefined>][] = [
  ['plain', {}],
  ['password', { value: P, text: P, Delete: P, composed: P }],
  ['masked', { value: P, text: P, Delete: P, composed: P }],
  ['readonly', { value: P, text: P, Delete: P, composed: P, down: P, 'down with its point': P, up: P }],
  ['file', { value: F, text: F, Delete: F, composed: F, down: F, 'down with its point': F, up: F }],
  // the leader looks for what stands in its place, and protects that
  ['gone', { value: 'stale', down: 'stale' }],
];

it.each(TABLE)('a %s field', (field, expected) => {
  for (const [name, input] of Object.entries(INPUTS))
    expect(protectedBy(fieldsOf(KINDS[field]), input), `${name} on ${field}`).toBe(expected[name]);
});

it('what lies in another document under a pointer that is released is asked too', () => {
  const find = (frame: number): FoundElement | undefined => (frame === 2 ? KINDS.readonly : plain);
  const fields: Fields = { find, focused: () => undefined };
  const over = { frame: 2, node: 3, x: 0, y: 0 };
  expect(protectedBy(fields, { ...pointer('up'), over } as Input)).toBe(P);
  expect(protectedBy(fields, { ...pointer('move'), over } as Input)).toBe(undefined);
});
