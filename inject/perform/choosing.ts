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
  typed: string;
  typedAt: number;
}

const memories = new WeakMap<HTMLSelectElement, Memory>();

function memoryOf(select: HTMLSelectElement): Memory {
  const last = [...select.options].findLastIndex(({ selected }) => selected);
  const memory = memories.get(select) ?? { anchor: last, at: last, typed: '', typedAt: 0 };
  // the page or a picker chose something else meanwhile
  if (!select.options[memory.at]?.selected) memory.at = memory.anchor = last;
  memories.set(select, memory);
  return memory;
}

/** A press chose or took back this option: the next arrow goes on from it. */
export function rememberOption(select: HTMLSelectElement, at: number): void {
  Object.assign(memoryOf(select), { anchor: at, at });
}

/**
 * What a key chooses in a select.
 * @param extend Shift is held
 */
export function chooseByKey(page: Page, select: HTMLSelectElement, key: string, extend: boolean): void {
  const memory = memoryOf(select);
  const options = [...select.options].filter(
    (option) =>
      !option.disabled &&
      !option.hidden &&
      !(isHtml(option.parentElement, 'optgroup') && option.parentElement.disabled),
  );
  const places = options.map(({ index }) => index);
  if (places.length === 0) return;
  let to: number | undefined;
  if (key.length === 1) to = findTyped(memory, options, key);
  else if (key === 'Home') to = places[0];
  else if (key === 'End') to = places.at(-1);
  else {
    const step = key.startsWith('Page') ? Math.max(select.size - 1, 3) : 1;
    const forward = /Down|Right/.test(key);
    const on = places.filter((at) => (forward ? at > memory.at : at < memory.at));
    if (!forward) on.reverse();
    // pages count what cannot be chosen too
    to = on.find((at) => Math.abs(at - memory.at) >= step) ?? on.at(-1);
  }
  if (to === undefined) return;
  memory.at = to;
  if (!select.multiple || !extend || memory.anchor < 0) memory.anchor = to;
  const [low, high] = [Math.min(memory.anchor, to), Math.max(memory.anchor, to)];
  setOptions(
    page,
    select,
    places.filter((at) => at >= low && at <= high),
  );
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
