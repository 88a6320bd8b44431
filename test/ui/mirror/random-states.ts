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
    const slot = root.querySelector('slot')!;
    const children = [...root.host.children].filter(() => page.random(2) > 0);
    slot.assign(...children);
    page.kept.assigned.set(slot, children);
  },
  selectInRoot(page) {
    const root = page.pick(page.roots());
    page.document.getSelection()!.selectAllChildren(root.firstElementChild!);
  },
  caret(page) {
    const element = one(page, '[contenteditable]');
    page.document.getSelection()!.collapse(element, page.random(element.childNodes.length + 1));
  },
  focusMoves(page) {
    const focused = page.document.activeElement;
    if (focused && focused !== page.document.body) page.container().append(focused);
  },
  focusWithin: (page) => {
    const element = page.pick(page.all());
    element.tabIndex = page.pick([0, -1]);
    element.focus({ preventScroll: true });
  },
  popoversOnTop(page) {
    const dialog = one<HTMLDialogElement>(page, 'dialog');
    const popover = one(page, '[popover]');
    if (!dialog.open) dialog.showModal();
    if (!dialog.contains(popover)) dialog.append(popover);
    popover.showPopover();
  },
  detailsGroup(page) {
    for (const element of page.all())
      if (element.localName === 'details') element.setAttribute('name', page.pick(['g', 'h']));
  },
  slotName(page) {
    const element = page.pick(page.all());
    const isManual = ({ host, slotAssignment }: ShadowRoot): boolean =>
      host === element.parentNode && slotAssignment === 'manual';
    // There it means nothing, and the setter takes all memory in Chromium 156, without a recorder's doing [measured].
    if (page.kept.roots.some(isManual)) throw new Error('assigned by hand');
    if (element.localName === 'slot') element.setAttribute('name', page.pick(['v1', 'v2', '']));
    else element.slot = page.pick(['v1', 'v2', '']);
  },
  hash(page) {
    page.document.defaultView!.location.hash = page.pick(['', 'v1', `v${page.random(99)}`]);
  },
  pushState(page) {
    const { history } = page.document.defaultView!;
    const address = `?n=${page.random(99)}`;
    if (page.random(2)) history.pushState(null, '', address);
    else history.replaceState(null, '', address);
  },
  title(page) {
    page.document.title = `title ${page.random(99)}`;
  },
  animated(page) {
    const animation = page
      .pick(page.all())
      .animate({ translate: ['0px', `${page.random(9)}px`] }, { duration: 1_000_000, fill: 'both' });
    switch (page.random(4)) {
      case 0:
        animation.pause();
        return;
      case 1:
        animation.playbackRate = 2;
        return;
      case 2:
        animation.finish();
        return;
      default:
        animation.currentTime = 1_000 * page.random(900);
    }
  },
  animationChanges(page) {
    const animation = page.pick(page.document.getAnimations());
    switch (page.random(5)) {
      case 0:
        animation.pause();
        return;
      case 1:
        animation.play();
        return;
      case 2:
        animation.cancel();
        return;
      case 3:
        animation.reverse();
        return;
      default:
        (animation.effect as KeyframeEffect).setKeyframes({ opacity: ['0', `0.${page.random(9)}`] });
    }
  },
  animate(page) {
    page.pick(page.all()).animate?.({ opacity: [0.5, 1] }, { duration: 50 });
  },
};
