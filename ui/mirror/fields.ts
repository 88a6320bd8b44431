// Fields: values, checks and choices.
import { setAttribute } from './build.ts';
import { attributeOf, isElement, type Shown } from './shown.ts';

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Brings a field to what was told of it. */
export function showField(shown: Shown): void {
  if (!isElement(shown)) return;
  const { node, props } = shown;
  const set = (name: string, on: boolean | undefined): unknown => node.toggleAttribute(name, on === true);
  set('tandem-open', props?.open);
  set('tandem-user-valid', props?.user === 'valid');
  set('tandem-user-invalid', props?.user === 'invalid');
  // What the leader's field says by itself, this one says too; for the rest there is custom validity.
  if (shown.tag.includes('-')) set('tandem-invalid', props?.invalid);
  else (node as Partial<Field>).setCustomValidity?.(props?.invalid ? ' ' : '');
  switch (shown.tag) {
    case 'input': {
      const input = node as HTMLInputElement;
      if (input.type === 'checkbox' || input.type === 'radio') {
        const checked = isChecked(shown);
        if (input.checked !== checked) input.checked = checked;
        input.indeterminate = props?.indeterminate ?? false;
      } else if (input.type !== 'file') setValue(input, props?.value ?? attributeOf(shown, 'value') ?? '');
      // A type may have taken the value for its attribute (HTML, 4.10.5), here at another moment than at the leader's.
      const told = attributeOf(shown, 'value') ?? null;
      if (input.getAttribute('value') !== told) setAttribute(input, 'value', told);
      return;
    }
    case 'textarea':
      setValue(node as HTMLTextAreaElement, props?.value ?? node.textContent ?? '');
      return;
    case 'select': {
      const select = node as HTMLSelectElement;
      const chosen = new Set(props?.selected ?? []);
      const { options } = select;
      for (let i = 0; i < options.length; i++) {
        const option = options[i]!;
        if (option.selected !== chosen.has(i)) option.selected = chosen.has(i);
      }
      if (chosen.size === 0 && !select.multiple) select.selectedIndex = -1;
    }
  }
}

function setValue(field: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  if (field.value === value) return;
  try {
    field.value = value;
  } catch {
    // A type that takes no value from scripts.
  }
}

/**
 * Radio buttons and named details, of which the browser lets one at a time be chosen or open: on the way from one state to another
 * it may have taken that from one that nothing was told of.
 */
export class Groups {
  readonly #members = new Set<Shown>();

  note(shown: Shown): void {
    if (shown.tag === 'input' || shown.tag === 'details') this.#members.add(shown);
  }

  gone(shown: Shown): void {
    this.#members.delete(shown);
  }

  /** After each batch. What is off goes off first. */
  show(): void {
    for (const on of [false, true])
      for (const shown of this.#members) {
        if (shown.tag === 'details') {
          const details = shown.node as HTMLDetailsElement;
          if ((attributeOf(shown, 'open') !== undefined) === on && details.open !== on) details.open = on;
          continue;
        }
        const input = shown.node as HTMLInputElement;
        if (input.type === 'radio' && isChecked(shown) === on && input.checked !== on) input.checked = on;
      }
  }
}

function isChecked(shown: Shown): boolean {
  return shown.props?.checked ?? attributeOf(shown, 'checked') !== undefined;
}

/** The field that a change of children belongs to: options to their select, text to its textarea. */
export function fieldOf(shown: Shown): Shown | undefined {
  let depth = 0;
  for (let up: Shown | undefined = shown; up && isElement(up); up = up.parent) {
    if (up.tag === 'select' || up.tag === 'textarea') return up;
    // Options may lie in whatever a page puts around them.
    if (++depth > 5) return undefined;
  }
  return undefined;
}
