// What was shared in a session, counted while it runs, for the customer's receipt at the end.
import type { ReadonlySignal } from '@preact/signals';
import type { SessionState } from '../../protocol/session-messages.ts';

export interface Receipt {
  /** Milliseconds. */
  duration: number;
  /** Different pages shown. */
  pages: number;
  documents: string[];
  people: string[];
  /** Milliseconds in which somebody else held control. */
  underControl: number;
}

export interface ReceiptKeeper {
  receipt(): Receipt;
  stop(): void;
}

/** @param self pid of the customer */
export function startReceipt(
  state: ReadonlySignal<SessionState | undefined>,
  self: ReadonlySignal<string>,
): ReceiptKeeper {
  const began = Date.now();
  const pages = new Set<string>();
  const documents = new Map<string, string>();
  const people = new Map<string, string>();
  let controlledSince: number | undefined;
  let controlled = 0;

  const stop = state.subscribe((now) => {
    if (!now) return;
    // A fragment is a place on a page, not another page.
    if (now.url !== '') pages.add(now.url.split('#')[0] ?? '');
    for (const { id, name } of now.documents) documents.set(id, name);
    for (const { pid, name } of now.participants) if (pid !== self.peek()) people.set(pid, name);
    const byOther = now.control.holder !== self.peek() && self.peek() !== '';
    if (byOther) controlledSince ??= Date.now();
    else if (controlledSince !== undefined) {
      controlled += Date.now() - controlledSince;
      controlledSince = undefined;
    }
  });

  return {
    receipt: () => ({
      duration: Date.now() - began,
      pages: pages.size,
      documents: [...documents.values()],
      people: [...people.values()],
      underControl: controlled + (controlledSince === undefined ? 0 : Date.now() - controlledSince),
    }),
    stop,
  };
}
