// The top layer: modal dialogs, popovers and fullscreen elements, in the order in which they came there.
import type { Observer, Recording } from './recording.ts';
import { listenOnRoots } from './root-events.ts';

export function startDialogs(recording: Recording): Observer {
  const { dom, hooks } = recording;
  /** What is in the top layer: a higher number came later. No browser tells the order. */
  const layers = new Map<Element, number>();
  const sources = new WeakMap<Element, Element | null>();
  let last = 0;
  const isModal = (element: Element): boolean => dom.matches(element, ':modal');
  const isPopover = (element: Element, names: readonly string[]): boolean =>
    names.includes('popover') && dom.matches(element, ':popover-open');
  const look = (element: Element): void => {
    // Fullscreen elements are modal, too.
    if (!isModal(element) && !isPopover(element, dom.attributeNames(element))) layers.delete(element);
    else if (!layers.has(element)) layers.set(element, ++last);
    recording.changedProps(element);
  };
  const heard = (self: object): void => look(self as Element);
  hooks.afterCall('HTMLDialogElement', ['showModal', 'show', 'close', 'requestClose'], heard);
  hooks.afterCall('HTMLElement', ['showPopover', 'hidePopover', 'togglePopover'], heard);
  const onEvent = (event: Event): void => {
    const { target, type } = event;
    if (!target || dom.nodeType(target) !== 1) return;
    const element = target as Element;
    if (type === 'beforetoggle') {
      const { newState, source } = event as ToggleEvent & { source?: Element | null };
      // It has not been there until now, or is not from now on, however soon it is there again.
      layers.delete(element);
      if (newState === 'open') sources.set(element, source ?? null);
      recording.changedProps(element);
    } else look(element);
  };
  return {
    ...listenOnRoots(['toggle', 'close', 'beforetoggle', 'cancel', 'fullscreenchange'], onEvent),
    /** A node that is moved leaves the top layer without an event. */
    look() {
      for (const element of layers.keys())
        if (dom.isConnected(element)) recording.recheck(element);
        else layers.delete(element);
    },
    tags: /^[^#]/,
    read(element, tag, props, _known, names) {
      const known = layers.has(element);
      if (known && dom.matches(element, ':fullscreen')) props.fullscreen = true;
      else if (tag === 'dialog' && isModal(element)) props.modal = true;
      if (isPopover(element, names)) {
        props.popover = true;
        const source = recording.idOf(sources.get(element) ?? null);
        if (source > 0) props.source = source;
      }
      if (props.modal || props.popover || props.fullscreen) {
        if (!known) layers.set(element, ++last);
        props.layer = layers.get(element)!;
      } else if (known) layers.delete(element);
    },
  };
}
