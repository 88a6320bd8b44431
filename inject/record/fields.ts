// Fields: values, checks and choices, whether a person, the browser or a script set them.
import { maskText } from '../../protocol/masking.ts';
import type { Observer, Recording } from './recording.ts';
import { listenOnRoots } from './root-events.ts';

/** Types whose value is not text that is shown. */
const WITHOUT_VALUE = new Set(['checkbox', 'radio', 'file', 'hidden', 'submit', 'reset', 'button', 'image']);
const FIELD = /^(?:input|textarea|select)$/;
/** A choice longer than that is not shown anyway. */
const MAX_CHOSEN = 5_000;

export function startFields(recording: Recording): Observer {
  const { dom, hooks, tree } = recording;
  /** Radio buttons as last told: what chooses one takes the choice from another without a word. */
  const radios = new Map<Element, boolean>();

  const changed = (target: unknown): void => {
    const element = target as Element | null;
    if (!element || dom.nodeType(element) !== 1) return;
    switch (dom.localName(element)) {
      case 'input':
      case 'textarea':
      case 'select':
        recording.changedProps(element);
        return;
      case 'option': {
        const list = element.closest('select');
        if (list) recording.changedProps(list);
        return;
      }
      case 'form':
        for (const field of dom.formElements(element)) changed(field);
    }
  };
  const heard = (self: object): void => changed(self);

  hooks.afterSet(
    'HTMLInputElement',
    ['value', 'checked', 'indeterminate', 'valueAsNumber', 'valueAsDate'],
    heard,
  );
  hooks.afterCall('HTMLInputElement', ['setRangeText', 'stepUp', 'stepDown'], heard);
  hooks.afterSet('HTMLTextAreaElement', ['value'], heard);
  hooks.afterCall('HTMLTextAreaElement', ['setRangeText'], heard);
  hooks.afterSet('HTMLSelectElement', ['value', 'selectedIndex'], heard);
  hooks.afterSet('HTMLOptionElement', ['selected'], heard);
  hooks.afterSet('HTMLOptionsCollection', ['selectedIndex'], (self) =>
    changed((self as HTMLOptionsCollection)[0]),
  );
  hooks.afterSet('RadioNodeList', ['value'], () => recording.lookSoon());
  hooks.afterCall('HTMLFormElement', ['reset'], heard);

  const events = listenOnRoots(
    ['input', 'change', 'reset', 'click', 'readystatechange'],
    ({ type, target }) => {
      if (type !== 'readystatechange') changed(target);
      // on the way back through the history the browser fills fields in, and tells nobody
      else for (const field of (target as Document).querySelectorAll('input,textarea,select')) changed(field);
    },
  );
  return {
    ...events,
    look() {
      for (const [radio, checked] of radios)
        if (!tree.of(radio)) radios.delete(radio);
        else if (dom.inputChecked(radio) !== checked) recording.recheck(radio);
    },
    tags: FIELD,
    read(element, tag, props, known) {
      if (tag === 'input') {
        const type = dom.inputType(element);
        if (type === 'checkbox' || type === 'radio') {
          if (known.mask) return;
          const checked = dom.inputChecked(element);
          if (type === 'radio') radios.set(element, checked);
          if (checked !== (dom.getAttribute(element, 'checked') !== null)) props.checked = checked;
          if (dom.inputIndeterminate(element)) props.indeterminate = true;
        } else if (!WITHOUT_VALUE.has(type)) {
          const value = dom.inputValue(element);
          if (value !== (dom.getAttribute(element, 'value') ?? ''))
            props.value = known.mask ? maskText(value) : value;
        }
      } else if (tag === 'textarea') {
        const value = dom.textareaValue(element);
        if (value !== (element.textContent ?? '')) props.value = known.mask ? maskText(value) : value;
      } else if (tag === 'select' && !known.mask) {
        const chosen: number[] = [];
        const options = dom.options(element);
        hooks.reach(options);
        for (let i = 0; i < options.length && chosen.length < MAX_CHOSEN; i++)
          if (options[i]!.selected) chosen.push(i);
        props.selected = chosen;
      }
    },
  };
}
