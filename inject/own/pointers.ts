// Pointers of the other participants, named and coloured, anchored to the element they are over.
import { colorOf } from '../../protocol/palette.ts';
import type { ToPage } from '../../protocol/ports.ts';
import type { Realm } from '../realm.ts';
import { drawn, type Layer } from './layer.ts';

type Pointer = Extract<ToPage, { type: 'pointer' }>;

const ARROW = 'M2 1 L2 16 L6.2 12.2 L9 18.5 L11.8 17.3 L9 11.2 L14.5 10.8 Z';
/** How often places are looked up anew while pointers are shown, ms: a page may move what they are over without a scroll. */
const LOOK_MS = 200;
/** A pointer that has said nothing for so long is taken away, ms. */
const FORGET_MS = 15_000;

/** Draws pointers until stopped. */
export function startPointers(
  realm: Realm,
  layer: Layer,
  find: (node: number) => Node | undefined,
): { show(pointer: Pointer): void; stop(): void } {
  const { window, natives } = realm;
  const shown = new Map<string, { box: HTMLElement; last: Pointer; timer: number }>();
  const forget = (pid: string) => {
    const entry = shown.get(pid);
    if (!entry) return;
    natives.clearTimeout(entry.timer);
    natives.remove(entry.box);
    shown.delete(pid);
  };
  const place = ({ box, last }: { box: HTMLElement; last: Pointer }) => {
    const rect = rectOf(window, find(last.node));
    if (!rect) return;
    box.style.transform = `translate(${rect.left + last.x * rect.width}px, ${rect.top + last.y * rect.height}px)`;
  };
  const replaceAll = () => {
    for (const entry of shown.values()) place(entry);
  };
  for (const type of ['scroll', 'resize']) realm.listen(window, type, replaceAll);
  let looking = 0;
  const look = (): void => {
    looking = shown.size > 0 ? natives.setTimeout(look, LOOK_MS) : 0;
    if (!window.document.hidden) replaceAll();
  };
  return {
    show(pointer) {
      if (pointer.kind === 'left') return forget(pointer.pid);
      const root = layer.show();
      let entry = shown.get(pointer.pid);
      if (!entry) {
        entry = { box: build(realm, pointer), last: pointer, timer: 0 };
        natives.append(root, entry.box);
        shown.set(pointer.pid, entry);
      }
      entry.last = pointer;
      if (looking === 0) looking = natives.setTimeout(look, LOOK_MS);
      natives.clearTimeout(entry.timer);
      entry.timer = natives.setTimeout(() => forget(pointer.pid), FORGET_MS);
      place(entry);
      if (pointer.kind === 'clicked') ripple(realm, entry.box);
    },
    stop() {
      for (const pid of [...shown.keys()]) forget(pid);
    },
  };
}

function build(realm: Realm, { name, color }: Pointer): HTMLElement {
  const box = drawn(realm, 'pointer');
  box.style.color = colorOf(color);
  const { document } = realm.window;
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', ARROW);
  path.setAttribute('fill', 'currentColor');
  path.setAttribute('stroke', '#fff');
  svg.append(path);
  const label = drawn(realm, 'name');
  const words = document.createElement('span');
  words.textContent = name;
  label.append(words);
  box.append(svg, label);
  return box;
}

function ripple(realm: Realm, box: HTMLElement): void {
  const ring = drawn(realm, 'ripple');
  realm.natives.append(box, ring);
  realm.natives.listen(ring, 'animationend', () => realm.natives.remove(ring));
}

/** Border box in the viewport; the document stands for its root element. */
function rectOf(window: Window & typeof globalThis, node: Node | undefined): DOMRect | undefined {
  const element = node instanceof window.Document ? node.documentElement : node;
  return element instanceof window.Element ? element.getBoundingClientRect() : undefined;
}
