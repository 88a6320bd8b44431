// Random operations on state that is no attribute: top layer, disclosure, scroll, focus, selection, custom elements, animations.
import type { RandomPage } from './random-page.ts';

type Operation = (page: RandomPage) => void;

function one<T extends HTMLElement>(page: RandomPage, selector: string): T {
  const list = page.all().filter((element) => element.matches(selector));
  if (list.length === 0) throw new Error(`no ${selector}`);
  return page.pick(list) as T;
}
const node = (page: RandomPage): Node => page.pick([...page.texts(), ...page.all()]);

export const STATE_OPERATIONS: Record<string, Operation> = {
  dialog(page) {
    const dialog = one<HTMLDialogElement>(page, 'dialog');
    if (dialog.open) page.random(2) ? dialog.close() : dialog.requestClose();
    else if (page.random(3)) dialog.showModal();
    else dialog.show();
  },
  dialogAgain(page) {
    const dialog = one<HTMLDialogElement>(page, 'dialog');
    dialog.close();
    dialog.showModal();
  },
  dialogAttribute: (page) => one(page, 'dialog').toggleAttribute('open'),
  popover: (page) => void one(page, '[popover]').togglePopover(),
  popoverShows: (page) => one(page, '[popover]').showPopover(),
  popoverKind(page) {
    const element = one(page, 'div');
    element.popover = page.pick([null, 'auto', 'manual', 'hint']);
  },
  details(page) {
    const details = one<HTMLDetailsElement>(page, 'details');
    details.open = !details.open;
  },
  detailsName: (page) => one(page, 'details').setAttribute('name', page.pick(['g', 'h', ''])),
  scroll(page) {
    const element = one(page, '.scroll');
    if (element.childNodes.length < 2) element.append('line\n'.repeat(40));
    element.scrollTo(page.random(30), page.random(400));
  },
  window: (page) => page.document.defaultView!.scrollTo(0, page.random(500)),
  focus: (page) => one(page, 'input,textarea,button,select,a').focus({ preventScroll: true }),
  blur: (page) => (page.document.activeElement as HTMLElement | null)?.blur(),
  select(page) {
    const from = node(page);
    const to = page.random(3) ? from : node(page);
    const length = (which: Node) =>
      page.random((which.nodeType === 3 ? (which as Text).length : which.childNodes.length) + 1);
    page.document.getSelection()!.setBaseAndExtent(from, length(from), to, length(to));
  },
  unselect: (page) => page.document.getSelection()!.removeAllRanges(),
  selectInField: (page) =>
    one<HTMLInputElement>(page, 'input,textarea').setSelectionRange(
      0,
      page.random(4),
      page.pick(['forward', 'backward']),
    ),
  define(page) {
    const { defaultView } = page.document;
    const View = defaultView as Window & typeof globalThis;
    const name = page.random(3) ? `x-new${page.kept.names++}` : page.pick(['x-thing', 'x-late']);
    if (name === 'x-late' && page.random(6)) return;
    const { roots, internals } = page.kept;
    class Thing extends View.HTMLElement {
      constructor() {
        super();
        const root = this.attachShadow({ mode: 'closed' });
        root.innerHTML = '<i>thing</i><slot></slot>';
        roots.push(root);
        internals.push(this.attachInternals());
      }
    }
    page.container().append(page.document.createElement(name));
    View.customElements.define(name, Thing);
  },
  state(page) {
    const { states } = page.pick(page.kept.internals) as ElementInternals & { states: Set<string> };
    const name = page.pick(['on', 'off']);
    if (!states.delete(name)) states.add(name);
  },
  slots(page) {
    const host = page.container();
    const root = host.attachShadow({ mode: 'open', slotAssignment: 'manual' });
    root.innerHTML = '<b>manual</b><slot></slot>';
    page.kept.roots.push(root);
  },
  assign(page) {
    const root = page.pick(page.roots().filter(({ slotAssignment }) => slotAssignment === 'manual'));
    root.querySelector('slot')!.assign(...[...root.host.children].filter(() => page.random(2) > 0));
  },
  animate(page) {
    page.pick(page.all()).animate?.({ opacity: [0.5, 1] }, { duration: 50 });
  },
};
