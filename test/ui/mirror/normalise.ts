// A page as a plain tree of what must be equal in leader and follower; what is left out is listed here and nowhere else.
import { isKeptWhenMasked } from '../../../protocol/masking.ts';

interface Plain {
  tag: string;
  attributes?: Record<string, string>;
  state?: Record<string, unknown>;
  children?: unknown[];
}

/** The side that a document is read on. */
export interface Side {
  /** Shadow root of an element, closed ones too. */
  rootOf(element: Element): ShadowRoot | null;
  /** An address that a link or picture of the leader's page has, as followers have it. Absent at the follower: there it is so already. */
  toFollower?(url: string): string | undefined;
  /** Elements of the top layer in their order; absent where only the browser knows it. */
  topLayer?(document: Document): readonly Element[];
}

/** Attributes that are left out, each with its reason. */
const LEFT_OUT = new RegExp(
  `^(?:${[
    'on.*', // code
    'tandem-.*', // the mirror's own marks, which style sheets ask for in place of pseudo-classes
    'data-config', // of this test
    'style', // compared as the browser reads it, since addresses in it are others
    'nonce|integrity|crossorigin|referrerpolicy|csp|fetchpriority|async|defer', // how something is loaded, not how it looks
    'srcset|imagesrcset', // the follower gets the one that the leader shows, as `src`
    'action|formaction|formtarget|formmethod|formenctype|formnovalidate|target|ping|download', // lead away
    'popovertarget|popovertargetaction|command|commandfor|interestfor', // act
    'autofocus', // would take the follower's focus
    'srcdoc|sandbox|allow|allowfullscreen', // a frame's document is compared itself
    'content|http-equiv', // of meta: for the browser
    'background', // legacy address, which is not passed on
    'shadowroot.*', // used up by the parser
    'is', // no element is defined at the follower
    'exportparts', // holds the mirror's own names of states, too
  ].join('|')})$`,
  'i',
);
/** Elements whose content is not mirrored: code, what is not shown, and what has a twin (a picture) in its place. */
const EMPTY = new Set([
  'script',
  'noscript',
  'template',
  'object',
  'embed',
  'canvas',
  'noembed',
  'noframes',
  'meta',
  'base',
]);
/** For the browser or of code: not even their attributes are mirrored. */
const BARE = new Set(['script', 'noscript', 'meta', 'base']);

/** HTML does not know it, and it is no custom element: followers get a neutral one in its place. */
function isUnknown(element: Element): boolean {
  return /^\[object (?:HTMLUnknown|SVG)Element\]$/.test(Object.prototype.toString.call(element));
}

export function normalise(page: Document, side: Side): unknown {
  const { rootOf } = side;
  const visit = (node: Node): Plain | string | undefined => {
    if (node.nodeType === 3 || node.nodeType === 4) return (node as Text).data;
    if (node.nodeType !== 1) return undefined;
    const element = node as HTMLElement;
    const tag = isUnknown(element) ? 'tandem-other' : element.localName;
    // What the mirror shows in place of a linked sheet that a script edited is compared as that.
    if (element.hasAttribute('tandem-stand-in')) return undefined;
    const plain: Plain = { tag };
    const attributes = attributesOf(element);
    if (attributes.length > 0)
      plain.attributes = Object.fromEntries(attributes.sort(([a], [b]) => (a < b ? -1 : 1)));
    const state = stateOf(element);
    if (Object.keys(state).length > 0) plain.state = state;
    if (tag === 'style') plain.children = [rulesOf((element as HTMLStyleElement).sheet)];
    // Whether an alternate one is on can be seen, but not asked for.
    else if (tag === 'link' && !/alternate/.test((element as HTMLLinkElement).rel))
      plain.children = rulesOfLink(element as HTMLLinkElement);
    else if (tag === 'iframe' || tag === 'frame') {
      const inner = innerDocument(element as HTMLIFrameElement);
      plain.children = inner?.documentElement ? [visitDocument(inner)] : [];
    } else if (!EMPTY.has(tag)) {
      const children: unknown[] = [];
      const root = rootOf(element);
      if (root)
        children.push({
          tag: '#shadow',
          slots: root.slotAssignment,
          sheets: sheetsOf(root),
          children: childrenOf(root),
        });
      children.push(...childrenOf(element));
      if (children.length > 0) plain.children = children;
    }
    return plain;
  };

  const attributesOf = (element: HTMLElement): [string, string][] => {
    const tag = element.localName;
    if (BARE.has(tag)) return [];
    const list: [string, string][] = [];
    const type = tag === 'input' ? (element as HTMLInputElement).type : '';
    for (const { name, value } of element.attributes) {
      if (LEFT_OUT.test(name)) continue;
      if (isUnknown(element) && !/^(?:class|id|style|data-[\w-]+)$/i.test(name)) continue;
      // Hidden fields and files hold what nobody sees.
      if ((type === 'hidden' || type === 'file') && name === 'value') continue;
      // The mirror switches a linked sheet off where the leader's sheet is off, or where its own stands in for it.
      if (tag === 'link' && name === 'disabled') continue;
      if (type === 'password' && !isKeptWhenMasked(name)) continue;
      if (/^(?:href|xlink:href|src|poster|data)$/.test(name)) {
        const address = addressOf(element, name, value);
        if (address !== undefined) list.push([name, address]);
        // What the browser would close here, and the leader's did not, is open as a manual one.
      } else if (name === 'popover' && element.matches(':popover-open')) list.push([name, 'open']);
      else if (name === 'part') list.push([name, ownParts(value)]);
      else list.push([name, value]);
    }
    return list;
  };
  const addressOf = (element: HTMLElement, name: string, value: string): string | undefined => {
    const tag = element.localName;
    if (/^(?:iframe|frame|script|object|embed|form|base)$/.test(tag)) return undefined;
    // Of what a head points at, only style sheets are passed on.
    if (tag === 'link' && !(element as HTMLLinkElement).relList.contains('stylesheet')) return undefined;
    if (value.startsWith('#')) return value;
    const isLink = tag === 'a' || tag === 'area';
    if (isLink && name !== 'src') {
      if (!side.toFollower) return value;
      const url = URL.parse(value, element.baseURI);
      if (!url) return undefined;
      if (/^https?:$/.test(url.protocol)) return side.toFollower(url.href);
      return /^(?:mailto|tel):$/.test(url.protocol) ? '#' : undefined;
    }
    // Names of resources are random at the follower: that there is one is what can be compared.
    // What followers may not load is a broken picture there as it is at the leader.
    return /^data:./.test(value) && value !== 'data:,' ? value : 'resource';
  };
  const innerDocument = (frame: HTMLIFrameElement): Document | undefined => {
    // What is not shared is a box of the mirror's own.
    if (frame.hasAttribute('tandem-label')) return undefined;
    try {
      return frame.contentDocument ?? undefined;
    } catch {
      return undefined;
    }
  };
  const childrenOf = (node: Node): unknown[] => {
    const list: unknown[] = [];
    for (const child of node.childNodes) {
      const plain = visit(child);
      if (plain !== undefined) list.push(plain);
    }
    return list;
  };

  const stateOf = (element: HTMLElement): Record<string, unknown> => {
    const state: Record<string, unknown> = {};
    // In a drawing such a name means nothing.
    const localName = element.namespaceURI === 'http://www.w3.org/1999/xhtml' ? element.localName : '';
    if (localName === 'input') {
      const input = element as HTMLInputElement;
      if (input.type === 'checkbox' || input.type === 'radio') {
        state.checked = input.checked;
        state.indeterminate = input.indeterminate;
      } else if (input.type === 'password') state.value = input.value.replace(/\S/g, '•');
      else if (input.type !== 'hidden' && input.type !== 'file') state.value = input.value;
    } else if (localName === 'textarea') state.value = (element as HTMLTextAreaElement).value;
    else if (localName === 'select')
      state.selected = [...(element as HTMLSelectElement).options]
        .filter(({ selected }) => selected)
        .map(({ index }) => index);
    else if (localName === 'dialog') state.modal = element.matches(':modal');
    else if (localName === 'slot') {
      // Only where the page assigns by itself: else it follows from the tree.
      const root = element.getRootNode() as ShadowRoot;
      if (root.slotAssignment === 'manual')
        state.assigned = (element as HTMLSlotElement)
          .assignedNodes()
          .map((node) => [...node.parentNode!.children].indexOf(node as Element));
    } else if (localName === 'progress' || localName === 'meter')
      state.value = (element as HTMLMeterElement).value;
    if (element.popover) state.popover = element.matches(':popover-open');
    if (
      element !== element.ownerDocument.documentElement &&
      isLaidOut(element.ownerDocument) &&
      (element.scrollTop > 0 || element.scrollLeft > 0)
    )
      state.scroll = [Math.round(element.scrollLeft), Math.round(element.scrollTop)];
    if (element.style?.cssText && localName !== 'canvas') state.style = unnamed(element.style.cssText);
    return state;
  };
  const rulesOf = (sheet: CSSStyleSheet | null): string =>
    sheet?.disabled
      ? ''
      : rulesIn(sheet)
          .map(({ cssText }) => twinned(cssText))
          .join('\n');
  /**
   * Nothing at all, in place of no rules, where the page itself may not look: a sheet of another host that was asked for
   * without `crossorigin`. Followers have its text all the same, so that there is nothing to compare it with.
   */
  const rulesOfLink = (link: HTMLLinkElement): string[] => {
    const sheet = linkedSheet(link);
    try {
      void sheet?.cssRules;
    } catch {
      return [];
    }
    return [rulesOf(sheet)];
  };
  /** None of a sheet of another origin, which did not load or may not be read. */
  const rulesIn = (sheet: CSSStyleSheet | null): CSSRule[] => {
    try {
      return [...(sheet?.cssRules ?? [])];
    } catch {
      return [];
    }
  };
  const linkedSheet = (link: HTMLLinkElement): CSSStyleSheet | null => {
    const next = link.nextElementSibling;
    return next?.hasAttribute('tandem-stand-in') ? (next as HTMLStyleElement).sheet : link.sheet;
  };
  /** Those that scripts made: the browser runs the others by itself. Where they are differs by as much as a message takes. */
  const animationsOf = (document: Document): string[] =>
    document
      .getAnimations()
      .filter((animation) => animation.constructor.name === 'Animation')
      .map(({ effect, playState, playbackRate }) => {
        const { target, pseudoElement } = effect as KeyframeEffect;
        const frames = (effect as KeyframeEffect).getKeyframes();
        return JSON.stringify([target?.localName, pseudoElement, playState, playbackRate, frames]).replace(
          /"offset":null,/g,
          '',
        );
      })
      .map((text) => text.replace(/"offset":[\d.]+,|url\([^)]*\)/g, ''))
      .sort();
  /** Media of a constructed sheet are a rule around its rules at the follower. */
  const sheetsOf = (root: Document | ShadowRoot): string[] =>
    root.adoptedStyleSheets.map((sheet) => {
      const { mediaText } = sheet.media;
      if (mediaText === '' || sheet.disabled) return rulesOf(sheet);
      const around = new CSSStyleSheet();
      around.replaceSync(
        `@media ${mediaText} {${[...sheet.cssRules].map(({ cssText }) => cssText).join('\n')}}`,
      );
      return rulesOf(around);
    });

  const visitDocument = (document: Document): unknown => {
    const scroller = isLaidOut(document) ? document.scrollingElement : undefined;
    return {
      mode: document.compatMode,
      scroll: [Math.round(scroller?.scrollLeft ?? 0), Math.round(scroller?.scrollTop ?? 0)],
      sheets: sheetsOf(document),
      animations: isLaidOut(document) ? animationsOf(document) : [],
      root: visit(document.documentElement),
    };
  };
  return visitDocument(page);
}

/**
 * Not so in a frame that is not shown: it may keep offsets, but none can be given to it, and its animations stand still. One in
 * closed details has a size, but no pictures, with which its scroll events would come.
 */
function isLaidOut({ defaultView }: Document): boolean {
  if (!defaultView || defaultView.innerHeight === 0) return false;
  const { frameElement } = defaultView;
  return !frameElement || (frameElement.checkVisibility() && isLaidOut(frameElement.ownerDocument));
}

/** The leader's pseudo-classes as the follower's style sheets have them. */
function twinned(css: string): string {
  return unnamed(
    css
      .replace(/(?<!:is\():(open|invalid)(?![\w-])/g, ':is(:$1, [tandem-$1])')
      .replace(
        /:(hover|active|focus-visible|focus-within|focus|target|fullscreen|user-valid|user-invalid)(?![\w-])/g,
        '[tandem-$1]',
      )
      .replace(/:defined(?![\w-])/g, ':not([tandem-undefined])')
      .replace(/:state\(([\w-]+)\)/g, '[tandem-states~="$1"]')
      .replace(/\[tandem-([\w-]+)=""\]/g, '[tandem-$1]'),
  );
}

/** A list of names: without the mirror's own, and without spaces that part nothing. */
function ownParts(part: string): string {
  const isOwn = (name: string): boolean => name !== '' && !name.startsWith('tandem-');
  return part.split(/\s+/).filter(isOwn).join(' ');
}

/** Names of resources are random at the follower, and what he may not load is an empty address there. */
function unnamed(css: string): string {
  return css.replace(/url\("(?!data:(?!,")|#)[^"]*"\)/g, 'url()');
}

/** A hash of what {@link normalise} gave: cheaper to carry out of the page than all of it. */
export function hashOf(page: unknown): string {
  const text = JSON.stringify(page) ?? '';
  let one = 0x811c9dc5;
  let other = 0x1b873593;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ unit, 0x85ebca6b);
    other ^= other >>> 13;
  }
  return `${text.length} ${one >>> 0} ${other >>> 0}`;
}
