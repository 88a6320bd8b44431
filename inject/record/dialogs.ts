// The top layer: dialogs opened as modal, and popovers that show.
import type { Observer, Recording } from './recording.ts';
import { listenOnRoots } from './root-events.ts';

export function startDialogs(recording: Recording): Observer {
  const { dom, hooks } = recording;
  const heard = (self: object): void => recording.changedProps(self as Element);
  hooks.afterCall('HTMLDialogElement', ['showModal', 'show', 'close', 'requestClose'], heard);
  hooks.afterCall('HTMLElement', ['showPopover', 'hidePopover', 'togglePopover'], heard);
  const onEvent = ({ target }: Event): void => {
    if (target && dom.nodeType(target) === 1) recording.changedProps(target as Element);
  };
  const types = ['toggle', 'close', 'beforetoggle', 'cancel'];
  /** In the top layer; a node that is moved leaves it without an event. */
  const shown = new Set<Element>();
  return {
    ...listenOnRoots(types, onEvent),
    look() {
      for (const element of shown) recording.recheck(element);
    },
    read(element, tag, props) {
      if (tag.startsWith('#')) return;
      if (tag === 'dialog' && dom.matches(element, ':modal')) props.modal = true;
      if (dom.getAttribute(element, 'popover') !== null && dom.matches(element, ':popover-open'))
        props.popover = true;
      if (props.modal || props.popover) shown.add(element);
      else shown.delete(element);
    },
  };
}
