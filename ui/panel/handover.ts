// Collects what the customer's page shows of itself to its own scripts, for the hand-over at Start (P1).
import type { Handover } from '../../protocol/handover.ts';

const MAX_ENTRIES = 1_000;
const MAX_KEY = 4_096;
const MAX_VALUE = 1_048_576;
const MAX_FIELDS = 2_000;
const MAX_PATH = 1_000;
const MAX_TEXT = 65_536;
const MAX_SCROLLS = 100;
const MAX_COOKIE = 65_536;

/** Never leave the page: what is typed there is for the site alone (security.md 2.5). */
const SECRET_AUTOCOMPLETE = /(^|\s)(cc-|one-time-code|current-password|new-password)/i;
const SKIPPED_TYPES = new Set(['password', 'file', 'hidden', 'submit', 'button', 'reset', 'image']);

type Field = Handover['fields'][number];

/** The person looks at an empty window meanwhile. */
const SEAL_MS = 2_000;
const MAX_SEALED = 32_768;

/**
 * Asks the site's own endpoint for what the page's scripts cannot read; it comes sealed for the gateway. Undefined when the
 * site has nothing to hand over, or does not answer: the customer then signs in again where the site wants it.
 */
export async function fetchSealed(
  page: Window,
  { path, challenge }: { path: string; challenge: string },
): Promise<string | undefined> {
  try {
    const address = new URL(path, page.location.origin);
    if (address.origin !== page.location.origin) return undefined;
    const answer = await page.fetch(address, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ challenge }),
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(SEAL_MS),
    });
    if (answer.status !== 200) return undefined;
    const { token } = (await answer.json()) as { token?: unknown };
    return typeof token === 'string' && token.length <= MAX_SEALED ? token : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param page the window of the customer's page
 * @param edited parts of the page in which the customer has written (`contenteditable`)
 */
export function collectHandover(page: Window, edited: Iterable<Element> = []): Handover {
  const { document } = page;
  const scrolls = readScrolls(document);
  return {
    url: page.location.href,
    cookie: readCookie(document),
    local: readStorage(() => page.localStorage),
    session: readStorage(() => page.sessionStorage),
    fields: [...readFields(document), ...readEdited(edited)].slice(0, MAX_FIELDS),
    scroll: [Math.max(0, page.scrollX), Math.max(0, page.scrollY)],
    ...(scrolls.length > 0 ? { scrolls } : {}),
  };
}

function readCookie(document: Document): string {
  try {
    return document.cookie.slice(0, MAX_COOKIE);
  } catch {
    // Sandboxed documents have none.
    return '';
  }
}

function readStorage(open: () => Storage): [string, string][] {
  const entries: [string, string][] = [];
  try {
    const storage = open();
    for (let index = 0; index < storage.length && entries.length < MAX_ENTRIES; index++) {
      const key = storage.key(index);
      const value = key === null ? null : storage.getItem(key);
      if (key === null || value === null || key.length > MAX_KEY || value.length > MAX_VALUE) continue;
      entries.push([key, value]);
    }
  } catch {
    // Storage is switched off in this browser: there is nothing to hand over.
  }
  return entries;
}

function readFields(document: Document): Field[] {
  const fields: Field[] = [];
  for (const element of document.querySelectorAll('input, textarea, select')) {
    if (fields.length >= MAX_FIELDS) break;
    const field = readField(element);
    if (field && field.path.length <= MAX_PATH) fields.push(field);
  }
  return fields;
}

/** Words only: markup of a page is not a thing to be put into another one. */
function readEdited(edited: Iterable<Element>): Field[] {
  const fields: Field[] = [];
  for (const element of edited) {
    if (!element.isConnected || !(element instanceof HTMLElement) || !element.isContentEditable) continue;
    const path = pathOf(element);
    const text = element.innerText;
    if (path.length <= MAX_PATH && text.length <= MAX_TEXT) fields.push({ path, text });
  }
  return fields;
}

function readScrolls(document: Document): [string, number, number][] {
  const scrolls: [string, number, number][] = [];
  const whole = document.scrollingElement;
  for (const element of document.querySelectorAll('*')) {
    const { scrollLeft, scrollTop } = element;
    if ((scrollLeft === 0 && scrollTop === 0) || element === whole) continue;
    const path = pathOf(element);
    if (path.length <= MAX_PATH) scrolls.push([path, scrollLeft, scrollTop]);
    if (scrolls.length >= MAX_SCROLLS) break;
  }
  return scrolls;
}

/** Only what differs from what the server sent: the page will come anew from there. */
function readField(element: Element): Field | undefined {
  if (SECRET_AUTOCOMPLETE.test(element.getAttribute('autocomplete') ?? '')) return undefined;
  if (element instanceof HTMLInputElement) {
    if (SKIPPED_TYPES.has(element.type)) return undefined;
    if (element.type === 'checkbox' || element.type === 'radio') {
      return element.checked === element.defaultChecked
        ? undefined
        : { path: pathOf(element), checked: element.checked };
    }
    return changedText(element);
  }
  if (element instanceof HTMLTextAreaElement) return changedText(element);
  if (element instanceof HTMLSelectElement) {
    const options = [...element.options];
    if (options.every((option) => option.selected === option.defaultSelected)) return undefined;
    const selected = options.flatMap((option, index) => (option.selected ? [index] : []));
    return { path: pathOf(element), selected };
  }
  return undefined;
}

function changedText(element: HTMLInputElement | HTMLTextAreaElement): Field | undefined {
  if (element.value === element.defaultValue || element.value.length > MAX_TEXT) return undefined;
  return { path: pathOf(element), value: element.value };
}

/** A selector that finds the element again in the same page: its id, else its way down from the nearest id. */
export function pathOf(element: Element): string {
  const steps: string[] = [];
  for (let current: Element | null = element; current; current = current.parentElement) {
    const id = current.id;
    if (id !== '' && current.ownerDocument.querySelectorAll(`#${CSS.escape(id)}`).length === 1) {
      steps.unshift(`#${CSS.escape(id)}`);
      break;
    }
    const name = current.localName;
    let position = 1;
    for (let before = current.previousElementSibling; before; before = before.previousElementSibling)
      if (before.localName === name) position++;
    steps.unshift(current.parentElement ? `${CSS.escape(name)}:nth-of-type(${position})` : CSS.escape(name));
  }
  return steps.join('>');
}
