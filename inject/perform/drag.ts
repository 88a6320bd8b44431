// Dragging of draggable elements (HTML5 drag and drop): the browser starts none from dispatched events, so the whole course is fired here.
import { flatClosest } from './composed-tree.ts';
import type { Page } from './page.ts';
import { modifierInit } from './page.ts';
import type { PointerAt } from './pointer-events.ts';

/** A drag in progress. */
export interface Drag {
  move(target: Element, at: PointerAt): void;
  drop(target: Element, at: PointerAt): void;
  cancel(at: PointerAt): void;
}

/** One follower has one pointer: of all documents that this script performs in, his drag goes over frames. */
let going: Drag | undefined;

/** The drag that goes on, wherever it began. */
export function currentDrag(): Drag | undefined {
  return going;
}

/** What would be dragged from there: links, images and what says draggable. */
export function findDraggable(element: Element): HTMLElement | undefined {
  return flatClosest(element, (candidate) => (candidate as HTMLElement).draggable === true) as
    | HTMLElement
    | undefined;
}

/** Fires dragstart; undefined when the page prevents it. */
export function startDrag(page: Page, source: HTMLElement, at: PointerAt): Drag | undefined {
  const { window } = page;
  const data = createDataTransfer(page);
  if (source.localName === 'a') data.setData('text/uri-list', (source as HTMLAnchorElement).href);
  let over: Element | undefined;
  let accepted = false;

  const send = (type: string, target: Element, { input, x, y }: PointerAt, related?: Element): boolean => {
    // over a frame it is an event of the frame's own window
    const view = (target.ownerDocument.defaultView as typeof window | null) ?? window;
    return page.send(
      target,
      new view.DragEvent(type, {
        bubbles: true,
        cancelable: type !== 'dragleave' && type !== 'dragend',
        composed: true,
        view,
        dataTransfer: data,
        clientX: x,
        clientY: y,
        screenX: x + view.screenX,
        screenY: y + view.screenY,
        buttons: input.buttons,
        relatedTarget: related ?? null,
        ...modifierInit(input.modifiers),
      }),
    );
  };

  if (!send('dragstart', source, at)) return undefined;

  const finish = (at: PointerAt, effect: DataTransfer['dropEffect']): void => {
    going = undefined;
    data.dropEffect = effect;
    if (source.isConnected) send('dragend', source, at);
  };
  const move = (target: Element, at: PointerAt): void => {
    send('drag', source, at);
    if (over !== target) {
      send('dragenter', target, at, over);
      if (over?.isConnected) send('dragleave', over, at, target);
      over = target;
    }
    data.dropEffect = defaultEffect(data.effectAllowed);
    accepted = !send('dragover', target, at);
  };
  going = {
    move,
    drop(target, at) {
      move(target, at);
      const effect = accepted ? data.dropEffect : 'none';
      if (accepted) send('drop', target, at);
      else if (over?.isConnected) send('dragleave', over, at);
      finish(at, effect);
    },
    cancel(at) {
      if (over?.isConnected) send('dragleave', over, at);
      finish(at, 'none');
    },
  };
  return going;
}

function defaultEffect(allowed: DataTransfer['effectAllowed']): DataTransfer['dropEffect'] {
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
