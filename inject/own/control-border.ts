// The border and the words that tell the customer who else is in control of the page.
import type { Realm } from '../realm.ts';
import { drawn, type Layer } from './layer.ts';

/** Draws the border in the page frame; nested frames are inside it already. */
export function startControlBorder(
  realm: Realm,
  layer: Layer,
): { show(by: string | null): void; stop(): void } {
  let parts: HTMLElement[] = [];
  const clear = () => {
    for (const part of parts) realm.natives.remove(part);
    parts = [];
  };
  return {
    show(by) {
      clear();
      if (by === null || !realm.isTop) return;
      parts = [
        drawn(realm, 'border'),
        drawn(realm, 'words', `${by} is in control — press Esc twice to take back`),
      ];
      const root = layer.show();
      for (const part of parts) realm.natives.append(root, part);
    },
    stop: clear,
  };
}
