// Pickers that the browser draws above the page: lists of choices, calendars, colours. It says when they open to nobody.
import type { Observer, Recording } from './recording.ts';
import { listenOnRoots } from './root-events.ts';

const LOOK_EVERY = 300;

export function startOpenPickers(recording: Recording): Observer {
  const { dom, hooks, window } = recording;
  /** The one that a person has to do with: no two are open. */
  let field: Element | undefined;
  let timer: number | undefined;
  const knows = window.CSS.supports('selector(:open)');
  const isOpen = (element: Element): boolean => dom.matches(element, ':open');
  const look = (): void => {
    dom.clearTimeout(timer);
    if (!field) return;
    recording.changedProps(field);
    if (isOpen(field)) timer = dom.setTimeout(look, LOOK_EVERY);
  };
  const touched = (target: EventTarget | null): void => {
    const element = target && dom.nodeType(target) === 1 ? (target as Element).closest('select,input') : null;
    if (!element || !knows) return;
    field = element;
    // It opens after the event.
    dom.clearTimeout(timer);
    timer = dom.setTimeout(look, 0);
  };
  hooks.afterCall('HTMLInputElement', ['showPicker'], (self) => touched(self as Element));
  hooks.afterCall('HTMLSelectElement', ['showPicker'], (self) => touched(self as Element));
  const events = listenOnRoots(['mousedown', 'click', 'keydown', 'change', 'focusout'], ({ target }) =>
    touched(target),
  );
  return {
    root: events.root,
    tags: /^(?:input|select)$/,
    read(element, _tag, props) {
      if (element === field && isOpen(element)) props.open = true;
    },
    stop() {
      events.stop();
      dom.clearTimeout(timer);
    },
  };
}
