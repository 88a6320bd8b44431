// What random operations have at hand: chance by seed, one of the page's documents, its elements, and new nodes to put in.

/** What lives longer than one round, per page. */
export interface Kept {
  /** Shadow roots made by operations, open and closed, with the document they are of. */
  roots: ShadowRoot[];
  detached: Element[];
  sheets: CSSStyleSheet[];
  internals: ElementInternals[];
  /** What was assigned by hand to slots. */
  assigned: Map<HTMLSlotElement, Element[]>;
  /** Counts up, for names that must be new. */
  names: number;
}

export interface RandomPage {
  /** Below `below`, and at least 0. */
  random(below: number): number;
  pick<T>(list: readonly T[]): T;
  readonly kept: Kept;
  /** The document that this operation works on: the page's own, or a frame's. */
  readonly document: Document;
  /** The document that the next operation works on; one by chance unless it is given. */
  choose(which?: Document): void;
  /** All documents of the page that can be reached. */
  documents(): Document[];
  /** Elements in the body and in shadow roots, without style sheets. */
  all(): HTMLElement[];
  /** Roots of this document that are in it. */
  roots(): ShadowRoot[];
  /** Whether it is a frame, or one is in it, in shadow trees too. */
  holdsFrame(element: Element): boolean;
  /** An element that takes any children. */
  container(): HTMLElement;
  texts(): Text[];
  /** Something new, `depth` levels at most. */
  make(depth: number): Node;
  /** Between the children of a parent, or (null) behind them. */
  place(parent: Node): Node | null;
}

/** What may hold anything. */
const CONTAINERS = new Set([
  'div',
  'section',
  'ul',
  'li',
  'p',
  'span',
  'main',
  'details',
  'form',
  'fieldset',
  'label',
]);
const HOSTS = new Set(['div', 'section', 'p', 'span', 'main']);
const TAGS = [
  ...['div', 'div', 'section', 'ul', 'li', 'p', 'span', 'b', 'a', 'form', 'fieldset', 'label'],
  ...['input', 'input', 'input', 'textarea', 'select', 'select', 'button', 'output', 'progress', 'meter'],
  ...[
    'details',
    'details',
    'dialog',
    'img',
    'table',
    'svg',
    'math',
    'template',
    'x-thing',
    'x-late',
    'style',
  ],
];
export const TYPES = [
  ...['text', 'checkbox', 'radio', 'radio', 'number', 'password', 'email', 'date', 'range', 'color', 'time'],
  ...['hidden', 'url', 'search', 'tel', 'month', 'week', 'datetime-local', 'submit', 'button'],
];
const WORDS = ['text', ' ', '', 'é"<', '\ud83d\ude00', 'longer text here', 'a\r\nb', '\u0001'];
const SVG = 'http://www.w3.org/2000/svg';
const MATHML = 'http://www.w3.org/1998/Math/MathML';
const XLINK = 'http://www.w3.org/1999/xlink';

export function createRandomPage(seed: number, kept: Kept): RandomPage {
  let state = seed;
  let chosen = document;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const documents = (): Document[] => {
    const list: Document[] = [];
    const visit = (from: Document): void => {
      list.push(from);
      const roots = kept.roots.filter((root) => root.isConnected && root.ownerDocument === from);
      for (const root of [from, ...roots])
        for (const frame of root.querySelectorAll('iframe')) {
          const inner = frame.contentDocument;
          // One that is being loaded is about to be replaced.
          if (
            inner?.body &&
            inner.readyState === 'complete' &&
            inner.defaultView &&
            'leader' in inner.defaultView
          )
            visit(inner);
        }
    };
    visit(document);
    return list;
  };
  const roots = (): ShadowRoot[] =>
    kept.roots.filter((root) => root.isConnected && root.ownerDocument === chosen);
  const all = (): HTMLElement[] => {
    const list = [...chosen.body.querySelectorAll<HTMLElement>('*')];
    for (const root of roots()) list.push(...root.querySelectorAll<HTMLElement>('*'));
    return list.filter(({ localName }) => localName !== 'script' && localName !== 'style');
  };
  const holdsFrame = (element: Element): boolean =>
    all().some((frame) => {
      if (frame.localName !== 'iframe') return false;
      for (let up: Node | null = frame; up; up = up.parentNode ?? (up as ShadowRoot).host ?? null)
        if (up === element) return true;
      return false;
    });
  const container = (): HTMLElement => {
    // An element of SVG may bear such a name, too, but takes SVG only.
    const list = all().filter((element) => CONTAINERS.has(element.localName) && isHtml(element));
    return list.length > 0 && random(8) > 0 ? pick(list) : chosen.body;
  };
  const texts = (): Text[] => {
    const list: Text[] = [];
    for (const root of [chosen.body, ...roots()]) {
      const walker = chosen.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) list.push(walker.currentNode as Text);
    }
    return list.filter((text) => text.parentElement?.localName !== 'style');
  };
  const place = (parent: Node): Node | null =>
    parent.childNodes[random(parent.childNodes.length + 1)] ?? null;

  const make = (depth: number): Node => {
    const kind = random(14);
    if (kind < 4) return chosen.createTextNode(pick(WORDS));
    if (kind === 4) return chosen.createComment('comment');
    return dress(chosen.createElement(pick(TAGS)), depth);
  };
  const fill = (element: Element, depth: number): void => {
    if (depth > 0) for (let i = random(4); i > 0; i--) element.append(make(depth - 1));
  };
  const dress = (element: Element, depth: number): Element => {
    if (random(3) === 0)
      element.setAttribute(pick(['class', 'title', 'data-a', 'hidden', 'slot']), `v${random(9)}`);
    switch (element.localName) {
      case 'input':
        element.setAttribute('type', pick(TYPES));
        if (random(2)) element.setAttribute('name', pick(['r', 's']));
        if (random(3) === 0) element.setAttribute('value', pick(['1', 'on', '#ff0000', '2026-01-02', 'x']));
        if (random(4) === 0) element.setAttribute('checked', '');
        if (random(4) === 0) element.setAttribute(pick(['required', 'disabled', 'readonly']), '');
        return element;
      case 'textarea':
        if (random(2)) element.append(pick(WORDS));
        return element;
      case 'select':
        if (random(3) === 0) element.setAttribute('multiple', '');
        for (let i = random(4); i > 0; i--) element.append(option());
        if (random(3) === 0) {
          const group = chosen.createElement('optgroup');
          group.append(option(), option());
          element.append(group);
        }
        return element;
      case 'details':
        if (random(2)) element.setAttribute('name', 'g');
        if (random(2)) element.setAttribute('open', '');
        break;
      case 'div':
        if (random(4) === 0) element.className = 'scroll';
        if (random(8) === 0) element.setAttribute('contenteditable', '');
        if (random(4) === 0) element.setAttribute('popover', pick(['', 'auto', 'manual', 'hint']));
        break;
      case 'form':
        element.id = pick(['f1', 'f2']);
        break;
      case 'progress':
      case 'meter':
        element.setAttribute('value', '0.5');
        return element;
      case 'svg':
        return drawing();
      case 'math':
        return formula();
      case 'img':
        return element;
      case 'style':
        element.textContent = `.v${random(9)}{padding:${random(5)}px}`;
        return element;
      case 'template':
        (element as HTMLTemplateElement).content.append(make(1));
        return element;
      case 'table':
        element.innerHTML = '<caption>c</caption><tbody><tr><td>1<td>2';
        return element;
    }
    fill(element, depth);
    return element;
  };
  const option = (): Element => {
    const made = chosen.createElement('option');
    made.textContent = `o${random(9)}`;
    if (random(5) === 0) made.setAttribute('selected', '');
    return made;
  };
  const drawing = (): Element => {
    const svg = chosen.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', '0 0 9 9');
    const use = chosen.createElementNS(SVG, 'use');
    use.setAttributeNS(XLINK, 'xlink:href', '#a');
    const text = chosen.createElementNS(SVG, 'text');
    text.append('drawn');
    const foreign = chosen.createElementNS(SVG, 'foreignObject');
    foreign.append(make(0));
    svg.append(use, text, foreign);
    return svg;
  };
  const formula = (): Element => {
    const math = chosen.createElementNS(MATHML, 'math');
    const row = chosen.createElementNS(MATHML, 'mrow');
    row.append(chosen.createElementNS(MATHML, 'mi'));
    row.firstElementChild!.append('x');
    math.append(row);
    return math;
  };
  return {
    random,
    pick,
    kept,
    get document() {
      return chosen;
    },
    choose(which) {
      chosen = which ?? (random(3) ? document : pick(documents()));
    },
    documents,
    all,
    roots,
    holdsFrame,
    container,
    texts,
    make,
    place,
  };
}

export function isHtml(element: Element | null): boolean {
  return element?.namespaceURI === 'http://www.w3.org/1999/xhtml';
}

/** Whether an element may be asked for a shadow root. */
export function takesRoot(element: Element, kept: Kept): boolean {
  return HOSTS.has(element.localName) && !kept.roots.some((root) => root.host === element);
}
