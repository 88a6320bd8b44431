// Keys in a select: arrows, Home, End and letters, in a list box with Shift as the browser has it.
import { isHtml } from './composed-tree.ts';
import type { Page } from './page.ts';
import { setOptions } from './value.ts';

/** Letters typed within this time belong together, ms. */
const TYPE_AHEAD_MS = 1000;

/** What a select remembers between two keys. */
interface Memory {
  /** Where a range of Shift begins, and the option that the next arrow goes on from. */
  anchor: number;
  at: number;
  /** The option was moved to, not chosen. */
  apart?: boolean;
  typed: string;
  typedAt: number;
}

const memories = new WeakMap<HTMLSelectElement, Memory>();

function memoryOf(select: HTMLSelectElement): Memory {
  const last = [...select.options].findLastIndex(({ selected }) => selected);
  const memory = memories.get(select) ?? { anchor: last, at: last, typed: '', typedAt: 0 };
  // the page or a picker chose something else meanwhile; with Ctrl one stands beside what is chosen
  if (!memory.apart && !select.options[memory.at]?.selected) memory.at = memory.anchor = last;
  memories.set(select, memory);
  return memory;
}

/** A press chose or took back this option: the next arrow goes on from it. */
export function rememberOption(select: HTMLSelectElement, at: number): void {
  Object.assign(memoryOf(select), { anchor: at, at, apart: false });
}

/**
 * What a key chooses in a select.
 * @param extend Shift is held
 */
export function chooseByKey(page: Page, select: HTMLSelectElement, key: string, extend: boolean): void {
  const memory = memoryOf(select);
  const options = choosable(select);
  const places = options.map(({ index }) => index);
  const to = key.length === 1 ? findTyped(memory, options, key) : findMoved(select, memory, places, key);
  if (to === undefined) return;
  memory.at = to;
  memory.apart = false;
  if (!select.multiple || !extend || memory.anchor < 0) memory.anchor = to;
  const [low, high] = [Math.min(memory.anchor, to), Math.max(memory.anchor, to)];
  setOptions(
    page,
    select,
    places.filter((at) => at >= low && at <= high),
  );
}

/**
 * What a key with Ctrl does in a list of several: A chooses all, arrows move on and leave the choice as it is, Space adds or takes away.
 * @returns false for other keys
 */
export function chooseWithCtrl(page: Page, select: HTMLSelectElement, key: string): boolean {
  const memory = memoryOf(select);
  const places = choosable(select).map(({ index }) => index);
  const chosen = [...select.selectedOptions].map(({ index }) => index);
  const to = findMoved(select, memory, places, key);
  if (to !== undefined) Object.assign(memory, { at: to, anchor: to, apart: true });
  else if (key.toLowerCase() === 'a') setOptions(page, select, places);
  else if (key === ' ' && places.includes(memory.at)) {
    const others = chosen.filter((at) => at !== memory.at);
    setOptions(page, select, others.length < chosen.length ? others : [...chosen, memory.at]);
  } else return MOVES.test(key);
  return true;
}

function choosable(select: HTMLSelectElement): HTMLOptionElement[] {
  return [...select.options].filter(
    (option) =>
      !option.disabled &&
      !option.hidden &&
      !(isHtml(option.parentElement, 'optgroup') && option.parentElement.disabled),
  );
}

/** Keys that move within a field. */
export const MOVES = /^(?:Arrow|Page|Home$|End$)/;

/** Where a key leads from the option that was chosen last. */
function findMoved(
  select: HTMLSelectElement,
  memory: Memory,
  places: number[],
  key: string,
): number | undefined {
  if (key === 'Home') return places[0];
  if (key === 'End') return places.at(-1);
  if (!MOVES.test(key)) return undefined;
  const step = key.startsWith('Page') ? Math.max(select.size - 1, 3) : 1;
  const forward = /Down|Right/.test(key);
  const on = places.filter((at) => (forward ? at > memory.at : at < memory.at));
  if (!forward) on.reverse();
  // pages count what cannot be chosen too
  return on.find((at) => Math.abs(at - memory.at) >= step) ?? on.at(-1);
}

/** The same letter again goes to the next one that begins with it. */
function findTyped(memory: Memory, options: HTMLOptionElement[], key: string): number | undefined {
  const now = performance.now();
  const before = now - memory.typedAt < TYPE_AHEAD_MS ? memory.typed : '';
  const typed = before + key.toLowerCase();
  Object.assign(memory, { typed, typedAt: now });
  const same = [...typed].every((letter) => letter === typed[0]);
  const wanted = same ? typed[0]! : typed;
  const after = options.findIndex(({ index }) => (same ? index > memory.at : index >= memory.at));
  const order = after < 0 ? options : [...options.slice(after), ...options.slice(0, after)];
  return order.find(({ label }) => label.trim().toLowerCase().startsWith(wanted))?.index;
}
