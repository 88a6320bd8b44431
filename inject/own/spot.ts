// An element that somebody asks the customer to click on himself: lit, the rest dimmed, with a sentence beside it.
import { colorOf } from '../../protocol/palette.ts';
import type { FromPage, ToPage } from '../../protocol/ports.ts';
import type { Realm } from '../realm.ts';
import { drawn, type Layer } from './layer.ts';

type Asked = Extract<ToPage, { type: 'spot' }>;
type Answer = Extract<FromPage, { type: 'spotAnswer' }>['answer'];

/** How often its place is looked up anew, ms; scrolling moves it at once. */
const LOOK_MS = 100;
/** Room around the element, and to the sentence, px. */
const ROOM = 6;
const GAP = 10;

export interface Spot {
  show(asked: Asked): void;
  /** @param id '' for whatever is lit */
  hide(id: string): void;
  /** Moves the focus to the element. */
  goTo(id: string): void;
  /** Whether an event of the customer is about what he is asked for. */
  isAbout(event: Event): boolean;
}

/** @param answer said once for each */
export function startSpot(
  realm: Realm,
  layer: Layer,
  find: (node: number) => Node | undefined,
  answer: (id: string, answer: Answer) => void,
): Spot {
  const { window, natives } = realm;
  let lit:
    | {
        asked: Asked;
        element: Element;
        light: HTMLElement;
        note: HTMLElement;
        decline: HTMLElement;
        timer: number;
      }
    | undefined;

  const hide = (id: string): void => {
    if (!lit || (id !== '' && lit.asked.id !== id)) return;
    natives.clearTimeout(lit.timer);
    natives.remove(lit.light);
    natives.remove(lit.note);
    lit = undefined;
  };
  const end = (how: Answer): void => {
    const id = lit?.asked.id;
    if (id === undefined) return;
    hide(id);
    answer(id, how);
  };

  const place = (): void => {
    if (!lit) return;
    const { element, light, note } = lit;
    const box = element.getBoundingClientRect();
    light.style.cssText = `left:${box.left - ROOM}px;top:${box.top - ROOM}px;width:${box.width + 2 * ROOM}px;height:${box.height + 2 * ROOM}px`;
    const { width, height } = note.getBoundingClientRect();
    const { innerWidth, innerHeight } = window;
    const below = box.bottom + ROOM + GAP;
    const above = box.top - ROOM - GAP - height;
    const within = (at: number, size: number, room: number): number =>
      Math.max(GAP, Math.min(at, room - size - GAP));
    const x = within(box.left + box.width / 2 - width / 2, width, innerWidth);
    const y = within(below + height > innerHeight && above > 0 ? above : below, height, innerHeight);
    note.style.transform = `translate(${x}px,${y}px)`;
  };
  const look = (): void => {
    if (!lit) return;
    if (!natives.isConnected(lit.element)) {
      end('gone');
      return;
    }
    layer.show();
    place();
    lit.timer = natives.setTimeout(look, LOOK_MS);
  };
  for (const type of ['scroll', 'resize']) realm.listen(window, type, place);

  const isAbout = (event: Event): boolean => {
    const target = lit?.element;
    return target !== undefined && natives.composedPath(event).includes(target);
  };
  realm.listen(window, 'click', (event) => {
    if (!event.isTrusted || !lit || !isAbout(event)) return;
    // A chooser follows; what was chosen counts.
    const [target] = natives.composedPath(event);
    const field = target instanceof window.HTMLLabelElement ? target.control : target;
    if (!isFile(field)) end('done');
  });
  const isFile = (target: unknown): boolean =>
    target instanceof window.HTMLInputElement && target.type === 'file';
  for (const [type, how] of [
    ['change', 'done'],
    ['cancel', 'declined'],
  ] as const)
    realm.listen(window, type, (event) => {
      if (!lit) return;
      const [target] = natives.composedPath(event);
      // The page could say so by itself; but nobody except the customer puts a file into a field.
      if (isFile(target) ? isAbout(event) || lit.asked.what === 'file' : event.isTrusted && isAbout(event))
        end(how);
    });
  realm.listen(window, 'keydown', (event) => {
    if (event.isTrusted && (event as KeyboardEvent).key === 'Escape') end('declined');
  });
  layer.onPress((pressed) => {
    if (lit && pressed === lit.decline) end('declined');
  });

  return {
    show(asked) {
      hide('');
      const node = find(asked.node);
      const element = node instanceof window.Element ? visibleOf(realm, node) : undefined;
      if (!element) {
        answer(asked.id, 'gone');
        return;
      }
      const root = layer.show();
      const light = drawn(realm, 'spot');
      const note = drawn(realm, 'spot-note');
      const words = drawn(realm, 'spot-words');
      const decline = drawn(realm, 'spot-decline');
      note.style.setProperty('--person', colorOf(asked.color));
      words.textContent = asked.words.ask;
      decline.textContent = asked.words.decline;
      note.append(words, decline);
      root.append(light, note);
      light.style.setProperty('--person', colorOf(asked.color));
      lit = { asked, element, light, note, decline, timer: 0 };
      const box = element.getBoundingClientRect();
      if (box.top < 0 || box.left < 0 || box.bottom > window.innerHeight || box.right > window.innerWidth)
        element.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
      look();
    },
    hide,
    goTo(id) {
      if (lit?.asked.id !== id) return;
      // What has the keyboard's focus is pressed by Enter or Space, which is as real as a click.
      const inner = lit.element.querySelector<HTMLElement>('a[href],button,input,select,textarea,[tabindex]');
      (lit.element as HTMLElement).focus?.();
      if (window.document.activeElement !== lit.element) inner?.focus();
    },
    isAbout,
  };
}

/** The element, or for one that is not to be seen (a file field behind a pretty button) what stands for it. */
function visibleOf({ window }: Realm, element: Element): Element | undefined {
  const has = (one: Element): boolean => {
    const { width, height } = one.getBoundingClientRect();
    return width > 2 && height > 2;
  };
  const labels = element instanceof window.HTMLInputElement ? [...(element.labels ?? [])] : [];
  for (const one of [element, ...labels]) if (has(one)) return one;
  for (let up = element.parentElement; up; up = up.parentElement) if (has(up)) return up;
  return undefined;
}
