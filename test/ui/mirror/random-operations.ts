// Random operations on a page, repeatable by seed; runs in the leader's page and so may name nothing outside the function.

/** Does `count` operations, some of them with pauses in which the recorder speaks. */
export async function randomOperations({ seed, count }: { seed: number; count: number }): Promise<string[]> {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const done: string[] = [];
  const shared = window as unknown as {
    roots?: ShadowRoot[];
    detached?: Element[];
    sheets?: CSSStyleSheet[];
  };
  shared.roots ??= [];
  shared.detached ??= [];
  shared.sheets ??= [];
  const { roots, detached, sheets } = shared;
  const all = (): Element[] => {
    const list = [...document.body.querySelectorAll('*')];
    for (const root of roots) if (root.isConnected) list.push(...root.querySelectorAll('*'));
    return list.filter((element) => element.localName !== 'script' && element.localName !== 'style');
  };
  const CONTAINERS = new Set(['div', 'section', 'ul', 'li', 'p', 'span', 'main', 'details']);
  const container = (): Element => {
    const list = all().filter(({ localName }) => CONTAINERS.has(localName));
    return list.length > 0 && random(8) > 0 ? pick(list) : document.body;
  };
  const make = (depth: number): Node => {
    const kind = random(14);
    if (kind < 4)
      return document.createTextNode(pick(['text', ' ', '', 'é"<', '\ud83d\ude00', 'longer text here']));
    if (kind === 4) return document.createComment('comment');
    const tag = pick([
      'div',
      'section',
      'ul',
      'li',
      'p',
      'span',
      'b',
      'input',
      'textarea',
      'select',
      'details',
      'dialog',
      'x-thing',
    ]);
    const element = document.createElement(tag);
    if (random(3) === 0) element.setAttribute(pick(['class', 'title', 'data-a', 'hidden']), `v${random(9)}`);
    if (tag === 'input')
      element.setAttribute('type', pick(['text', 'checkbox', 'radio', 'number', 'password']));
    if (tag === 'select') for (let i = 0; i < 3; i++) element.append(new Option(`o${i}`));
    else if (depth > 0 && tag !== 'input' && tag !== 'textarea')
      for (let i = random(4); i > 0; i--) element.append(make(depth - 1));
    return element;
  };
  const OPERATIONS: Record<string, () => void> = {
    insert() {
      const parent = container();
      parent.insertBefore(make(3), parent.childNodes[random(parent.childNodes.length + 1)] ?? null);
    },
    insertMore() {
      OPERATIONS.insert!();
      OPERATIONS.insert!();
    },
    remove() {
      const list = all();
      if (list.length > 5) pick(list).remove();
    },
    detach() {
      const list = all();
      if (list.length < 5) return;
      const element = pick(list);
      element.remove();
      detached.push(element);
    },
    attach() {
      const element = detached.splice(random(detached.length), 1)[0];
      if (element) container().append(element);
    },
    changeDetached() {
      const element = detached[random(detached.length)];
      if (!element || !CONTAINERS.has(element.localName)) return;
      element.append(make(1));
      const child = element.firstElementChild;
      if (child && random(2)) {
        child.remove();
        container().append(child);
      }
    },
    move() {
      const list = all();
      if (list.length < 2) return;
      const element = pick(list);
      const parent = container();
      if (!element.contains(parent))
        parent.insertBefore(element, parent.childNodes[random(parent.childNodes.length + 1)] ?? null);
    },
    wrap() {
      const list = all();
      if (list.length === 0) return;
      const element = pick(list);
      if (element.localName === 'option') return;
      const wrapper = document.createElement('div');
      element.replaceWith(wrapper);
      wrapper.append(element);
    },
    unwrap() {
      const element = container();
      if (element !== document.body) element.replaceWith(...element.childNodes);
    },
    shuffle() {
      const parent = container();
      const children = [...parent.childNodes].map((child) => [random(100), child] as const);
      parent.append(...children.sort(([a], [b]) => a - b).map(([, child]) => child));
    },
    empty() {
      if (random(4) === 0) container().replaceChildren();
    },
    html() {
      container().innerHTML = '<p>a<b>b</b></p>c<ul><li>1<li>2</ul>';
    },
    text() {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) texts.push(walker.currentNode as Text);
      const text = texts.length > 0 ? pick(texts) : undefined;
      if (text && text.parentElement?.localName !== 'style') text.data = `t${random(1000)}`;
    },
    attribute() {
      const list = all();
      if (list.length === 0) return;
      const element = pick(list);
      const name = pick(['class', 'id', 'title', 'data-b', 'lang']);
      if (random(3) === 0) element.removeAttribute(name);
      else element.setAttribute(name, `v${random(99)}`);
    },
    style() {
      const element = pick([...all(), document.body]) as HTMLElement;
      element.style.setProperty(pick(['color', 'margin', '--x']), pick(['red', '1px', 'blue']));
    },
    field() {
      for (const element of all()) {
        if (random(3)) continue;
        if (element instanceof HTMLInputElement) {
          if (element.type === 'checkbox' || element.type === 'radio') element.checked = !element.checked;
          else element.value = String(random(1000));
        } else if (element instanceof HTMLTextAreaElement) element.value = `v${random(99)}`;
        else if (element instanceof HTMLSelectElement) element.selectedIndex = random(4) - 1;
      }
    },
    shadow() {
      const host = container();
      if (
        host.shadowRoot ||
        roots.some((root) => root.host === host) ||
        !['div', 'section', 'p', 'span', 'main'].includes(host.localName)
      )
        return;
      const root = host.attachShadow({ mode: pick(['open', 'closed']) });
      root.append(make(2), document.createElement('slot'), make(2));
      roots.push(root);
    },
    inShadow() {
      const root = roots[random(roots.length)];
      if (!root) return;
      root.insertBefore(make(2), root.childNodes[random(root.childNodes.length + 1)] ?? null);
      if (random(2)) root.firstElementChild?.remove();
    },
    rules() {
      const sheet = document.querySelector<HTMLStyleElement>('#sheet')?.sheet;
      if (!sheet) return;
      if (random(3) && sheet.cssRules.length < 20)
        sheet.insertRule(`.r${random(99)}{margin:${random(9)}px}`, random(sheet.cssRules.length + 1));
      else if (sheet.cssRules.length > 0) sheet.deleteRule(random(sheet.cssRules.length));
    },
    adopt() {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`.s${random(99)}{top:${random(9)}px}`);
      sheets.push(sheet);
      const root = pick([document, ...roots]);
      if (random(2)) root.adoptedStyleSheets = [...root.adoptedStyleSheets.slice(-2), pick(sheets)];
      else pick(sheets).insertRule(`.t${random(99)}{left:0}`);
    },
    dialog() {
      for (const dialog of document.querySelectorAll('dialog')) {
        if (random(2)) continue;
        if (dialog.open) dialog.close();
        else if (random(2)) dialog.showModal();
        else dialog.show();
      }
    },
  };
  const names = Object.keys(OPERATIONS);
  for (let i = 0; i < count; i++) {
    const name = pick(names);
    done.push(name);
    try {
      OPERATIONS[name]!();
    } catch {
      // A move that the DOM refuses is no operation.
    }
    if (random(3) === 0) await (random(2) ? Promise.resolve() : window.leader.tasks());
  }
  // A page of bounded size.
  while (document.body.querySelectorAll('*').length > 1500) document.body.lastElementChild?.remove();
  return done;
}
