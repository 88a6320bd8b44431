// The pointers of the others in the customer's page: each is drawn in one document, and goes from the one that it has left.
import type { SessionEvent } from '../../protocol/session-messages.ts';
import type { PageDocuments } from './page-documents.ts';

type PointerEvent = Extract<SessionEvent, { type: 'pointer.moved' | 'pointer.clicked' | 'pointer.left' }>;

export interface OtherPointers {
  /** @param who undefined for one who is not there any more: his pointer is not drawn */
  take(event: PointerEvent, who: { name: string; color: number } | undefined): void;
}

export function startOtherPointers(documents: Pick<PageDocuments, 'get'>): OtherPointers {
  /** The document in which each was drawn last. */
  const frames = new Map<string, number>();

  const leave = (pid: string): void => {
    const frame = frames.get(pid);
    frames.delete(pid);
    if (frame === undefined) return;
    const nowhere = { name: '', color: 0, node: 0, x: 0, y: 0 };
    documents.get(frame)?.send({ type: 'pointer', kind: 'left', pid, ...nowhere });
  };

  return {
    take(event, who) {
      const { type, pid } = event;
      if (type === 'pointer.left' || frames.get(pid) !== event.frame) leave(pid);
      if (type === 'pointer.left' || !who) return;
      const { frame, node, x, y } = event;
      const kind = type === 'pointer.moved' ? 'moved' : 'clicked';
      frames.set(pid, frame);
      documents
        .get(frame)
        ?.send({ type: 'pointer', pid, name: who.name, color: who.color, kind, node, x, y });
    },
  };
}
