// Validity of fields as the browser shows it: what only the leader's browser knows, and its words beside the field.
import { findActive } from './active.ts';
import { hideMaskedWords } from './masked-words.ts';
import type { Observer, Recording } from './recording.ts';
import { listenOnRoots } from './root-events.ts';

const FIELDS = ['HTMLInputElement', 'HTMLTextAreaElement', 'HTMLSelectElement'];
/** Browsers take their words away by themselves after about that long, ms; longer ones later. */
const SAID_FOR = 5_000;
const SAID_PER_CHARACTER = 50;

export function startValidity(recording: Recording): Observer {
  const { dom, hooks } = recording;
  /** Fields that a person or a check has to do with: whether the browser judges them changes in many ways. */
  const judged = new Set<Element>();
  /** Custom elements that may take part in forms, by what the page holds of them. */
  const owners = new WeakMap<object, Element>();
  const owned = new WeakSet<Element>();
  let refusals: Event[] = [];
  let says: Element | undefined;
  let words = '';
  let timer: number | undefined;

  const heard = (target: object): void => {
    if (dom.nodeType(target) !== 1) return;
    const element = target as HTMLInputElement;
    const tag = dom.localName(element);
    if (tag === 'form') for (const field of dom.formElements(element)) heard(field);
    if (tag !== 'input' && tag !== 'textarea' && tag !== 'select' && !owned.has(element)) return;
    judged.add(element);
    recording.changedProps(element);
  };
  const silence = (): void => {
    dom.clearTimeout(timer);
    const before = says;
    says = undefined;
    if (before) recording.changedProps(before);
  };
  /** The browser goes to the first field, unless the page speaks for itself, and says there what is wrong. */
  const hearWords = (): void => {
    const first = refusals.find(({ defaultPrevented }) => !defaultPrevented)?.target as Element | undefined;
    refusals = [];
    if (!first || first !== findActive(recording)) return;
    silence();
    const { validationMessage } = first as HTMLInputElement;
    words = hideMaskedWords(recording, validationMessage).slice(0, 1_000);
    says = first;
    recording.changedProps(first);
    timer = dom.setTimeout(silence, Math.max(SAID_FOR, SAID_PER_CHARACTER * words.length));
  };
  const onEvent = (event: Event): void => {
    const { type, target } = event;
    if (type === 'invalid') {
      if (refusals.length === 0) dom.setTimeout(hearWords, 0);
      refusals.push(event);
    } else if (says && type !== 'submit') silence();
    if (!target) return;
    heard(target);
    // Who tries to send a form has all of it judged.
    if (type === 'invalid' && (target as HTMLInputElement).form) heard((target as HTMLInputElement).form!);
  };
  for (const type of FIELDS) {
    hooks.afterCall(type, ['setCustomValidity'], heard);
    // That one is silent.
    hooks.afterCall(type, ['checkValidity'], () => {
      refusals = [];
    });
  }
  hooks.afterCall('HTMLFormElement', ['checkValidity'], () => {
    refusals = [];
  });
  hooks.afterCall('HTMLElement', ['attachInternals'], (self, _args, result) => {
    owners.set(result as ElementInternals, self as Element);
    owned.add(self as Element);
  });
  hooks.afterCall('ElementInternals', ['setValidity'], (self) => {
    const element = owners.get(self);
    if (element) heard(element);
  });
  return {
    ...listenOnRoots(['input', 'change', 'focusout', 'invalid', 'submit', 'reset'], onEvent),
    look() {
      for (const element of judged)
        if (dom.isConnected(element)) recording.recheck(element);
        else judged.delete(element);
    },
    tags: /^(?:input|textarea|select)$|-/,
    read(element, tag, props, known) {
      if (tag !== 'input' && tag !== 'textarea' && tag !== 'select') {
        if (owned.has(element) && judged.has(element) && dom.matches(element, ':invalid'))
          props.invalid = true;
        return;
      }
      const { validity } = element as HTMLInputElement;
      if (
        validity.customError ||
        validity.badInput ||
        validity.tooLong ||
        validity.tooShort ||
        (known.mask && !validity.valid)
      )
        props.invalid = true;
      if (!judged.has(element)) return;
      if (dom.matches(element, ':user-invalid')) props.user = 'invalid';
      else if (dom.matches(element, ':user-valid')) props.user = 'valid';
      if (element === says && !known.mask && !validity.valid && words !== '') props.says = words;
    },
    stop: () => dom.clearTimeout(timer),
  };
}
