// Random operations on the tree: nodes come, go, move, split and are copied, in all the ways that the DOM has.
import { isHtml, type RandomPage, takesRoot } from './random-page.ts';

type Operation = (page: RandomPage) => void;

/** Below the document's own elements, so that no operation takes the page away. */
const some = (page: RandomPage): HTMLElement | undefined => {
  const list = page.all();
  return list.length > 5 ? page.pick(list) : undefined;
};
const insert: Operation = (page) => {
  const parent = page.container();
  parent.insertBefore(page.make(3), page.place(parent));
};
const MARKUP = [
  '<p>a<b>b</b></p>c<ul><li>1<li>2</ul>',
  '<details name=g open><summary>s</summary>d</details><select><option>1<option selected>2</select>',
  '<form id=f1><input name=r type=radio checked><input name=r type=radio></form>',
  '<svg><g><path d="M0 0"/></g></svg><math><mi>y</mi></math><table><tr><td>x</table>',
  '',
];
/** A range over some text, or over some children. */
const range = (page: RandomPage): Range => {
  const made = page.document.createRange();
  const texts = page.texts();
  if (page.random(2) && texts.length > 0) {
    const text = page.pick(texts);
    made.setStart(text, page.random(text.length + 1));
    made.setEnd(text, text.length);
    return made;
  }
  const parent = page.container();
  const end = page.random(parent.childNodes.length + 1);
  made.setStart(parent, Math.min(page.random(3), end));
  made.setEnd(parent, end);
  return made;
};

/** Without `moveBefore`: Chromium 156 crashes at some of that, in the page itself [measured]. */
export const TREE_OPERATIONS: Record<string, Operation> = {
  insert,
  insertMore(page) {
    insert(page);
    insert(page);
  },
  remove: (page) => some(page)?.remove(),
  detach(page) {
    const element = some(page);
    if (!element) return;
    element.remove();
    page.kept.detached.push(element);
  },
  attach(page) {
    const { detached } = page.kept;
    const element = detached.splice(page.random(detached.length), 1)[0];
    if (element) page.container().append(element);
  },
  changeDetached(page) {
    const { detached } = page.kept;
    const element = detached[page.random(detached.length)];
    if (element?.localName !== 'div') return;
    element.append(page.make(1));
    const child = element.firstElementChild;
    if (child && page.random(2)) {
      child.remove();
      page.container().append(child);
    }
  },
  move(page) {
    const element = some(page);
    const parent = page.container();
    if (element && !element.contains(parent)) parent.insertBefore(element, page.place(parent));
  },
  exchange(page) {
    const one = some(page);
    const other = some(page);
    if (!one || !other || one.contains(other) || other.contains(one)) return;
    const mark = page.document.createComment('');
    one.replaceWith(mark);
    other.replaceWith(one);
    mark.replaceWith(other);
  },
  wrap(page) {
    const element = some(page);
    if (!element || element.localName === 'option') return;
    const wrapper = page.document.createElement('div');
    element.replaceWith(wrapper);
    wrapper.append(element);
  },
  unwrap(page) {
    const element = page.container();
    if (element !== page.document.body) element.replaceWith(...element.childNodes);
  },
  inOut(page) {
    // A child goes up, and its parent goes into it.
    const child = some(page);
    const parent = child?.parentElement;
    if (!child || !parent || parent === page.document.body || child.localName !== 'div') return;
    parent.before(child);
    child.append(parent);
  },
  shuffle(page) {
    const parent = page.container();
    const children = [...parent.childNodes].map((child) => [page.random(100), child] as const);
    parent.append(...children.sort(([a], [b]) => a - b).map(([, child]) => child));
  },
  empty(page) {
    if (page.random(4) === 0) page.container().replaceChildren();
  },
  replaceChildren: (page) => page.container().replaceChildren(page.make(2), page.make(1)),
  replaceWith: (page) => some(page)?.replaceWith(page.make(2), page.make(1)),
  innerHtml(page) {
    page.container().innerHTML = page.pick(MARKUP);
  },
  outerHtml(page) {
    const element = some(page);
    if (element && isHtml(element.parentElement)) element.outerHTML = page.pick(MARKUP);
  },
  adjacent(page) {
    const element = page.container();
    if (element === page.document.body) return;
    const where = page.pick(['beforebegin', 'afterbegin', 'beforeend', 'afterend'] as const);
    if (page.random(3) === 0) element.insertAdjacentText(where, 'adjacent');
    else if (page.random(2)) element.insertAdjacentHTML(where, page.pick(MARKUP));
    else element.insertAdjacentElement(where, page.document.createElement('p'));
  },
  fragment(page) {
    const fragment = page.document.createDocumentFragment();
    fragment.append(page.make(2), page.make(2));
    const element = some(page);
    if (element && page.random(2) && element.localName !== 'option') fragment.append(element);
    page.container().append(fragment);
  },
  template(page) {
    const template = page.document.querySelector('template');
    if (template && page.random(2)) template.content.append(page.make(1));
    else if (template) page.container().append(page.document.importNode(template.content, true));
  },
  contextualFragment(page) {
    const parent = page.container();
    const made = page.document.createRange();
    made.selectNodeContents(parent);
    parent.append(made.createContextualFragment(page.pick(MARKUP)));
  },
  copy(page) {
    const element = some(page);
    if (element && element.querySelectorAll('*').length < 60 && !page.holdsFrame(element))
      page.container().append(element.cloneNode(true));
  },
  adoptNode(page) {
    const element = some(page);
    const other = page.pick(page.documents());
    if (!element || page.holdsFrame(element)) return;
    other.body.append(other.adoptNode(element));
  },
  text(page) {
    const texts = page.texts();
    const text = texts.length > 0 ? page.pick(texts) : undefined;
    if (!text) return;
    switch (page.random(4)) {
      case 0:
        text.data = `t${page.random(1000)}`;
        return;
      case 1:
        text.appendData('more');
        return;
      case 2:
        text.splitText(page.random(text.length + 1));
        return;
      default:
        text.replaceData(0, page.random(text.length + 1), 'é');
    }
  },
  normalize: (page) => page.container().normalize(),
  rangeTakes(page) {
    const taken = range(page).extractContents();
    if (page.random(3)) page.container().append(taken);
  },
  rangeInserts: (page) => range(page).insertNode(page.make(1)),
  rangeDeletes: (page) => range(page).deleteContents(),
  rangeSurrounds: (page) => range(page).surroundContents(page.document.createElement('span')),
  attribute(page) {
    const list = page.all();
    if (list.length === 0) return;
    const element = page.pick(list);
    const name = page.pick(['class', 'id', 'title', 'data-b', 'lang', 'aria-label', 'dir']);
    if (page.random(3) === 0) element.removeAttribute(name);
    else element.setAttribute(name, `v${page.random(99)}`);
  },
  attributeNs(page) {
    const element = some(page);
    if (!element) return;
    const [namespace, name] = page.pick([
      ['http://www.w3.org/XML/1998/namespace', 'xml:lang'],
      [null, 'data-Camel'],
      ['http://www.w3.org/1999/xlink', 'xlink:href'],
    ] as const);
    // Links of other elements are not mirrored.
    if (name === 'xlink:href' && element.localName !== 'use') return;
    if (page.random(3)) element.setAttributeNS(namespace, name, `#n${page.random(9)}`);
    else element.removeAttributeNS(namespace, name.split(':').at(-1)!);
  },
  toggle: (page) => some(page)?.toggleAttribute(page.pick(['hidden', 'inert', 'disabled'])),
  shadow(page) {
    const host = page.container();
    if (!takesRoot(host, page.kept)) return;
    const root = host.attachShadow({ mode: page.pick(['open', 'closed']) });
    root.append(page.make(2), page.document.createElement('slot'), page.make(2));
    page.kept.roots.push(root);
  },
  inShadow(page) {
    const roots = page.roots();
    if (roots.length === 0) return;
    const root = page.pick(roots);
    root.insertBefore(page.make(2), page.place(root));
    if (page.random(2)) root.firstElementChild?.remove();
  },
  acrossRoots(page) {
    const roots = page.roots();
    const element = some(page);
    if (roots.length === 0 || !element) return;
    const root = page.pick(roots);
    if (!element.contains(root.host)) root.append(element);
  },
  declared(page) {
    const parent = page.container() as HTMLElement & { setHTMLUnsafe?(html: string): void };
    parent.setHTMLUnsafe?.(
      '<section><template shadowrootmode=open><i>declared</i><slot></slot></template>light</section>',
    );
    const root = parent.querySelector('section')?.shadowRoot;
    if (root) page.kept.roots.push(root);
  },
};
