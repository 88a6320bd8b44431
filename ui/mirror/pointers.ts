// Pointers of all participants above the mirror: named, coloured, anchored to elements, with a ripple for a click.
import { colorOf } from '../../protocol/palette.ts';
import type { ToView } from '../../protocol/ports.ts';
import { pointOf } from './input/place.ts';
import type { MirrorBelow } from './overlay-mirror.ts';

type PointerMessage = Extract<ToView, { type: 'pointer.moved' | 'pointer.clicked' | 'pointer.left' }>;
type People = Extract<ToView, { type: 'participants' }>;

/** A pointer that did not move for so long fades out, ms. */
const IDLE_MS = 15_000;
const RIPPLE_MS = 600;

/** Pointers of the others. */
export interface Pointers {
  take(message: PointerMessage): void;
  setPeople(message: People): void;
  /** The person himself has pressed there. */
  pressed(at: Shown['at']): void;
  stop(): void;
}

interface Shown {
  box: HTMLElement;
  at: { frame: number; node: number; x: number; y: number };
  movedAt: number;
}

/** @param root where they are drawn; takes no input itself */
export function startPointers(root: HTMLElement, mirror: MirrorBelow): Pointers {
  const shown = new Map<string, Shown>();
  let people: People = { type: 'participants', people: [], self: '' };
  let request = 0;

  /** Each frame while there are any: the element may move by scrolling, typing, or a change of the page. */
  const draw = (): void => {
    request = 0;
    for (const { box, at, movedAt } of shown.values()) {
      const point = locate(mirror, at);
      box.hidden = point === undefined;
      if (!point) continue;
      box.style.transform = `translate(${Math.round(point.x)}px, ${Math.round(point.y)}px)`;
      box.classList.toggle('flipped', point.x > innerWidth - 120);
      box.classList.toggle('idle', performance.now() - movedAt > IDLE_MS);
    }
    if (shown.size > 0) request = requestAnimationFrame(draw);
  };
  const drawSoon = (): void => {
    if (request === 0) request = requestAnimationFrame(draw);
  };
  const remove = (pid: string): void => {
    shown.get(pid)?.box.remove();
    shown.delete(pid);
  };
  const personOf = (pid: string) => people.people.find((one) => one.pid === pid);
  const colorFor = (pid: string): string => colorOf(personOf(pid)?.color ?? 0);
  const dress = (box: HTMLElement, pid: string): void => {
    box.style.setProperty('--person', colorFor(pid));
    box.querySelector('.name')!.textContent = personOf(pid)?.name ?? '';
  };

  return {
    take(message) {
      const { pid } = message;
      if (pid === people.self) return;
      if (message.type === 'pointer.left') {
        remove(pid);
        return;
      }
      const { frame, node, x, y } = message;
      const at = { frame, node, x, y };
      const known = shown.get(pid);
      const movedAt = performance.now();
      if (known) Object.assign(known, { at, movedAt });
      else {
        const box = createPointer();
        dress(box, pid);
        root.append(box);
        shown.set(pid, { box, at, movedAt });
      }
      if (message.type === 'pointer.clicked') ripple(root, mirror, at, colorFor(pid));
      drawSoon();
    },
    pressed: (at) => ripple(root, mirror, at, colorFor(people.self)),
    setPeople(message) {
      people = message;
      const present = new Set(message.people.map(({ pid }) => pid));
      for (const [pid, { box }] of shown)
        if (present.has(pid) && pid !== message.self) dress(box, pid);
        else remove(pid);
    },
    stop() {
      cancelAnimationFrame(request);
      for (const pid of [...shown.keys()]) remove(pid);
    },
  };
}

function locate(
  mirror: MirrorBelow,
  { frame, node, x, y }: Shown['at'],
): { x: number; y: number } | undefined {
  const found = mirror.nodeOf(frame, node);
  const element =
    found?.nodeType === 1
      ? (found as Element)
      : found?.nodeType === 9
        ? (found as Document).documentElement
        : found?.parentElement;
  return element?.isConnected ? pointOf(mirror, element, x, y) : undefined;
}

function createPointer(): HTMLElement {
  const box = document.createElement('div');
  box.className = 'pointer';
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 20');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', 'M1 1v15l4-3.6 2.6 6 2.8-1.2-2.6-5.9H14z');
  svg.append(path);
  const name = document.createElement('span');
  name.className = 'name';
  box.append(svg, name);
  return box;
}

function ripple(root: HTMLElement, mirror: MirrorBelow, at: Shown['at'], color: string): void {
  const point = locate(mirror, at);
  if (!point) return;
  const ring = document.createElement('div');
  ring.className = 'ripple';
  ring.style.setProperty('--person', color);
  ring.style.left = `${point.x}px`;
  ring.style.top = `${point.y}px`;
  root.append(ring);
  setTimeout(() => ring.remove(), RIPPLE_MS);
}
