// Which document of the page performs a follower's input: keys go where the focus is, also while a Tab takes it from one frame to another,
// and a pressed pointer above another document goes there when the pressed one lets it go, with what is dragged.
import type { Input } from '../../protocol/input.ts';
import type { DropEffect, FromPage } from '../../protocol/ports.ts';
import type { SessionEvent } from '../../protocol/session-messages.ts';
import type { OpenSession } from '../session/session.ts';
import { startHoverRoute } from './hover-route.ts';
import type { PageDocument, PageDocuments } from './page-documents.ts';
import type { TakeBack } from './take-back.ts';

/** A document that has not answered after so long hangs, ms. What came behind is refused then: elsewhere nobody wants it. */
const LONGEST_MS = 10_000;

type Perform = Extract<SessionEvent, { type: 'input.perform' }>;
type Pointer = Extract<Input, { type: 'input.pointer' }>;
type Beyond = Extract<FromPage, { type: 'beyond' }>;

export interface InputRoute {
  perform(event: Perform): void;
  /** Tab of a follower goes from one document to another, and his keys with it. */
  tab(from: PageDocument, message: Extract<FromPage, { type: 'tab' }>): void;
  /** A document has done a Tab, as far as it is done there. */
  tabbed(document: PageDocument): void;
  /** A document says whose a pointer input beyond its edges is. */
  beyond(document: PageDocument, message: Beyond): void;
  /** A document says what became of a drag that was released there. */
  dropped(document: PageDocument, message: Extract<FromPage, { type: 'dropped' }>): void;
  /** A document has refused an input. */
  refused(document: PageDocument, seq: number): void;
  closed(document: PageDocument): void;
  stop(): void;
}

/** A document that has to answer before anybody knows which one is to have what comes behind. */
interface Asked {
  document: PageDocument;
  /** What it was asked with. */
  event: Perform;
  late: ReturnType<typeof setTimeout>;
  /** Where a drag began that was released there. */
  source?: PageDocument | undefined;
}

export function startInputRoute(
  documents: PageDocuments,
  session: Pick<OpenSession, 'ask'>,
  takeBack: Pick<TakeBack, 'allows'>,
): InputRoute {
  /** Where the follower's keys went last, or his press: there go those that name no frame. */
  let focused: number | undefined;
  let asked: Asked | undefined;
  const behind: Perform[] = [];
  const hover = startHoverRoute(documents);
  /** Document that a drag from another one is above. */
  let draggedOver: PageDocument | undefined;

  const ask = (document: PageDocument, event: Perform, source?: PageDocument): void => {
    clearTimeout(asked?.late);
    asked = { document, event, source, late: setTimeout(giveUp, LONGEST_MS) };
  };
  const isAsked = (document: PageDocument, seq: number): boolean =>
    asked?.document === document && asked.event.seq === seq;
  const answered = (effect: DropEffect = 'none'): void => {
    clearTimeout(asked?.late);
    const { source } = asked ?? {};
    asked = undefined;
    source?.send({ type: 'dropped', effect });
  };
  const goOn = (effect?: DropEffect): void => {
    answered(effect);
    while (behind.length > 0 && !asked) perform(behind.shift()!);
  };
  const giveUp = (): void => {
    answered();
    for (const event of behind.splice(0)) refuse(event);
  };
  const refuse = ({ pid, seq }: Perform): void => {
    session.ask({ type: 'input.refused', pid, seq, reason: 'stale' });
  };
  /** Of moves that wait the last counts. */
  const wait = (event: Perform): void => {
    const last = behind.at(-1);
    if (last && isMove(last.input) && isMove(event.input) && last.pid === event.pid) behind.pop();
    behind.push(event);
  };
  const leaveDrag = (): void => {
    draggedOver?.send({ type: 'dragLeft' });
    draggedOver = undefined;
  };

  const perform = (event: Perform): void => {
    if (asked) {
      wait(event);
      return;
    }
    const { pid, seq, control, input: given } = event;
    const target = documents.get(given.frame ?? focused ?? documents.top()?.frame ?? 0);
    // Taken back while it was under way: nothing more is performed, whatever the gateway knows by now.
    if (!target || !takeBack.allows(control)) {
      refuse(event);
      return;
    }
    if (takesFocus(given)) focused = target.frame;
    const goesBeyond = given.type === 'input.pointer' && documentOver(given) !== undefined;
    const input = given.type === 'input.pointer' && !goesBeyond ? withoutOver(given) : given;
    if (input.type === 'input.pointer' && !goesBeyond) {
      leaveDrag();
      if (input.pointer !== 'touch') hover.move(pid, input.action === 'cancel' ? undefined : target);
    }
    target.send({ type: 'perform', pid, seq, control, input });
    // With one document alone there is nowhere else to go.
    if (goesBeyond || (input.type === 'input.key' && input.key === 'Tab' && documents.size > 1))
      ask(target, event);
  };
  const documentOver = ({ over, frame }: Pointer): PageDocument | undefined =>
    over && over.frame !== frame ? documents.get(over.frame) : undefined;

  /** The document under the pointer gets what the follower did there, and nothing that another document says he did. */
  const passOn = (event: Perform, from: PageDocument, drag: Beyond['drag']): void => {
    const { pid, seq, control, input } = event;
    const to = input.type === 'input.pointer' ? documentOver(input) : undefined;
    if (draggedOver !== to || !drag) leaveDrag();
    const isRelease = input.type === 'input.pointer' && input.action !== 'move';
    if (!to || input.type !== 'input.pointer' || !takeBack.allows(control)) {
      if (drag && isRelease) from.send({ type: 'dropped', effect: 'none' });
      goOn();
      return;
    }
    const there = { ...withoutOver(input), ...input.over };
    // of the pressed document
    delete there.trail;
    to.send({ type: 'perform', pid, seq, control, input: there, ...(drag ? { drag } : {}) });
    draggedOver = drag && !isRelease ? to : undefined;
    if (drag && isRelease) ask(to, event, from);
    else goOn();
  };

  return {
    perform,
    tab(from, { back, into }) {
      const to = into === undefined ? documents.around(from) : documents.inside(from, into);
      if (!to) return;
      focused = to.frame;
      to.send({ type: 'tab', back, ...(into ? {} : { from: from.name }) });
      if (asked?.document === from) ask(to, asked.event);
    },
    tabbed(document) {
      if (asked?.document === document && asked.event.input.type === 'input.key') goOn();
    },
    beyond(document, { seq, mine, drag }) {
      if (!asked || !isAsked(document, seq) || asked.source) return;
      if (!mine) {
        passOn(asked.event, document, drag);
        return;
      }
      leaveDrag();
      goOn();
    },
    dropped(document, { seq, effect }) {
      if (isAsked(document, seq) && asked?.source) goOn(effect);
    },
    refused(document, seq) {
      if (isAsked(document, seq)) goOn();
    },
    closed(document) {
      if (focused === document.frame) focused = undefined;
      // it may be where the drag began; above another it goes on with the next move
      if (draggedOver === document) draggedOver = undefined;
      leaveDrag();
      if (asked?.document === document) goOn();
    },
    stop: () => clearTimeout(asked?.late),
  };
}

function withoutOver({ over: _, ...input }: Pointer): Pointer {
  return input;
}

function isMove(input: Input): boolean {
  return input.type === 'input.pointer' && input.action === 'move';
}

function takesFocus(input: Input): boolean {
  if (input.type === 'input.pointer') return input.action === 'down';
  return input.type === 'input.key' || input.type === 'input.text' || input.type === 'input.value';
}
