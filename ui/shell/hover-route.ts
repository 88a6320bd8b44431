// Which documents lie under the follower's pointer: as in a browser, a page hears that the pointer has gone into one of its frames, and a frame
// that it has left. Menus that open by hovering close then.
import type { PageDocument, PageDocuments } from './page-documents.ts';

export interface HoverRoute {
  /** The pointer of that participant is above this document, or with undefined above none. */
  move(pid: string, to: PageDocument | undefined): void;
}

export function startHoverRoute(documents: Pick<PageDocuments, 'get' | 'around'>): HoverRoute {
  let holder = '';
  /** From the page frame inwards. */
  let under: readonly PageDocument[] = [];

  const pathTo = (document: PageDocument | undefined): PageDocument[] =>
    document ? [...pathTo(documents.around(document)), document] : [];

  return {
    move(pid, to) {
      if (pid === holder && to === under.at(-1)) return;
      // Documents take another's pointer away by themselves.
      const before = pid === holder ? under : [];
      holder = pid;
      under = pathTo(to);
      for (const left of before)
        if (!under.includes(left) && documents.get(left.frame) === left) left.send({ type: 'hover' });
      for (const [depth, document] of under.entries()) {
        const inner = under[depth + 1];
        if (inner && inner !== before[depth + 1]) document.send({ type: 'hover', into: inner.name });
      }
    },
  };
}
