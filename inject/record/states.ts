// Which element is hovered, pressed, focused, and the target of the address: the follower's pseudo-classes.
import { isTypedInto } from '../../protocol/masking.ts';
import type { Op } from '../../protocol/nodes.ts';
import { findActive } from './active.ts';
import type { Observer, Recording } from './recording.ts';
import { listenOnRoots } from './root-events.ts';

type Kind = Extract<Op, ['state', ...unknown[]]>[1];

export function startStates(recording: Recording): Observer {
  const { document, dom } = recording;
  const nodes: Record<Kind, Node | null> = {
    hover: null,
    active: null,
    focus: null,
    'focus-visible': null,
    target: null,
  };
  const told: Partial<Record<Kind, number>> = {};
  const tell = (kind: Kind): void =>
    recording.say(`state ${kind}`, () => {
      let known = recording.tree.find(recording.nearestId(nodes[kind]));
      if (known?.mask) {
        const element = known.node as Element;
        if (!isTypedInto(dom.localName(element), dom.getAttribute(element, 'type')))
          while (known.parent?.mask) known = known.parent;
      }
      const id = known?.id ?? 0;
      if (told[kind] === id) return undefined;
      told[kind] = id;
      return ['state', kind, id];
    });
  const set = (kind: Kind, node: Node | null): void => {
    if (nodes[kind] === node) return;
    nodes[kind] = node;
    tell(kind);
  };
  const focused = (): void => {
    const active = findActive(recording);
    set('focus', active);
    set('focus-visible', active && dom.matches(active, ':focus-visible') ? active : null);
  };
  const target = (): void =>
    set('target', document.location.hash === '' ? null : document.querySelector(':target'));
  /** Capturing listeners run from the document inwards, so the innermost root has the last word. */
  const handlers: Record<string, (event: Event) => void> = {
    pointerover: ({ target }) => set('hover', target as Node),
    mouseover: ({ target }) => set('hover', target as Node),
    pointerdown: ({ target }) => set('active', target as Node),
    mousedown: ({ target }) => set('active', target as Node),
    pointerup: () => set('active', null),
    mouseup: () => set('active', null),
    pointercancel: () => set('active', null),
    dragend: () => set('active', null),
    pointerout: (event) => {
      if ((event as PointerEvent).relatedTarget === null) set('hover', null);
    },
    focusin: focused,
    // Where the focus goes is known once it has gone.
    focusout: () => queueMicrotask(focused),
    keydown: () => queueMicrotask(focused),
  };
  const events = listenOnRoots(Object.keys(handlers), (event) => handlers[event.type]!(event));
  const { window } = recording;
  window.addEventListener('hashchange', target);
  // No event on a frame's element says that the focus has gone into its document.
  for (const type of ['blur', 'focus']) window.addEventListener(type, focused);
  document.addEventListener('DOMContentLoaded', target);
  return {
    root: events.root,
    stop() {
      events.stop();
      window.removeEventListener('hashchange', target);
      for (const type of ['blur', 'focus']) window.removeEventListener(type, focused);
      document.removeEventListener('DOMContentLoaded', target);
    },
    restate() {
      focused();
      target();
      for (const kind of Object.keys(nodes) as Kind[]) {
        told[kind] = 0;
        if (nodes[kind]) tell(kind);
      }
    },
  };
}
