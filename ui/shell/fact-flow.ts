// Forwards the page's facts to the gateway within its credit; a page that says more than goes out is held, and asked again for what was lost.
import { CREDIT_BYTES, MAX_MESSAGE_BYTES } from '../../protocol/limits.ts';
import { encodeFact, type PageFact } from '../../protocol/page-facts.ts';
import type { OpenSession } from '../session/session.ts';
import type { PageDocument, PageDocuments } from './page-documents.ts';

/** Facts that wait for credit, bytes: beyond it they are dropped and a snapshot is asked for. */
const QUEUE_BYTES = 2 * CREDIT_BYTES;
const CLOSED = new TextEncoder().encode(JSON.stringify({ type: 'frame.closed' } satisfies PageFact));

export interface FactFlow {
  /** The documents are to say nothing for now. */
  readonly held: boolean;
  /** @param json UTF-8 JSON of a PageFact */
  forward(document: PageDocument, json: Uint8Array): void;
  /** The document is gone. */
  closed(document: PageDocument): void;
  /** The gateway has taken so many bytes of this connection by now. */
  credit(bytes: number): void;
  /** A new connection knows nothing of what was under way; the gateway asks it for snapshots right after the welcome. */
  restart(): void;
  stop(): void;
}

/** @param documents whom to hold, and to ask again */
export function startFactFlow(
  session: Pick<OpenSession, 'status' | 'sendBinary'>,
  documents: Pick<PageDocuments, 'sendAll'>,
): FactFlow {
  let sent = 0;
  let taken = 0;
  let queue: Uint8Array<ArrayBuffer>[] = [];
  let queued = 0;
  let held = false;
  let lost = false;
  let connected = session.status.peek() === 'open';
  const stop = session.status.subscribe((status) => {
    if (status !== 'open') connected = false;
  });

  const flush = (): void => {
    while (queue.length > 0 && sent - taken < CREDIT_BYTES) {
      const next = queue[0]!;
      if (!session.sendBinary(next)) break;
      queue.shift();
      queued -= next.length;
      sent += next.length;
    }
    const full = queue.length > 0;
    if (full && !held) {
      held = true;
      documents.sendAll({ type: 'hold' });
    } else if (held && !full && sent - taken < CREDIT_BYTES / 2) {
      held = false;
      documents.sendAll({ type: 'flow' });
      if (lost) {
        lost = false;
        documents.sendAll({ type: 'resend' });
      }
    }
  };

  const forward = ({ frame, top }: PageDocument, json: Uint8Array): void => {
    // Without a connection there is nothing to keep: the next one begins with snapshots.
    if (!connected || json.length + 4 > MAX_MESSAGE_BYTES) return;
    if (queued > QUEUE_BYTES) {
      lost = true;
      return;
    }
    const message = encodeFact({ frame, page: top }, json) as Uint8Array<ArrayBuffer>;
    queue.push(message);
    queued += message.length;
    flush();
  };

  return {
    get held() {
      return held;
    },
    forward,
    closed: (document) => forward(document, CLOSED),
    credit(bytes) {
      taken = Math.max(taken, bytes);
      flush();
    },
    restart() {
      connected = true;
      sent = 0;
      taken = 0;
      queue = [];
      queued = 0;
      lost = false;
      held = false;
      documents.sendAll({ type: 'flow' });
    },
    stop,
  };
}
