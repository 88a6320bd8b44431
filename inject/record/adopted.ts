// Elements that were adopted from another document: their setters are of its window, which we do not hear, so they are looked at.
import type { Recording } from './recording.ts';

/** ms */
const LOOK_EVERY = 500;

export interface Adopted {
  /** From now on `look` is called with the element again and again, if it came from another document, as long as it is in this one. */
  watch(element: Element): void;
  stop(): void;
}

export function lookAtAdopted({ dom, tree, window }: Recording, look: (element: Element) => void): Adopted {
  const adopted = new Set<Element>();
  let timer: number | undefined;
  const lookAtAll = (): void => {
    timer = undefined;
    for (const element of adopted)
      if (tree.of(element)) look(element);
      else adopted.delete(element);
    if (adopted.size > 0) timer = dom.setTimeout(lookAtAll, LOOK_EVERY);
  };
  return {
    watch(element) {
      if (element instanceof window.Element) return;
      adopted.add(element);
      timer ??= dom.setTimeout(lookAtAll, LOOK_EVERY);
    },
    stop: () => dom.clearTimeout(timer),
  };
}
