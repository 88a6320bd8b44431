// State carried over from the customer's own tab at Start (P1): storages before any page script, fields and scroll when they are there.
import type { Carry } from '../protocol/ports.ts';
import type { Realm } from './realm.ts';

/**
 * Applies the state once: the gateway gives it to the first document only, but the browser may show that document again
 * from its cache.
 */
export function applyCarry(realm: Realm, carry: Carry): void {
  const { window, natives } = realm;
  const [entry] = window.performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  if (entry && entry.type !== 'navigate') return;
  try {
    fill(window.localStorage, carry.local);
    fill(window.sessionStorage, carry.session);
  } catch {
    // storage refused or full: the page has to do without
  }
  const { document } = window;
  const onReady = () => {
    for (const field of carry.fields) setField(realm, field);
  };
  if (document.readyState === 'loading')
    natives.listen(document, 'DOMContentLoaded', onReady, { once: true });
  else onReady();
  const [x, y] = carry.scroll;
  const onLoad = () => {
    if (window.scrollX === 0 && window.scrollY === 0)
      window.scrollTo({ left: x, top: y, behavior: 'instant' });
  };
  if (x !== 0 || y !== 0) natives.listen(window, 'load', onLoad, { once: true });
}

function fill(storage: Storage, entries: [string, string][]): void {
  for (const [key, value] of entries) if (storage.getItem(key) === null) storage.setItem(key, value);
}

/** Sets a field past the own property that frameworks put on an element, and tells the page as typing would. */
function setField(realm: Realm, field: Carry['fields'][number]): void {
  const { window, natives } = realm;
  let element: Element | null = null;
  try {
    element = natives.query(window.document, field.path);
  } catch {
    return; // the page has no such place any more
  }
  if (!element) return;
  const set = (owner: { prototype: object }, name: string, value: unknown) => {
    const setter = Object.getOwnPropertyDescriptor(owner.prototype, name)?.set;
    if (setter) natives.apply(setter, element, [value]);
  };
  if (element instanceof window.HTMLSelectElement) {
    if (!field.selected) return;
    const { options } = element;
    for (let index = 0; index < options.length; index++) {
      const option = options[index]!;
      const selected = field.selected.includes(index);
      if (option.selected !== selected) option.selected = selected;
    }
  } else if (element instanceof window.HTMLTextAreaElement) {
    if (field.value === undefined || element.value === field.value) return;
    set(window.HTMLTextAreaElement, 'value', field.value);
  } else if (element instanceof window.HTMLInputElement) {
    if (element.type === 'file' || element.type === 'hidden') return;
    if (field.checked !== undefined && (element.type === 'checkbox' || element.type === 'radio')) {
      if (element.checked === field.checked) return;
      set(window.HTMLInputElement, 'checked', field.checked);
    } else if (field.value !== undefined && element.value !== field.value)
      set(window.HTMLInputElement, 'value', field.value);
    else return;
  } else return;
  for (const type of ['input', 'change'])
    natives.dispatch(element, new natives.Event(type, { bubbles: true, composed: type === 'input' }));
}
