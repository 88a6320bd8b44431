// Dragging of draggable elements (HTML5 drag and drop): the browser starts none from dispatched events, so the whole course is fired here.
// A drag may go on in another document of the page, where the shell carries it: types while it is above, values when it is dropped.
import { MAX_DRAGGED, MAX_DRAGGED_TYPES } from '../../protocol/limits.ts';
import type { Dragged } from '../../protocol/ports.ts';
import { flatClosest } from './composed-tree.ts';
import type { Page } from './page.ts';
import { modifierInit } from './page.ts';
import type { PointerAt } from './pointer-events.ts';

type DropEffect = DataTransfer['dropEffect'];

/** A drag in progress, in the document that it began in. */
export interface Drag {
  /** @param target undefined while it is above another document */
  move(target: Element | undefined, at: PointerAt): void;
  drop(target: Element, at: PointerAt): void;
  /** What another document is told of it. @param dropped it is dropped there, and may be read */
  told(dropped: boolean): Dragged;
  /** It is over: what the place where it was dropped made of it. */
  end(at: PointerAt, effect: DropEffect): void;
  cancel(at: PointerAt): void;
}

/** A drag above the elements of this document, wherever it began. */
export interface DragAbove {
  move(target: Element, at: PointerAt): void;
  /** @param dragged with its values, when it began in another document */
  drop(target: Element, at: PointerAt, dragged?: Dragged): DropEffect;
  leave(at: PointerAt): void;
}

/** What would be dragged from there: links, images and what says draggable. */
export function findDraggable(element: Element): HTMLElement | undefined {
  return flatClosest(element, (candidate) => (candidate as HTMLElement).draggable === true) as
    | HTMLElement
    | undefined;
}

/**
 * Fires dragstart; undefined when the page prevents it.
 * @param isMasked what followers cannot read: it is dragged about as it is, but says nothing in another document
 */
export function startDrag(
  page: Page,
  source: HTMLElement,
  at: PointerAt,
  isMasked: (element: Element) => boolean,
): Drag | undefined {
  const data = createDataTransfer(page);
  if (source.localName === 'a') data.setData('text/uri-list', (source as HTMLAnchorElement).href);
  if (!send(page, 'dragstart', source, at, data)) return undefined;
  const above = dragAbove(page, data);
  const end = (at: PointerAt, effect: DropEffect): void => {
    data.dropEffect = effect;
    if (source.isConnected) send(page, 'dragend', source, at, data);
  };
  return {
    move(target, at) {
      send(page, 'drag', source, at, data);
      if (target) above.move(target, at);
      else above.leave(at);
    },
    drop(target, at) {
      send(page, 'drag', source, at, data);
      end(at, above.drop(target, at));
    },
    told(dropped) {
      const readable = dropped && ![source, ...source.querySelectorAll('*')].some(isMasked);
      let room = MAX_DRAGGED;
      const values = data.types.slice(0, MAX_DRAGGED_TYPES).map((type): [string, string] => {
        const value = readable ? data.getData(type) : '';
        const fits = value.length <= room;
        if (fits) room -= value.length;
        return [type.slice(0, 200), fits ? value : ''];
      });
      return { data: values, allowed: data.effectAllowed };
    },
    end,
    cancel(at) {
      above.leave(at);
      end(at, 'none');
    },
  };
}

/** A drag that comes from another document. */
export function receiveDrag(page: Page, { data: entries, allowed }: Dragged): DragAbove {
  const data = createDataTransfer(page);
  for (const [type] of entries) data.setData(type, '');
  data.effectAllowed = allowed;
  return dragAbove(page, data);
}

function dragAbove(page: Page, data: DataTransfer): DragAbove {
  let over: Element | undefined;
  let accepted = false;
  const leave = (at: PointerAt, to?: Element): void => {
    if (over?.isConnected) send(page, 'dragleave', over, at, data, to);
    over = undefined;
  };
  const move = (target: Element, at: PointerAt): void => {
    if (over !== target) {
      send(page, 'dragenter', target, at, data, over);
      leave(at, target);
      over = target;
    }
    data.dropEffect = defaultEffect(data.effectAllowed);
    accepted = !send(page, 'dragover', target, at, data);
  };
  return {
    move,
    drop(target, at, dragged) {
      move(target, at);
      const effect = accepted && isAllowed(data) ? data.dropEffect : 'none';
      if (effect === 'none') leave(at);
      else {
        for (const [type, value] of dragged?.data ?? []) data.setData(type, value);
        send(page, 'drop', target, at, data);
      }
      over = undefined;
      return effect;
    },
    leave,
  };
}

function send(
  page: Page,
  type: string,
  target: Element,
  { input, x, y }: PointerAt,
  dataTransfer: DataTransfer,
  related?: Element,
): boolean {
  const { window } = page;
  return page.send(
    target,
    new window.DragEvent(type, {
      bubbles: true,
      cancelable: type !== 'dragleave' && type !== 'dragend',
      composed: true,
      view: window,
      dataTransfer,
      clientX: x,
      clientY: y,
      screenX: x + window.screenX,
      screenY: y + window.screenY,
      buttons: input.buttons,
      relatedTarget: related ?? null,
      ...modifierInit(input.modifiers),
    }),
  );
}

function isAllowed({ effectAllowed, dropEffect }: DataTransfer): boolean {
  return /^(?:all|uninitialized)$/.test(effectAllowed) || effectAllowed.toLowerCase().includes(dropEffect);
}

function defaultEffect(allowed: DataTransfer['effectAllowed']): DropEffect {
  if (allowed === 'copy' || allowed === 'link' || allowed === 'none') return allowed;
  return allowed === 'linkMove' || allowed === 'move' ? 'move' : 'copy';
}

/** A DataTransfer whose effects can be set: the browser ignores that on one made by script [measured]. */
function createDataTransfer(page: Page): DataTransfer {
  const data = new page.window.DataTransfer();
  Object.defineProperty(data, 'effectAllowed', { value: 'uninitialized', writable: true });
  Object.defineProperty(data, 'dropEffect', { value: 'none', writable: true });
  return data;
}
