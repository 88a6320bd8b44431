// Shadow roots: open ones, those attached late, and those that the page keeps closed (our wrap sees them being made).
import type { Observer, Recording } from './recording.ts';

export function startShadow(recording: Recording): Observer {
  const { hooks, tree, document } = recording;
  hooks.afterCall('Element', ['attachShadow'], (self, _args, root) => {
    const host = self as Element;
    closed.set(host, root as ShadowRoot);
    recording.closedRoots.set(host, root as ShadowRoot);
    if (tree.of(host)) recording.changed(host);
  });
  /** Slots that script assigns nodes to. */
  const slots = new Set<Element>();
  hooks.afterCall('HTMLSlotElement', ['assign'], (self) => {
    slots.add(self as Element);
    recording.changedProps(self as Element);
  });
  // What was closed before this recorder began is known still.
  const seen = (element: Element): void => {
    const root = closed.get(element);
    if (root) recording.closedRoots.set(element, root);
  };
  /** The parser attaches declarative roots without a mutation record, so hosts that may get one are looked at while it works. */
  let parsing: Element[] = [];
  const lookForParsed = (): void => {
    parsing = parsing.filter((host) => {
      const root = recording.rootOf(host);
      if (root && !tree.of(root)) recording.changed(host);
      return !root && tree.of(host);
    });
    if (document.readyState !== 'loading') parsing = [];
  };
  document.addEventListener('DOMContentLoaded', lookForParsed, { capture: true });
  return {
    element(element, tag, known) {
      if (tag === 'slot') {
        // Script may have assigned to it in another document, or before this recorder began.
        if ((element.getRootNode() as ShadowRoot).slotAssignment === 'manual') slots.add(element);
        // What is assigned to it may be sent after it, and has no ids before.
        if (slots.has(element)) recording.changedProps(element);
      }
      if (!known.isHost) return;
      seen(element);
      if (document.readyState === 'loading' && !recording.rootOf(element)) parsing.push(element);
    },
    look() {
      if (parsing.length > 0) lookForParsed();
      for (const slot of slots) recording.recheck(slot);
    },
    read(element, tag, props) {
      if (tag !== 'slot' || !slots.has(element)) return;
      const nodes = (element as HTMLSlotElement).assignedNodes();
      props.assigned = nodes.map((node) => recording.idOf(node)).filter((id) => id > 0);
    },
    stop: () => document.removeEventListener('DOMContentLoaded', lookForParsed, { capture: true }),
  };
}

/** By window realms of one script; kept beyond a recorder, as a page does not attach twice. */
const closed = new WeakMap<Element, ShadowRoot>();
