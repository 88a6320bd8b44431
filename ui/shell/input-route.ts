// Which document of the page performs a follower's input: keys go where the focus is, also while a Tab takes it from one frame to another.
import type { Input } from '../../protocol/input.ts';
import type { FromPage } from '../../protocol/ports.ts';
import type { SessionEvent } from '../../protocol/session-messages.ts';
import type { OpenSession } from '../session/session.ts';
import type { PageDocument, PageDocuments } from './page-documents.ts';
import type { TakeBack } from './take-back.ts';

/** Longer nobody waits for a document to do a Tab, ms. */
const TABBING_MS = 500;
/** So long after a Tab into another frame keys may still name the one it left, ms. */
const TABBED_MS = 1000;

type Perform = Extract<SessionEvent, { type: 'input.perform' }>;

export interface InputRoute {
  perform(event: Perform): void;
  /** Tab of a follower goes from one document to another, and his keys with it. */
  tab(from: PageDocument, message: Extract<FromPage, { type: 'tab' }>): void;
  /** A document has done a Tab, as far as it is done there. */
  tabbed(document: PageDocument): void;
  closed(document: PageDocument): void;
  stop(): void;
}

export function startInputRoute(
  documents: PageDocuments,
  session: Pick<OpenSession, 'ask'>,
  takeBack: Pick<TakeBack, 'allows'>,
): InputRoute {
  let focused: number | undefined;
  let left: { frame: number; at: number } | undefined;
  /** A document that does a Tab, and what comes behind it: nobody knows yet which document that is for. */
  let tabbing: { document: PageDocument; late: ReturnType<typeof setTimeout> } | undefined;
  const behind: Perform[] = [];

  const beginTab = (document: PageDocument): void => {
    clearTimeout(tabbing?.late);
    // With one document alone there is nowhere else to go.
    tabbing = documents.size > 1 ? { document, late: setTimeout(endTab, TABBING_MS) } : undefined;
  };
  const endTab = (): void => {
    clearTimeout(tabbing?.late);
    tabbing = undefined;
    while (behind.length > 0 && !tabbing) perform(behind.shift()!);
  };

  /** Where a key goes: its sender may not have seen yet that the focus has moved to another frame. */
  const frameOfKey = (named: number | undefined): number | undefined => {
    const late = left?.frame === named && performance.now() - (left?.at ?? 0) < TABBED_MS;
    return late ? focused : named;
  };

  const perform = (event: Perform): void => {
    const { pid, seq, control, input } = event;
    if (tabbing) {
      behind.push(event);
      return;
    }
    const isKey = input.type === 'input.key' || input.type === 'input.text';
    const named = isKey ? frameOfKey(input.frame) : input.frame;
    const target = documents.get(named ?? focused ?? documents.top()?.frame ?? 0);
    // Taken back while it was under way: nothing more is performed, whatever the gateway knows by now.
    if (!target || !takeBack.allows(control)) {
      session.ask({ type: 'input.refused', pid, seq, reason: 'stale' });
      return;
    }
    if (takesFocus(input)) focused = target.frame;
    target.send({ type: 'perform', pid, seq, control, input });
    if (input.type === 'input.key' && input.key === 'Tab') beginTab(target);
  };

  return {
    perform,
    tab(from, { back, into }) {
      const to = into === undefined ? documents.around(from) : documents.inside(from, into);
      if (!to) return;
      focused = to.frame;
      left = { frame: from.frame, at: performance.now() };
      to.send({ type: 'tab', back, ...(into ? {} : { from: from.name }) });
      if (tabbing?.document === from) beginTab(to);
    },
    tabbed(document) {
      if (tabbing?.document === document) endTab();
    },
    closed(document) {
      if (focused === document.frame) focused = undefined;
      if (tabbing?.document === document) endTab();
    },
    stop: () => clearTimeout(tabbing?.late),
  };
}

function takesFocus(input: Input): boolean {
  return (input.type === 'input.pointer' && input.action === 'down') || input.type === 'input.value';
}
