// Which document of the page performs a follower's input: keys go where the focus is, also while a Tab takes it from one frame to another.
import type { Input } from '../../protocol/input.ts';
import type { FromPage } from '../../protocol/ports.ts';
import type { SessionEvent } from '../../protocol/session-messages.ts';
import type { OpenSession } from '../session/session.ts';
import type { PageDocument, PageDocuments } from './page-documents.ts';
import type { TakeBack } from './take-back.ts';

/** A document that has not done a Tab after so long hangs, ms. What came behind the Tab is refused then: elsewhere nobody wants it. */
const LONGEST_MS = 10_000;

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
  /** Where the follower's keys went last, or his press: there go those that name no frame. */
  let focused: number | undefined;
  /** A document that does a Tab, and what comes behind it: nobody knows yet which document that is for. */
  let tabbing: { document: PageDocument; late: ReturnType<typeof setTimeout> } | undefined;
  const behind: Perform[] = [];

  const beginTab = (document: PageDocument): void => {
    clearTimeout(tabbing?.late);
    // With one document alone there is nowhere else to go.
    tabbing = documents.size > 1 ? { document, late: setTimeout(giveUp, LONGEST_MS) } : undefined;
  };
  const endTab = (): void => {
    clearTimeout(tabbing?.late);
    tabbing = undefined;
    while (behind.length > 0 && !tabbing) perform(behind.shift()!);
  };
  const giveUp = (): void => {
    tabbing = undefined;
    for (const event of behind.splice(0)) refuse(event);
  };
  const refuse = ({ pid, seq }: Perform): void => {
    session.ask({ type: 'input.refused', pid, seq, reason: 'stale' });
  };

  const perform = (event: Perform): void => {
    const { pid, seq, control, input } = event;
    if (tabbing) {
      behind.push(event);
      return;
    }
    const target = documents.get(input.frame ?? focused ?? documents.top()?.frame ?? 0);
    // Taken back while it was under way: nothing more is performed, whatever the gateway knows by now.
    if (!target || !takeBack.allows(control)) {
      refuse(event);
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
  if (input.type === 'input.pointer') return input.action === 'down';
  return input.type === 'input.key' || input.type === 'input.text' || input.type === 'input.value';
}
