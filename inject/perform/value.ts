// A field's value as a picker, an arrow key or a slider sets it: native setter, then input and change.
import type { Input } from '../../protocol/input.ts';
import { rememberOption } from './choosing.ts';
import { isHtml } from './composed-tree.ts';
import type { Page } from './page.ts';

/** Input types that readonly says nothing about. */
const IGNORES_READONLY = new Set(['range', 'color']);

type ValueInput = Extract<Input, { type: 'input.value' }>;

/**
 * Sets what a picker chose.
 * @param click presses a checkbox or radio, so that the page sees the whole of it
 */
export function performValue(
  page: Page,
  target: Element,
  input: ValueInput,
  click: (element: Element) => void,
): void {
  if (isHtml(target, 'select')) {
    const chosen = input.selected ?? indexOfValue(target, input.value);
    if (!chosen) return;
    const pressed = [...target.options].findLastIndex(({ selected }, at) => selected !== chosen.includes(at));
    setOptions(page, target, chosen);
    if (pressed >= 0) rememberOption(target, pressed);
    return;
  }
  if (isHtml(target, 'input') && (target.type === 'checkbox' || target.type === 'radio')) {
    // a radio is only ever switched on
    const wanted = target.type === 'radio' ? true : input.checked;
    if (input.checked !== undefined && target.checked !== wanted) click(target);
    return;
  }
  if (input.value === undefined || !(isHtml(target, 'input') || isHtml(target, 'textarea'))) return;
  if (target.readOnly && !IGNORES_READONLY.has(target.type)) return;
  setField(page, target, input.value);
}

/** The next or previous radio of the group gets focus and choice, wrapping at the ends. */
export function chooseRadio(page: Page, radio: HTMLInputElement, forward: boolean): void {
  const root = radio.getRootNode() as Document | ShadowRoot;
  const group = [...root.querySelectorAll<HTMLInputElement>('input[type=radio]')].filter(
    (other) =>
      other === radio ||
      (radio.name !== '' && other.name === radio.name && other.form === radio.form && !other.disabled),
  );
  const next = group[(group.indexOf(radio) + (forward ? 1 : -1) + group.length) % group.length]!;
  if (next === radio) return;
  next.focus({ preventScroll: true });
  page.send(next, new page.window.PointerEvent('click', { bubbles: true, cancelable: true, composed: true }));
}

/** Steps a range or number field. */
export function stepField(page: Page, field: HTMLInputElement, key: string): void {
  if (field.readOnly && field.type === 'number') return;
  const before = field.value;
  const reach = (Number(field.max || 100) - Number(field.min || 0)) / 10;
  const by =
    Number(field.step) > 0 ? Math.max(1, Math.round(reach / Number(field.step))) : Math.max(1, reach);
  const rightToLeft = page.window.getComputedStyle(field).direction === 'rtl';
  // computed apart and set by the native setter, so that React notices it
  const steps: Record<string, number> = {
    ArrowUp: 1,
    ArrowRight: rightToLeft ? -1 : 1,
    ArrowDown: -1,
    ArrowLeft: rightToLeft ? 1 : -1,
    PageUp: by,
    PageDown: -by,
  };
  if (key === 'Home' || key === 'End') {
    if (field.type !== 'range') return;
    setField(page, field, key === 'Home' ? field.min || '0' : field.max || '100');
    return;
  }
  const twin = field.cloneNode() as HTMLInputElement;
  page.setValue(twin, before);
  try {
    twin.stepUp(steps[key]!);
  } catch {
    return; // step="any" has no steps
  }
  setField(page, field, twin.value);
}

function indexOfValue(select: HTMLSelectElement, value: string | undefined): number[] | undefined {
  const found = [...select.options].findIndex((option) => option.value === value);
  return found < 0 ? undefined : [found];
}

/** Chooses exactly these options, as far as they may be; input and change follow when that is something else than before. */
export function setOptions(page: Page, select: HTMLSelectElement, chosen: readonly number[]): void {
  const wanted = new Set(select.multiple ? chosen : chosen.slice(0, 1));
  let changed = false;
  for (const [index, option] of [...select.options].entries()) {
    const selected = wanted.has(index);
    if (option.selected === selected || (option.disabled && selected)) continue;
    changed = true;
    // in a single choice the others fall by themselves
    if (select.multiple || selected) page.setSelected(option, selected);
  }
  if (changed) announce(page, select);
}

/** Sets a value; input and change follow when it is another. */
export function setField(page: Page, field: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  const before = field.value;
  page.setValue(field, value);
  if (field.value !== before) announce(page, field);
}

function announce(page: Page, field: Element): void {
  page.send(field, new page.window.Event('input', { bubbles: true, composed: true }));
  page.send(field, new page.window.Event('change', { bubbles: true }));
}
