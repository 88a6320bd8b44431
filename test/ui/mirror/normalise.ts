// A document as a plain tree of what must be equal in leader and follower; what is left out is listed here and nowhere else.
import { isKeptWhenMasked } from '../../../protocol/masking.ts';

interface Plain {
  tag: string;
  attributes?: Record<string, string>;
  state?: Record<string, unknown>;
  children?: (Plain | string)[];
}

/** Addresses are others at the follower; handlers, nonces and our own marks are not mirrored. */
const LEFT_OUT =
  /^(?:on|tandem-|href$|xlink:href$|src$|srcset$|poster$|style$|content$|http-equiv$|charset$|nonce$|integrity$|srcdoc$|action$|target$|ping$|async$|defer$|crossorigin$|referrerpolicy$|background$|data-config$|autofocus$|sandbox$|allow$|imagesrcset$|formaction$|disabled-link$)/i;
const EMPTY = new Set(['script', 'noscript', 'template', 'object', 'embed', 'canvas', 'meta', 'base']);

export function normalise(document: Document, rootOf: (element: Element) => ShadowRoot | null): unknown {
  const visit = (node: Node): Plain | string | undefined => {
    if (node.nodeType === 3) return (node as Text).data;
    if (node.nodeType !== 1) return undefined;
    const element = node as HTMLElement;
    // What the mirror adds of its own: texts of style sheets that scripts edited.
    const tag = element.localName;
    const plain: Plain = { tag };
    const attributes: Record<string, string> = {};
    for (const { name, value } of element.attributes) if (!LEFT_OUT.test(name)) attributes[name] = value;
    if (tag === 'meta' || tag === 'base' || tag === 'script')
      for (const name of Object.keys(attributes)) delete attributes[name];
    if (tag === 'input' && (element as HTMLInputElement).type === 'hidden') delete attributes.value;
    if (tag === 'input' && (element as HTMLInputElement).type === 'password')
      for (const name of Object.keys(attributes)) if (!isKeptWhenMasked(name)) delete attributes[name];
    if (tag === 'canvas') delete attributes.style;
    if (Object.keys(attributes).length > 0)
      plain.attributes = Object.fromEntries(Object.entries(attributes).sort());
    const state = stateOf(element);
    if (Object.keys(state).length > 0) plain.state = state;
    if (tag === 'style') plain.children = [rulesOf((element as HTMLStyleElement).sheet)];
    else if (tag === 'iframe') {
      const inner = (element as HTMLIFrameElement).contentDocument?.documentElement;
      plain.children = inner ? [visit(inner)!] : [];
    } else if (!EMPTY.has(tag)) {
      const children: (Plain | string)[] = [];
      const root = rootOf(element);
      if (root)
        children.push({ tag: '#shadow', children: childrenOf(root), state: { sheets: sheetsOf(root) } });
      children.push(...childrenOf(element));
      if (children.length > 0) plain.children = children;
    }
    return plain;
  };
  const childrenOf = (node: Node): (Plain | string)[] => {
    const list: (Plain | string)[] = [];
    for (const child of node.childNodes) {
      const plain = visit(child);
      if (plain !== undefined) list.push(plain);
    }
    return list;
  };
  const stateOf = (element: HTMLElement): Record<string, unknown> => {
    const state: Record<string, unknown> = {};
    const { localName } = element;
    if (localName === 'input') {
      const input = element as HTMLInputElement;
      if (input.type === 'checkbox' || input.type === 'radio') {
        state.checked = input.checked;
        state.indeterminate = input.indeterminate;
      } else if (input.type === 'password') state.value = input.value.replace(/\S/g, '•');
      else if (input.type !== 'hidden' && input.type !== 'file') state.value = input.value;
    } else if (localName === 'textarea') state.value = (element as HTMLTextAreaElement).value;
    else if (localName === 'select')
      state.selected = [...(element as HTMLSelectElement).selectedOptions].map(({ index }) => index);
    else if (localName === 'dialog') state.modal = element.matches(':modal');
    if (element.popover) state.popover = element.matches(':popover-open');
    if (element !== document.documentElement && (element.scrollTop > 0 || element.scrollLeft > 0))
      state.scroll = [Math.round(element.scrollLeft), Math.round(element.scrollTop)];
    if (element.style?.cssText && localName !== 'canvas') state.style = element.style.cssText;
    return state;
  };
  const rulesOf = (sheet: CSSStyleSheet | null): string =>
    [...(sheet?.cssRules ?? [])].map(({ cssText }) => twinned(cssText)).join('\n');
  const sheetsOf = (root: Document | ShadowRoot): string[] => root.adoptedStyleSheets.map(rulesOf);
  const scroller = document.scrollingElement;
  return {
    mode: document.compatMode,
    scroll: [Math.round(scroller?.scrollLeft ?? 0), Math.round(scroller?.scrollTop ?? 0)],
    sheets: sheetsOf(document),
    root: visit(document.documentElement),
  };
}

/** The leader's pseudo-classes as the follower's style sheets have them. */
function twinned(css: string): string {
  return css
    .replace(/:(hover|active|focus-visible|focus-within|focus|target)(?![\w-])/g, '[tandem-$1]')
    .replace(/\[tandem-([\w-]+)=""\]/g, '[tandem-$1]');
}
