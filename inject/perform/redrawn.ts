// A press on what the page has drawn anew since the follower saw it: lists, tickers and editors replace their elements all the time.
import { elementAt, flatChain, flatClosest } from './composed-tree.ts';

type ShadowOf = (element: Element) => ShadowRoot | null;

/** Attributes that a person knows an element by. Ids and classes are not: they are made anew with it, or say its state. */
const NAMES = ['name', 'href', 'src', 'type', 'value', 'title', 'alt', 'aria-label', 'role', 'placeholder'];
const NAMED = NAMES.map((name) => `[${name}]`).join();
const PRESSABLE = 'a,button,input,label,option,select,summary,textarea,[role],[onclick],[tabindex]';

/**
 * What stands at a point of the viewport in place of an element that is gone. It must look the same, with all that went with it: what
 * else has come there since, another row for one, the follower never saw.
 */
export function findRedrawn(gone: Element, x: number, y: number, shadowOf: ShadowOf): Element | undefined {
  const hit = elementAt(gone.ownerDocument, x, y, shadowOf);
  if (!hit) return undefined;
  const top = [...flatChain(gone)].at(-1)!;
  const look = lookOf(top);
  const twin = flatClosest(hit, (other) => other.localName === top.localName && lookOf(other) === look);
  return twin && lookOfPressable(hit, twin) === lookOfPressable(gone, top) ? hit : undefined;
}

/** An icon among others has nothing but its class. */
function lookOf(element: Element): string {
  const named = [element, ...element.querySelectorAll(NAMED)].map((one) =>
    NAMES.map((name) => one.getAttribute(name) ?? '').join('\n'),
  );
  const look = `${element.textContent}\n${named.join('\n')}`.trim();
  return look === '' ? (element.getAttribute('class') ?? '') : look;
}

/** @param within nothing above it counts */
function lookOfPressable(element: Element, within: Element): string {
  const found = flatClosest(element, (candidate) => candidate === within || candidate.matches(PRESSABLE));
  return found ? lookOf(found) : '';
}
