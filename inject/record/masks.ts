// What is masked in the page before anything is sent: passwords, card and one-time-code fields, marked parts, the site's selectors.
import { isSecretField, mayChangeMasks, readMark } from '../../protocol/masking.ts';
import type { Dom } from './dom.ts';
import type { MaskState } from './known-tree.ts';

/** Selectors of the site, as its administrator wrote them. */
export interface MaskSelectors {
  mask: readonly string[];
  hide: readonly string[];
  readonly?: readonly string[];
}

export class Masks {
  readonly #dom: Dom;
  readonly #mask: string;
  readonly #hide: string;
  readonly #attributes: RegExp;
  /** A password shown in clear by the page's eye button is a password still. */
  readonly #secrets = new WeakSet<Element>();
  /** All that may make an element masked by itself; '' where the site names nothing. */
  readonly selectors: string;
  /** Selectors look at ancestors too. */
  readonly reachesDown: boolean;
  /** Declared to the gateway, which passes on no page whose recorder does not mask. */
  readonly declared: string[];

  constructor(selectors: MaskSelectors, dom: Dom, document: Document) {
    this.#dom = dom;
    this.declared = [...selectors.mask, ...selectors.hide];
    const known = (selector: string): boolean => {
      try {
        document.createDocumentFragment().querySelector(selector);
        return true;
      } catch {
        return false;
      }
    };
    this.#mask = selectors.mask.filter(known).join(',');
    this.#hide = selectors.hide.filter(known).join(',');
    this.selectors = [this.#mask, this.#hide].filter((text) => text !== '').join(',');
    this.reachesDown = /[^\s,][\s>]+[^\s,]/.test(this.selectors.replace(/\[[^\]]*\]/g, '[]'));
    const named = [...this.selectors.matchAll(/\[\s*([\w:-]+)/g)].map(([, name]) => name!);
    this.#attributes = new RegExp(
      `^(?:${['data-cobrowse', ...named].map((name) => name.replace(/[^\w-]/g, '.')).join('|')})$`,
      'i',
    );
  }

  /** Whether a change of this attribute may change what is masked. */
  looksAt(attribute: string): boolean {
    if (attribute === 'class' || attribute === 'id') return this.selectors !== '';
    return mayChangeMasks(attribute) || this.#attributes.test(attribute);
  }

  /** Whether this is, or ever was, a field for secrets. */
  isSecret(element: Element, tag: string): boolean {
    if (tag !== 'input' && tag !== 'textarea' && tag !== 'select') return false;
    if (this.#secrets.has(element)) return true;
    const secret = isSecretField(
      tag === 'input' ? this.#dom.inputType(element) : undefined,
      this.#dom.getAttribute(element, 'autocomplete'),
    );
    if (secret) this.#secrets.add(element);
    return secret;
  }

  /** What an element's own marks say. @param names of its attributes, where they are known */
  own(element: Element, tag: string, names?: readonly string[]): MaskState {
    const mark =
      names?.includes('data-cobrowse') === false ? null : this.#dom.getAttribute(element, 'data-cobrowse');
    const marked = mark === null ? undefined : readMark(mark);
    if (marked?.hide || (this.#hide !== '' && this.#dom.matches(element, this.#hide))) return 2;
    if (
      marked?.mask ||
      (this.#mask !== '' && this.#dom.matches(element, this.#mask)) ||
      this.isSecret(element, tag)
    )
      return 1;
    return 0;
  }
}
