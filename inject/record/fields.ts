// Fields: values, checks and choices, whether a person, the browser or a script set them.
import { maskText } from '../../protocol/masking.ts';
import type { Observer, Recording } from './recording.ts';
import { listenOnRoots } from './root-events.ts';

/** Types whose value is not text that is shown. */
const WITHOUT_VALUE = new Set(['checkbox', 'radio', 'file', 'hidden', 'submit', 'reset', 'button', 'image']);
/** A choice longer than that is not shown anyway. */
const MAX_CHOSEN = 5_000;

export function startFields(recording: Recording): Observer {
  const { dom, hooks, window } = recording;

  const changed = (target: unknown): void => {
    const element = target as Element | null;
    if (!element || dom.nodeType(element) !== 1) return;
    switch (dom.localName(element)) {
      case 'input':
        recording.changedProps(element);
        // Choosing one radio button takes the choice from another, without a word.
        if (dom.inputType(element) === 'radio')
          for (const other of radiosLike(element)) recording.changedProps(other);
        return;
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
        // A reset takes place after its event.
        queueMicrotask(() => {
          for (const field of dom.queryAll(element, 'input,textarea,select')) recording.changedProps(field);
          for (const field of formFields(element)) recording.changedProps(field);
        });
    }
  };
  const radiosLike = (radio: Element): Iterable<Element> => {
    const root = radio.getRootNode() as ParentNode;
    const name = dom.getAttribute(radio, 'name');
    if (!name || typeof root.querySelectorAll !== 'function') return [];
    return [...root.querySelectorAll('input[type="radio" i]')].filter(
      (other) => dom.getAttribute(other, 'name') === name,
    );
  };
  const formFields = (form: Element): Iterable<Element> => {
    const id = dom.getAttribute(form, 'id');
    return id ? form.ownerDocument.querySelectorAll(`[form="${window.CSS.escape(id)}"]`) : [];
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
  hooks.afterCall('HTMLFormElement', ['reset'], heard);

  const onEvent = ({ target }: Event): void => changed(target);
  const types = ['input', 'change', 'reset', 'click'];
  return {
    ...listenOnRoots(types, onEvent),
    read(element, tag, props, known) {
      if (tag === 'input') {
        const type = dom.inputType(element);
        if (type === 'checkbox' || type === 'radio') {
          if (known.mask) return;
          const checked = dom.inputChecked(element);
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
        for (let i = 0; i < options.length && chosen.length < MAX_CHOSEN; i++)
          if (options[i]!.selected) chosen.push(i);
        props.selected = chosen;
      }
    },
  };
}
