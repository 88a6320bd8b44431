// Shadow roots that a page's markup declares closed. No script gets at such a root, so the parser is given open ones with a mark,
// and what a page may not have of a closed one is kept from it.
import type { Realm } from '../realm.ts';
import { wrapGetter, wrapMethod } from './wrap.ts';

/** First child of such a root, put there by the gateway and by the shims that map markup. */
export const CLOSED_MARK = 'tandem-closed';
/** Given to the getter of `shadowRoot` by our own readers: they get what is there. */
export const OURS: unique symbol = Symbol('ours');

const DECLARED =
  /(<template\b(?:[^>"']|"[^"]*"|'[^']*')*?\sshadowrootmode\s*=\s*)(["']?)closed\2((?:[^>"']|"[^"]*"|'[^']*')*>)/gi;

/**
 * Opens the closed roots in markup that a parser makes roots of.
 * @param dropsComments `Document.parseHTMLUnsafe` does [measured]: the mark is an element then
 */
export function openDeclaredRoots(html: string, dropsComments = false): string {
  if (!/shadowroot/i.test(html)) return html;
  const mark = dropsComments ? `<${CLOSED_MARK}></${CLOSED_MARK}>` : `<!--${CLOSED_MARK}-->`;
  return html.replace(DECLARED, `$1$2open$2$3${mark}`);
}

/** Keeps roots that were declared closed from the page. */
export function installClosedRoots(realm: Realm): void {
  const { Element, HTMLElement, ShadowRoot } = realm.window;
  const closed = new WeakSet<ShadowRoot>();
  /** Takes the mark off where it is seen first. */
  const isClosed = (root: ShadowRoot): boolean => {
    const first = root.firstChild;
    if (first && ((first as Comment).data ?? (first as Element).localName) === CLOSED_MARK) {
      first.remove();
      closed.add(root);
    }
    return closed.has(root);
  };
  const real = Object.getOwnPropertyDescriptor(Element.prototype, 'shadowRoot')?.get;
  const rootOf = (host: unknown): ShadowRoot | null =>
    real ? (realm.natives.apply(real, host, []) as ShadowRoot | null) : null;
  wrapGetter(realm, Element.prototype, 'shadowRoot', (native, _self, args) => {
    const root = native() as ShadowRoot | null;
    return root && isClosed(root) && args[0] !== OURS ? null : root;
  });
  wrapGetter(realm, ShadowRoot.prototype, 'mode', (native, self) =>
    closed.has(self as ShadowRoot) ? 'closed' : native(),
  );
  wrapMethod(realm, HTMLElement.prototype, 'attachInternals', (native, self, args) => {
    const root = rootOf(self);
    if (root) isClosed(root);
    return native(...args);
  });
  // A page may attach once more what was declared, in the mode that it was declared in.
  wrapMethod(realm, Element.prototype, 'attachShadow', (native, self, args) => {
    const root = rootOf(self);
    const [init] = args as [ShadowRootInit | undefined];
    return root && isClosed(root) && init?.mode === 'closed'
      ? native({ ...init, mode: 'open' })
      : native(...args);
  });
}
