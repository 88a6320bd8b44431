// The order in which Tab visits the page: HTML, "sequential focus navigation", with shadow trees, slots and radio groups.
import { isEditor, isHtml, isTextField, isUnusable } from './composed-tree.ts';
import type { Focus } from './focus.ts';
import type { Page } from './page.ts';

type ShadowOf = (element: Element) => ShadowRoot | null;

/** Moves the focus one step in Tab order, wrapping at the ends (there is no browser bar to go on to). */
export function moveFocus(page: Page, focus: Focus, back: boolean, shadowOf: ShadowOf, from?: Node): void {
  const active = focus.current();
  const modals = [...page.document.querySelectorAll<HTMLElement>(':modal')];
  const scope =
    modals.find((modal) => modal.contains(active)) ?? modals.at(-1) ?? page.document.documentElement;
  const order = oneOfEachRadioGroup(scopeOrder([scope], shadowOf), active);
  if (order.length === 0) return;
  const start = nextIndex(order, active, back, active === page.document.body ? from : undefined);
  for (let step = 0; step < order.length; step++) {
    const next = order[(start + (back ? -step : step) + order.length) % order.length]!;
    if (!focus.set(next)) continue; // not focusable after all
    next.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
    if (isTextField(next)) next.select();
    return;
  }
}

function nextIndex(order: Element[], active: Element, back: boolean, from: Node | undefined): number {
  const at = order.indexOf(active);
  if (at >= 0) return (at + (back ? -1 : 1) + order.length) % order.length;
  // nothing is focused: go on from where was pressed last, as browsers do
  const start = from?.isConnected ? from : active;
  const FOLLOWING = 4;
  const PRECEDING = 2;
  const found = back
    ? order.findLastIndex((element) => start.compareDocumentPosition(element) & PRECEDING)
    : order.findIndex((element) => start.compareDocumentPosition(element) & FOLLOWING);
  return found >= 0 ? found : back ? order.length - 1 : 0;
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
    for (const child of element.children) visit(child);
  };
  for (const root of roots) visit(root);
  const positive = pieces.filter(({ index }) => index > 0).sort((one, other) => one.index - other.index);
  return [...positive, ...pieces.filter(({ index }) => index === 0)].flatMap(({ elements }) => elements);
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
