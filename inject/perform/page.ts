// The page as the recipes need it: its window, and the natives as they were before the page could replace them.

import type { PageWindow } from '../natives.ts';

/** Natives of one page. */
export interface Page {
  readonly window: PageWindow;
  readonly document: Document;
  /** Runs an editing command as typing would; false when the browser refuses. */
  command(name: string, value?: string): boolean;
  /** Sets a field's value past the own property that React and others put on the element to notice changes. */
  setValue(field: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement, value: string): void;
  setChecked(field: HTMLInputElement, checked: boolean): void;
  setSelected(option: HTMLOptionElement, selected: boolean): void;
  /** What scrolls no further here goes on in the document around this one. */
  beyond?: (dx: number, dy: number) => void;
  /** Dispatches, and says whether the default action is still wanted. */
  send(target: EventTarget, event: Event): boolean;
}

type Setter = (this: Element, value: unknown) => void;

const taken = new WeakMap<PageWindow, Page>();

/** The natives of a window, taken at the first call, before any script of the page; a document that is opened again has the same. */
export function takePage(window: PageWindow): Page {
  const known = taken.get(window);
  if (known) return known;
  const page = readNatives(window);
  taken.set(window, page);
  return page;
}

function readNatives(window: PageWindow): Page {
  const { document } = window;
  const setter = (prototype: object, name: string): Setter =>
    Object.getOwnPropertyDescriptor(prototype, name)!.set as Setter;
  const inputValue = setter(window.HTMLInputElement.prototype, 'value');
  const areaValue = setter(window.HTMLTextAreaElement.prototype, 'value');
  const selectValue = setter(window.HTMLSelectElement.prototype, 'value');
  const checkedSetter = setter(window.HTMLInputElement.prototype, 'checked');
  const selectedSetter = setter(window.HTMLOptionElement.prototype, 'selected');
  const execCommand = window.Document.prototype.execCommand;
  const dispatch = window.EventTarget.prototype.dispatchEvent;
  return {
    window,
    document,
    command(name, value) {
      try {
        return execCommand.call(document, name, false, value);
      } catch {
        return false; // documents that are no HTML throw
      }
    },
    setValue(field, value) {
      const set =
        field.localName === 'textarea' ? areaValue : field.localName === 'select' ? selectValue : inputValue;
      set.call(field, value);
    },
    setChecked: (field, checked) => checkedSetter.call(field, checked),
    setSelected: (option, selected) => selectedSetter.call(option, selected),
    send: (target, event) => dispatch.call(target, event),
  };
}

/** Modifier keys of an input as fields of an event. */
export function modifierInit(modifiers: number): EventModifierInit {
  return {
    altKey: (modifiers & 1) !== 0,
    ctrlKey: (modifiers & 2) !== 0,
    metaKey: (modifiers & 4) !== 0,
    shiftKey: (modifiers & 8) !== 0,
  };
}
