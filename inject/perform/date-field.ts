// Date and time fields by keys: digits, arrows and separators go to the part that the caret would be in, as the browser's own field has it.
import { isHtml } from './composed-tree.ts';
import type { Page } from './page.ts';
import { setField } from './value.ts';

/** Parts of each type, as they stand in its value. */
const PARTS: Record<string, readonly string[]> = {
  date: ['year', 'month', 'day'],
  month: ['year', 'month'],
  week: ['year', 'week'],
  time: ['hour', 'minute'],
  'datetime-local': ['year', 'month', 'day', 'hour', 'minute'],
};
const RANGE: Record<string, readonly [low: number, high: number]> = {
  year: [1, 275760],
  month: [1, 12],
  day: [1, 31],
  week: [1, 53],
  hour: [0, 23],
  minute: [0, 59],
};

/** What is written in a field by parts; its value is there once all of them are. */
interface Written {
  /** Value of the field that the parts belong to. */
  value: string;
  parts: Map<string, number>;
  /** Which part of the order the keys go to. */
  at: number;
  /** Digits typed into it so far. */
  digits: string;
  /** Afternoon, on a clock of twelve hours. */
  late: boolean | undefined;
}

/** Writing of one page. */
export interface DateFields {
  /**
   * A key in a date or time field.
   * @param language of who presses it: his browser shows him the parts in that order
   * @returns false when the target is no such field, or the key nothing to it
   */
  press(target: Element, key: string, language: string): boolean;
}

/** Makes the date fields of a page. */
export function createDateFields(page: Page): DateFields {
  let last: HTMLInputElement | undefined;
  let written: Written | undefined;

  const read = (field: HTMLInputElement, names: readonly string[]): Written => {
    if (last === field && written?.value === field.value) return written;
    const numbers = field.value.match(/\d+/g) ?? [];
    const parts = new Map(
      names.flatMap((name, at) => (numbers[at] ? [[name, Number(numbers[at])] as const] : [])),
    );
    last = field;
    return {
      value: field.value,
      parts,
      at: 0,
      digits: '',
      late: parts.has('hour') ? parts.get('hour')! > 11 : undefined,
    };
  };

  return {
    press(target, key, language) {
      const names = isHtml(target, 'input') ? PARTS[target.type] : undefined;
      if (!names) return false;
      const field = target as HTMLInputElement;
      const now = read(field, names);
      written = now;
      if (field.readOnly || field.disabled) return true;
      const order = orderOf(names, language);
      const name = order[now.at]!;
      const go = (by: number, stay = false): void => {
        if (stay && now.at === order.length - 1) return;
        now.at = Math.min(Math.max(now.at + by, 0), order.length - 1);
        now.digits = '';
      };
      if (key === 'ArrowLeft' || key === 'ArrowRight') go(key === 'ArrowLeft' ? -1 : 1);
      else if (key === 'ArrowUp' || key === 'ArrowDown') {
        step(now, name, key === 'ArrowUp' ? 1 : -1);
      } else if (key === 'Backspace' || key === 'Delete') {
        if (name === 'late') now.late = undefined;
        else now.parts.delete(name);
        now.digits = '';
      } else if (/^\d$/.test(key)) {
        if (name === 'late') return true;
        type(now, name, key, order.includes('late'));
        const full = now.digits.length >= (name === 'year' ? 6 : 2);
        if (full || Number(`${now.digits}0`) > RANGE[name]![1]) go(1, true);
      } else if (/^[ap]$/i.test(key) && order.includes('late')) late(now, /p/i.test(key));
      else if (/^[-/.:, ]$/.test(key) && now.digits) go(1);
      else return false;
      const all =
        names.every((part) => now.parts.has(part)) && !(order.includes('late') && now.late === undefined);
      setField(page, field, all ? assemble(field.type, now.parts) : '');
      now.value = field.value;
      return true;
    },
  };
}

function late(now: Written, is: boolean): void {
  now.late = is;
  const hour = now.parts.get('hour');
  if (hour !== undefined) now.parts.set('hour', (hour % 12) + (is ? 12 : 0));
}

function type(now: Written, name: string, digit: string, ofTwelve: boolean): void {
  now.digits += digit;
  const number = Number(now.digits);
  const twelve = name === 'hour' && ofTwelve;
  now.parts.set(name, Math.min(twelve ? (number % 12) + (now.late ? 12 : 0) : number, RANGE[name]![1]));
}

/** One up or down within the part, round at its ends; an empty one begins with what is today. */
function step(now: Written, name: string, by: number): void {
  if (name === 'late') {
    late(now, !now.late);
    return;
  }
  const [low, high] = RANGE[name]!;
  const before = now.parts.get(name);
  const first = name === 'year' ? new Date().getFullYear() : by > 0 ? low : high;
  const size = high - low + 1;
  const next = before === undefined ? first : ((before - low + by + size) % size) + low;
  now.parts.set(name, next);
  if (name === 'hour') now.late = next > 11;
  now.digits = '';
}

/** The parts in the order of a language, `late` for morning or afternoon. */
function orderOf(names: readonly string[], language: string): string[] {
  if (names.includes('week')) return ['week', 'year'];
  const options: Record<string, string> = {};
  for (const name of names) options[name] = '2-digit';
  const wanted = (found: string): string => (found === 'dayPeriod' ? 'late' : found);
  const order = (tag: string | undefined): string[] =>
    new Intl.DateTimeFormat(tag, options)
      .formatToParts()
      .map(({ type: found }) => wanted(found))
      .filter((found) => found === 'late' || found in RANGE);
  try {
    return order(language || undefined);
  } catch {
    return order(undefined);
  }
}

function assemble(type: string, parts: Map<string, number>): string {
  const two = (name: string): string => String(parts.get(name)).padStart(2, '0');
  const year = String(parts.get('year')).padStart(4, '0');
  const time = `${two('hour')}:${two('minute')}`;
  if (type === 'time') return time;
  if (type === 'week') return `${year}-W${two('week')}`;
  if (type === 'month') return `${year}-${two('month')}`;
  return `${year}-${two('month')}-${two('day')}${type === 'date' ? '' : `T${time}`}`;
}
