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
    // Not touched without need: the first touch holds the page up until the browser has read its storage from the disk.
    if (carry.local.length > 0) fill(window.localStorage, carry.local);
    if (carry.session.length > 0) fill(window.sessionStorage, carry.session);
  } catch {
    // storage refused or full: the page has to do without
  }
  const { document } = window;
  if (carry.page !== undefined && carry.page !== window.location.pathname) return;
  const onReady = () => restore(realm, carry);
  if (document.readyState === 'loading')
    natives.listen(document, 'DOMContentLoaded', onReady, { once: true });
  else onReady();
}

/** After the page has loaded, so long for parts that its scripts make late, ms. */
const LATE_MS = 5_000;

/** Fields and scroll, as soon as there is what they belong to; what the person does himself comes before. */
function restore(realm: Realm, carry: Carry): void {
  const { window, natives } = realm;
  const { document } = window;
  let fields = carry.fields;
  let scrolls: NonNullable<Carry['scrolls']> = [['', ...carry.scroll], ...(carry.scrolls ?? [])];
  scrolls = scrolls.filter(([, x, y]) => x !== 0 || y !== 0);
  const attempt = () => {
    fields = fields.filter((field) => !setField(realm, field));
    scrolls = scrolls.filter((one) => !scrollTo(realm, one, document.readyState === 'complete'));
    if (fields.length === 0 && scrolls.length === 0) stop();
  };
  const observer = new window.MutationObserver(attempt);
  const stop = () => {
    observer.disconnect();
    for (const type of ACTS) natives.unlisten(window, type, onAct, true);
  };
  const onAct = (event: Event) => {
    if (event.isTrusted) stop();
  };
  for (const type of ACTS) natives.listen(window, type, onAct, true);
  observer.observe(document, { childList: true, subtree: true });
  attempt();
  const onLoad = () => {
    attempt();
    natives.setTimeout(stop, LATE_MS);
  };
  if (document.readyState === 'complete') onLoad();
  else natives.listen(window, 'load', onLoad, { once: true });
}

const ACTS = ['pointerdown', 'keydown', 'wheel', 'touchstart'];

function find({ window, natives }: Realm, path: string): Element | null {
  try {
    return natives.query(window.document, path);
  } catch {
    return null; // the page has no such place any more
  }
}

/** @returns whether there is nothing left to do: it is there, or somebody has scrolled already */
function scrollTo(realm: Realm, [path, left, top]: [string, number, number], loaded: boolean): boolean {
  const element = path === '' ? realm.window.document.scrollingElement : find(realm, path);
  // Before all is there, what is below may still be missing.
  if (!element || !loaded) return false;
  const far = (at: number, wanted: number) => Math.abs(at - wanted) > 2;
  if (far(element.scrollLeft, 0) || far(element.scrollTop, 0)) return true;
  element.scrollTo({ left, top, behavior: 'instant' });
  return !far(element.scrollTop, top) && !far(element.scrollLeft, left);
}

function fill(storage: Storage, entries: [string, string][]): void {
  for (const [key, value] of entries) if (storage.getItem(key) === null) storage.setItem(key, value);
}

/**
 * Sets a field past the own property that frameworks put on an element, and tells the page as typing would.
 * @returns whether it is there
 */
function setField(realm: Realm, field: Carry['fields'][number]): boolean {
  const element = find(realm, field.path);
  if (element) fillField(realm, element, field);
  return element !== null;
}

function fillField(realm: Realm, element: Element, field: Carry['fields'][number]): void {
  const { window, natives } = realm;
  if (field.text !== undefined) {
    write(realm, element, field.text);
    return;
  }
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

/** Into an editable part, as typing would, so that an editor's own model learns of it. */
function write({ window, natives }: Realm, element: Element, text: string): void {
  if (!(element instanceof window.HTMLElement) || !element.isContentEditable) return;
  if (element.innerText === text) return;
  const { document } = window;
  const focused = document.activeElement;
  element.focus({ preventScroll: true });
  window.getSelection()?.selectAllChildren(element);
  // The one way that editors take for typing; nothing stands in for it (HTML editing APIs).
  if (!document.execCommand('insertText', false, text)) {
    element.textContent = text;
    natives.dispatch(element, new natives.Event('input', { bubbles: true, composed: true }));
  }
  if (focused !== element) element.blur();
}
