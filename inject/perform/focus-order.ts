// The order in which Tab visits the page: HTML, "sequential focus navigation", with shadow trees, slots and radio groups.
import { isEditor, isHtml, isTextField, isUnusable } from './composed-tree.ts';
import type { Focus } from './focus.ts';
import type { Page } from './page.ts';

type ShadowOf = (element: Element) => ShadowRoot | null;

/** Documents in frames, and around. */
export interface Beside {
  /** Hands the focus to the document in a frame; false when nothing is performed there. */
  enter(frame: Element, back: boolean): boolean;
  /** Hands it to the document around; false when there is none. */
  leave(back: boolean): boolean;
}

interface Move {
  page: Page;
  focus: Focus;
  back: boolean;
  shadowOf: ShadowOf;
  beside: Beside;
  /** From where, when nothing is focused: what was pressed last. */
  from?: Node | undefined;
  /** It comes from another document: from that of the frame `from`, else from the one around. */
  entering?: boolean;
}

/** Moves the focus one step in Tab order, on into frames and out of them; round at the ends where there is no document around. */
export function moveFocus({ page, focus, back, shadowOf, beside, from, entering }: Move): void {
  const active = focus.current();
  const modals = [...page.document.querySelectorAll<HTMLElement>(':modal')];
  const modal = modals.find((candidate) => candidate.contains(active)) ?? modals.at(-1);
  const order = oneOfEachRadioGroup(scopeOrder([modal ?? page.document.documentElement], shadowOf), active);
  const { length } = order;
  const step = back ? -1 : 1;
  let at = back ? length - 1 : 0;
  if (!entering) at = nextIndex(order, active, back, active === page.document.body ? from : undefined);
  else if (from) at = nextIndex(order, from as Element, back, from);
  for (let left = length; left >= 0; left--, at += step) {
    if (at < 0 || at >= length) {
      if (!modal && beside.leave(back)) {
        focus.clear();
        return;
      }
      at = back ? length - 1 : 0;
    }
    const next = order[at];
    if (!next) return;
    if (/^i?frame$/.test(next.localName)) {
      if (!beside.enter(next, back)) continue; // not shared: nobody could type there
      // not the frame itself: its document takes the focus, and a browser that is told both late undoes that [measured]
      focus.clear();
      return;
    }
    if (!focus.set(next)) continue; // not focusable after all
    next.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
    if (isTextField(next)) next.select();
    return;
  }
}

/** May lie one beside the ends. */
function nextIndex(order: Element[], active: Element, back: boolean, from: Node | undefined): number {
  const at = order.indexOf(active);
  if (at >= 0) return at + (back ? -1 : 1);
  // nothing is focused: go on from where was pressed last, as browsers do
  const start = from?.isConnected ? from : active;
  const FOLLOWING = 4;
  const PRECEDING = 2;
  const found = back
    ? order.findLastIndex((element) => start.compareDocumentPosition(element) & PRECEDING)
    : order.findIndex((element) => start.compareDocumentPosition(element) & FOLLOWING);
  return found >= 0 ? found : back ? -1 : order.length;
}

/** Elements of one focus scope: positive tabindex first, each shadow tree and slot as one piece. */
function scopeOrder(roots: Iterable<Element>, shadowOf: ShadowOf): HTMLElement[] {
  const pieces: { index: number; elements: HTMLElement[] }[] = [];
  const visit = (element: Element): void => {
    const shadow = shadowOf(element);
    const own = isTabbable(element) && !shadow?.delegatesFocus ? [element] : [];
    const index = element.hasAttribute('tabindex') ? (element as HTMLElement).tabIndex : 0;
    if (shadow) {
      const inside = index < 0 ? [] : scopeOrder(shadow.children, shadowOf);
      pieces.push({ index: Math.max(index, 0), elements: [...own, ...inside] });
      return; // its light children are met where they are slotted
    }
    if (isHtml(element, 'slot')) {
      const slotted = element.assignedElements();
      pieces.push({
        index: 0,
        elements: scopeOrder(slotted.length > 0 ? slotted : element.children, shadowOf),
      });
      return;
    }
    if (own.length > 0) pieces.push({ index, elements: own });
    const before = pieces.length;
    for (const child of element.children) visit(child);
    // what scrolls and has nothing in it to stop at is a stop itself, so that it can be scrolled by keys
    if (own.length === 0 && pieces.length === before && isScrollStop(element))
      pieces.push({ index: 0, elements: [element as HTMLElement] });
  };
  for (const root of roots) visit(root);
  const positive = pieces.filter(({ index }) => index > 0).sort((one, other) => one.index - other.index);
  return [...positive, ...pieces.filter(({ index }) => index === 0)].flatMap(({ elements }) => elements);
}

function isScrollStop(element: Element): boolean {
  const { scrollHeight, clientHeight, scrollWidth, clientWidth, ownerDocument } = element;
  if ((scrollHeight <= clientHeight && scrollWidth <= clientWidth) || clientHeight === 0) return false;
  if (element === ownerDocument.body || element === ownerDocument.documentElement || isUnusable(element))
    return false;
  const { overflowX, overflowY } = ownerDocument.defaultView!.getComputedStyle(element);
  return !element.hasAttribute('tabindex') && /auto|scroll/.test(overflowX + overflowY);
}

function isTabbable(element: Element): element is HTMLElement {
  const html = element as HTMLElement;
  const natural = isEditor(element) && !isEditor(element.parentElement) && !element.hasAttribute('tabindex');
  if (!natural && !(html.tabIndex >= 0)) return false;
  if (isHtml(element, 'a') && !element.hasAttribute('href') && !element.hasAttribute('tabindex'))
    return false;
  if (isHtml(element, 'summary') && element.parentElement?.querySelector('summary') !== element) return false;
  return element.checkVisibility({ visibilityProperty: true }) && !isUnusable(element);
}

/** Of a radio group Tab visits one: the focused, else the chosen, else the first. */
function oneOfEachRadioGroup(order: HTMLElement[], active: Element): HTMLElement[] {
  const chosen = new Map<string, HTMLElement>();
  const groupOf = (element: Element): string | undefined =>
    isHtml(element, 'input') && element.type === 'radio' && element.name !== ''
      ? `${element.name}\n${element.form ? [...page(element).forms].indexOf(element.form) : ''}`
      : undefined;
  for (const element of order) {
    const group = groupOf(element);
    if (group === undefined) continue;
    const before = chosen.get(group);
    if (!before || element === active || (before !== active && (element as HTMLInputElement).checked))
      chosen.set(group, element);
  }
  return order.filter((element) => {
    const group = groupOf(element);
    return group === undefined || chosen.get(group) === element;
  });
}

const page = (element: Element): Document => element.ownerDocument;
