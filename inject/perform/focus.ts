// Moving the focus as a press or a Tab does, also while the customer's window itself has no focus.
import { flatChain, isEditor, isHtml, isTextField, isUnusable } from './composed-tree.ts';
import type { Page } from './page.ts';

/** Where the follower's keys go. */
export interface Focus {
  /** The focused element inside all shadow roots; the body when there is none. */
  current(): Element;
  /** Focuses the element, by a key unless it was pressed on; false when it cannot be. */
  set(element: HTMLElement | SVGElement, pressed?: boolean): boolean;
  /** As pressing on it does: the nearest focusable one gets the focus, or nobody. */
  press(element: Element): void;
  /** Nobody has it. */
  clear(): void;
}

/** Whether pressing on it focuses it. */
function isFocusable(element: Element, shadowOf: ShadowOf): element is HTMLElement {
  if (isUnusable(element)) return false;
  if (isHtml(element, 'input') && element.type === 'hidden') return false;
  if (element.hasAttribute('tabindex'))
    return !Number.isNaN(Number.parseInt(element.getAttribute('tabindex')!, 10));
  // an editor is focused as a whole, not its paragraphs
  if (isEditor(element)) return !isEditor(element.parentElement);
  return (element as HTMLElement).tabIndex >= 0 || (shadowOf(element)?.delegatesFocus ?? false);
}

type ShadowOf = (element: Element) => ShadowRoot | null;

/** Starts to follow the focus of the page. @param shadowOf knows closed roots too, as far as they were seen being attached */
export function createFocus(page: Page, shadowOf: ShadowOf): Focus {
  const { window, document } = page;
  // the way into the other closed shadow roots: the element that was focused here last knows its root
  let last: Element | undefined;

  const current = (): Element => {
    let active: Element = document.activeElement ?? document.body ?? document.documentElement;
    for (let inner = shadowOf(active)?.activeElement; inner; inner = shadowOf(active)?.activeElement)
      active = inner;
    if (!last?.isConnected || last === active) return active;
    // The customer went on with something beside the page, the chat for one: browsers then forget what was focused in it.
    // The follower goes on where he was; taking the focus back would bring the customer's next letters into the page.
    if (active === document.body && !document.hasFocus()) return last;
    const root = last.getRootNode() as Partial<ShadowRoot>;
    return root.activeElement === last && [...flatChain(last)].includes(active) ? last : active;
  };

  const announce = (from: Element, to: Element): void => {
    const pairs = [
      ['blur', from, to],
      ['focusout', from, to],
      ['focus', to, from],
      ['focusin', to, from],
    ] as const;
    for (const [type, target, other] of pairs) {
      if (target === document.body) continue;
      page.send(
        target,
        new window.FocusEvent(type, {
          bubbles: type === 'focusin' || type === 'focusout',
          composed: true,
          view: window,
          relatedTarget: other === document.body ? null : other,
        }),
      );
    }
  };

  const move = (act: () => void): void => {
    const from = current();
    let told = false;
    const note = (): void => {
      told = true;
    };
    window.addEventListener('focus', note, true);
    window.addEventListener('blur', note, true);
    act();
    window.removeEventListener('focus', note, true);
    window.removeEventListener('blur', note, true);
    const to = current();
    // browsers keep focus events back while the window itself has no focus; the page must not depend on that
    if (from !== to && !told) announce(from, to);
  };

  const set = (element: HTMLElement | SVGElement, pressed = false): boolean => {
    if (current() === element) return true;
    // a ring after a press is for what is typed into; for scripts browsers would show it everywhere
    const focusVisible = !pressed || isTextField(element) || isEditor(element);
    move(() => {
      last = element;
      element.focus({ preventScroll: true, focusVisible } as FocusOptions);
    });
    return current() === element || element.contains(document.activeElement);
  };

  const clear = (): void => {
    const active = current();
    last = undefined;
    if (active !== document.body) move(() => (active as HTMLElement).blur?.());
  };

  return {
    current,
    set,
    press(element) {
      for (const candidate of flatChain(element)) {
        if (!isFocusable(candidate, shadowOf)) continue;
        if (candidate === document.documentElement) break;
        if (set(candidate, true)) return;
      }
      clear();
    },
    clear,
  };
}
