// What the follower has done and the leader has not confirmed: what a field will hold, as far as it can be foreseen.
import type { Input } from '../../protocol/input.ts';
import { firstLetterLength, lastLetterLength } from '../../protocol/letters.ts';
import { isField } from './input/selection.ts';
import type { MirrorBelow } from './overlay-mirror.ts';

export type Field = HTMLInputElement | HTMLTextAreaElement;

/** A field's text, and where the caret or selection is in it. */
export interface FieldText {
  field: Field;
  value: string;
  start: number;
  end: number;
}

/** What is foreseen: in a field its whole text, in an editor what is typed and taken away at the caret. */
export type Foreseen =
  | (FieldText & { kind: 'field' /** Where the text that is not confirmed begins. */; from: number })
  | { kind: 'editor'; typed: string; removed: number };

interface Step {
  seq: number;
  /** ms, of `performance.now()` */
  at: number;
  input: Input;
}

/** What is not confirmed after so long is not waited for any more, ms. */
const LONGEST_MS = 5_000;

/** Inputs on their way, in order. */
export class Pending {
  readonly #mirror: MirrorBelow;
  #steps: Step[] = [];
  /** What the leader's field holds of a composition that goes on. */
  #composed = '';

  constructor(mirror: MirrorBelow) {
    this.#mirror = mirror;
  }

  get isEmpty(): boolean {
    return this.#steps.length === 0;
  }

  /** An input was sent. */
  add(seq: number, input: Input, now: number): void {
    if (input.type === 'input.key' && input.held === 'up') return;
    if (input.type === 'input.pointer' ? input.action === 'down' : TEXTUAL.has(input.type))
      this.#steps.push({ seq, at: now, input });
  }

  /** It has been performed, and all before it; what it changed is in the mirror. */
  done(seq: number): void {
    const last = this.#steps.findLast((step) => step.seq <= seq)?.input;
    if (last) this.#composed = last.type === 'input.text' && last.unfinished ? last.text : '';
    this.#steps = this.#steps.filter((step) => step.seq > seq);
  }

  /** Frame that was pressed in last, while the leader has not done it: there go the keys. */
  get pressedFrame(): number | undefined {
    return this.#steps.findLast(({ input }) => input.type === 'input.pointer')?.input.frame;
  }

  /** Whether something is under way that moves the focus by itself. */
  get movesFocus(): boolean {
    return this.#steps.some(
      ({ input }) => input.type === 'input.pointer' || (input.type === 'input.key' && input.key === 'Tab'),
    );
  }

  /** It was refused: it changes nothing. */
  refused(seq: number): void {
    this.#steps = this.#steps.filter((step) => step.seq !== seq);
  }

  clear(): void {
    this.#steps = [];
    this.#composed = '';
  }

  /** Undefined where nothing can be foreseen, and where it would be what the mirror shows anyhow. */
  foresee(now: number): Foreseen | undefined {
    while (this.#steps[0] && now - this.#steps[0].at > LONGEST_MS) this.#steps.shift();
    if (this.isEmpty) return undefined;
    let text = this.#confirmed();
    const before = text;
    let from = text?.value.length ?? 0;
    let typed = '';
    let removed = 0;
    let composed = this.#composed;
    // pressed elsewhere: where the caret is then, the leader will say
    let elsewhere = false;
    for (const { input } of this.#steps) {
      // a field shows a composition as it grows; an editor gets it when it is finished
      const replaced = input.type !== 'input.text' ? '' : input.composing ? composed : (input.replaces ?? '');
      composed = input.type === 'input.text' && input.unfinished ? input.text : '';
      if (input.type === 'input.pointer') {
        const node = this.#mirror.nodeOf(input.frame, input.node);
        text = isField(node) && mayWrite(node) ? textOf(node) : undefined;
        elsewhere = !text;
        from = text?.value.length ?? 0;
        typed = '';
        removed = 0;
        continue;
      }
      if (input.type === 'input.select') {
        const node = this.#mirror.nodeOf(input.frame, input.anchor);
        if (!isField(node) || !mayWrite(node)) {
          text = undefined;
          continue;
        }
        text = {
          ...(text?.field === node ? text : textOf(node)),
          start: Math.min(input.anchorOffset, input.focusOffset),
          end: Math.max(input.anchorOffset, input.focusOffset),
        };
        continue;
      }
      if (text) {
        const next = step(text, input, replaced);
        // It goes where nobody here can say what becomes of it: to the next field, to a button.
        if (!next) return undefined;
        if (next.value !== text.value) from = Math.min(from, text.start, next.start);
        text = next;
      } else if (input.type === 'input.text') {
        if (input.replaces || elsewhere) return undefined;
        typed += input.unfinished ? '' : input.text;
      } else if (input.type === 'input.key' && input.key === 'Backspace' && input.modifiers === 0) {
        if (typed) typed = typed.slice(0, -lastLetterLength(typed));
        else removed++;
      } else return undefined;
    }
    if (!text) return typed || removed ? { kind: 'editor', typed, removed } : undefined;
    if (
      before?.field === text.field &&
      before.value === text.value &&
      before.start === text.start &&
      before.end === text.end
    )
      return undefined;
    return { kind: 'field', ...text, from };
  }

  #confirmed(): FieldText | undefined {
    const focused = this.#mirror.focused?.();
    if (!isField(focused) || !mayWrite(focused)) return undefined;
    const text = textOf(focused);
    const selection = this.#mirror.selection?.();
    if (selection?.anchor !== focused) return text;
    const { anchorOffset, focusOffset } = selection;
    return { ...text, start: Math.min(anchorOffset, focusOffset), end: Math.max(anchorOffset, focusOffset) };
  }
}

const TEXTUAL = new Set<Input['type']>(['input.text', 'input.key', 'input.select']);
const CTRL_OR_META = 2 | 4;

const mayWrite = (field: Field): boolean => !field.readOnly && !field.disabled;

function textOf(field: Field): FieldText {
  const { length } = field.value;
  return { field, value: field.value, start: length, end: length };
}

function replace(text: FieldText, from: number, to: number, by: string): FieldText {
  const { field, value } = text;
  const room = field.maxLength >= 0 ? field.maxLength - (value.length - (to - from)) : by.length;
  const fitting = by.slice(0, Math.max(room, 0));
  const at = from + fitting.length;
  return { field, value: value.slice(0, from) + fitting + value.slice(to), start: at, end: at };
}

function shortcut(text: FieldText, letter: string): FieldText | undefined {
  if (letter === 'a') return { ...text, start: 0, end: text.value.length };
  if (letter === 'c') return text;
  return letter === 'x' ? replace(text, text.start, text.end, '') : undefined;
}

/** The text after an input; undefined where that cannot be foreseen. @param replaced what goes for it, where it stands before the caret */
function step(text: FieldText, input: Input, replaced: string): FieldText | undefined {
  const { field, value, start, end } = text;
  const single = field.localName === 'input';
  if (input.type === 'input.text') {
    // the page may have kept something else
    if (input.copiedHere) return undefined;
    if (single && /[\r\n]/.test(input.text) && !input.pasted) return undefined;
    const by = single ? input.text.replace(/[\r\n]+/g, ' ') : input.text;
    const from = start - replaced.length;
    const stands = value.slice(Math.max(from, 0), start).toLowerCase() === replaced.toLowerCase();
    return replace(text, stands ? from : start, end, by);
  }
  if (input.type !== 'input.key') return undefined;
  const { key, modifiers } = input;
  const caret = (at: number): FieldText => ({ ...text, start: at, end: at });
  const letterBefore = (): number => start - lastLetterLength(value.slice(0, start));
  const letterBehind = (): number => end + firstLetterLength(value.slice(end));
  if (modifiers & CTRL_OR_META) return shortcut(text, key.toLowerCase());
  if (modifiers) return undefined;
  switch (key) {
    case 'Backspace':
      return replace(text, start < end ? start : letterBefore(), end, '');
    case 'Delete':
      return replace(text, start, start < end ? end : letterBehind(), '');
    case 'ArrowLeft':
      return caret(start < end ? start : letterBefore());
    case 'ArrowRight':
      return caret(start < end ? end : letterBehind());
    case 'Home':
      return single ? caret(0) : undefined;
    case 'End':
      return single ? caret(value.length) : undefined;
    case 'Enter':
      return single ? undefined : replace(text, start, end, '\n');
    default:
      return undefined;
  }
}
