// Fields: values, checks and choices.
import { attributeOf, isElement, type Shown } from './shown.ts';

/** Brings a field to what was told of it. */
export function showField(shown: Shown): void {
  if (!isElement(shown)) return;
  const { node, props } = shown;
  switch (shown.tag) {
    case 'input': {
      const input = node as HTMLInputElement;
      if (input.type === 'checkbox' || input.type === 'radio') {
        const checked = props?.checked ?? attributeOf(shown, 'checked') !== undefined;
        if (input.checked !== checked) input.checked = checked;
        input.indeterminate = props?.indeterminate ?? false;
      } else if (input.type !== 'file') setValue(input, props?.value ?? attributeOf(shown, 'value') ?? '');
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

/** The field that a change of children belongs to: options to their select, text to its textarea. */
export function fieldOf(shown: Shown): Shown | undefined {
  for (let up: Shown | undefined = shown; up && isElement(up); up = up.parent) {
    if (up.tag === 'select' || up.tag === 'textarea') return up;
    if (up.tag !== 'optgroup' && up.tag !== 'option') return undefined;
  }
  return undefined;
}
