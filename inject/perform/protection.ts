// What a follower in control may not touch in the page; the gateway refuses the same by its own tree, this is the second wall.
import { isSecretField, readMark } from '../../protocol/masking.ts';
import { flatClosest, isHtml } from './composed-tree.ts';

/** Selectors of the site for parts that are masked, hidden or read-only to followers. */
export interface Masks {
  mask: readonly string[];
  hide: readonly string[];
  readonly: readonly string[];
}

/** Tells which parts of the page are kept from a follower in control. */
export interface Protection {
  /** Part that may not be pressed: hidden or read-only. */
  mayPress(element: Element): boolean;
  /** Field whose content may not be written: passwords, card and one-time codes, masked, hidden, read-only. */
  mayWrite(element: Element): boolean;
  /** Content that may not leave its place, because a follower cannot read it where it is. */
  isMasked(element: Element): boolean;
  /** Whether the site keeps any part of its pages from being read: content may then have come from there. */
  masksAnything(): boolean;
}

/**
 * Makes the rules for a page.
 * @param isMasked what the recorder itself masks, so that both agree
 */
export function createProtection(masks: Masks, isMasked?: (element: Element) => boolean): Protection {
  const rule = (kind: keyof Masks): ((element: Element) => boolean) => {
    const matches = matcher(masks[kind]);
    return (element) => readMark(element.getAttribute('data-cobrowse'))[kind] || matches(element);
  };
  const mask = rule('mask');
  const hide = rule('hide');
  const fixed = rule('readonly');
  // a password shown in clear by the page's eye button is a password still
  const wasSecret = new WeakSet<Element>();
  const isSecret = (element: Element): boolean => {
    if (!isHtml(element, 'input') && !isHtml(element, 'textarea') && !isHtml(element, 'select')) return false;
    if (isSecretField(element.type, element.getAttribute('autocomplete'))) wasSecret.add(element);
    return wasSecret.has(element);
  };
  const masked = (element: Element): boolean =>
    flatClosest(
      element,
      (candidate) =>
        isSecret(candidate) || mask(candidate) || hide(candidate) || (isMasked?.(candidate) ?? false),
    ) !== undefined;
  const mayPress = (element: Element): boolean =>
    flatClosest(element, (candidate) => hide(candidate) || fixed(candidate)) === undefined;
  return {
    mayPress,
    mayWrite: (element) => mayPress(element) && !masked(element),
    isMasked: masked,
    masksAnything: () =>
      masks.mask.length > 0 || masks.hide.length > 0 || document.querySelector('[data-cobrowse]') !== null,
  };
}

/** One test for all selectors; one that the browser does not know is left out rather than making all others void. */
function matcher(selectors: readonly string[]): (element: Element) => boolean {
  const valid = selectors.filter((selector) => {
    try {
      document.createDocumentFragment().querySelector(selector);
      return true;
    } catch {
      return false;
    }
  });
  const joined = valid.join(',');
  return (element) => joined !== '' && element.matches(joined);
}
