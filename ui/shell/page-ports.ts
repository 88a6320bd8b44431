// The shell's end of the ports to the customer's page: what its documents say goes to the session, what the session says to them.
import type { Tool } from '../../protocol/marks.ts';
import type { FromPage, SpotWords, ToPage } from '../../protocol/ports.ts';
import type { ClickKind, SessionEvent } from '../../protocol/session-messages.ts';
import { startPointerPace } from '../session/pointer-pace.ts';
import { holderOf, type OpenSession } from '../session/session.ts';
import { startFactFlow } from './fact-flow.ts';
import { decodeFromPage } from './from-page.ts';
import { startInputRoute } from './input-route.ts';
import { startOtherPointers } from './other-pointers.ts';
import { type PageDocument, startPageDocuments } from './page-documents.ts';
import type { TakeBack } from './take-back.ts';

export interface PagePortsOptions {
  frame: HTMLIFrameElement;
  session: OpenSession;
  /** `host:port` of the shell itself: `<sid>.<base>`. */
  shellHost: string;
  /** The page wants to go where the session may not follow. */
  onOutside: (url: string) => void;
  /** A tel:, mailto: or sms: link was used. */
  onExternal: (url: string) => void;
  /** The customer used the page while somebody else holds control. */
  onOwnInput: () => void;
  /** The customer pressed something in the page. */
  onOwnPress: () => void;
  takeBack: TakeBack;
  /** What stands beside an element that somebody asks the customer to click on. */
  spotWords: (name: string, what: ClickKind) => SpotWords;
  /** Esc with a tool in hand. */
  onToolDone: () => void;
  /** Session address of where the customer is now, as the gateway knows it. */
  latestStart: () => string;
  /** A document of the site said hello in the page frame. */
  onOpened: () => void;
}

export interface PagePorts {
  /** Shows a session address in the page frame. */
  navigate(url: string): void;
  /** What the customer has in his hand above the page. */
  setTool(tool: Tool): void;
  /** Wipes away what he has drawn. */
  clearMarks(): void;
  /** The focus goes to the element that he is asked to click on. */
  goToSpot(id: string): void;
  /** He would rather not. */
  decline(id: string): void;
  stop(): void;
}

const EXTERNAL = /^(tel|mailto|sms):/i;

export function startPagePorts(options: PagePortsOptions): PagePorts {
  const { frame: element, session, shellHost, takeBack } = options;
  let tool: Tool = 'none';
  let greetedSinceLoad = false;
  let everGreeted = false;
  let wasWelcomed = session.status.peek() === 'open';

  // ---- documents -------------------------------------------------------------------------------------------------
  const documents = startPageDocuments({
    element,
    shellHost,
    onHello(document) {
      document.send(controlNow());
      if (tool !== 'none') document.send(toolNow());
      if (flow.held) document.send({ type: 'hold' });
      everGreeted = true;
      if (document.top) {
        greetedSinceLoad = true;
        options.onOpened();
      }
    },
    onMessage(document, data) {
      const message = decodeFromPage(data);
      if (message) take(document, message);
    },
    onGone(document) {
      route.closed(document);
      flow.closed(document);
    },
  });
  const flow = startFactFlow(session, documents);
  const route = startInputRoute(documents, session, takeBack);
  const pointers = startOtherPointers(documents);

  const loaded = (): void => {
    // A document without our script (a PDF, an error page of the browser): what was mirrored before is not there any more.
    if (!greetedSinceLoad) {
      documents.closeAll();
      session.ask({ type: 'page.outOfSight' });
    }
    greetedSinceLoad = false;
    options.onOpened();
  };
  element.addEventListener('load', loaded);

  // ---- what pages say --------------------------------------------------------------------------------------------
  const pointer = startPointerPace(session.ask);
  const take = (document: PageDocument, message: FromPage): void => {
    switch (message.type) {
      case 'fact':
        flow.forward(document, message.json);
        break;
      case 'navigate':
        wish(message);
        break;
      case 'external':
        if (EXTERNAL.test(message.url)) options.onExternal(message.url);
        break;
      case 'dialog':
        session.ask({ type: 'page.dialog', kind: message.kind, text: message.text.slice(0, 1_000) });
        break;
      case 'takeBack':
        takeBack.now();
        break;
      case 'escape':
        takeBack.escape(performance.now());
        break;
      case 'needsClick':
        session.ask({ type: 'click.needed', frame: document.frame, node: message.node, what: message.what });
        break;
      case 'spotAnswer':
        session.ask({ type: 'click.answered', id: message.id, answer: message.answer });
        break;
      case 'mark':
        // Only what he has in his hand draws.
        if (tool === 'none') break;
        if (message.mark.type === 'mark.cleared') session.ask(message.mark);
        else session.ask({ ...message.mark, frame: document.frame });
        break;
      case 'toolDone':
        options.onToolDone();
        break;
      case 'ownInput':
        if (otherHolder() !== null) options.onOwnInput();
        break;
      case 'pointer': {
        const { kind, node, x, y } = message;
        if (kind === 'clicked') options.onOwnPress();
        pointer.take({ kind, frame: document.frame, node, x, y });
        break;
      }
      case 'tab':
        if (otherHolder() !== null) route.tab(document, message);
        break;
      case 'tabbed':
        route.tabbed(document);
        break;
      case 'beyond':
        route.beyond(document, message);
        break;
      case 'dropped':
        route.dropped(document, message);
        break;
      case 'gone':
        documents.close(document);
        break;
      case 'chain':
        if (otherHolder() !== null) documents.around(document)?.send({ ...message, from: document.name });
        break;
      case 'refused':
        route.refused(document, message.seq);
        session.ask({
          type: 'input.refused',
          pid: message.pid,
          seq: message.seq,
          reason: message.reason,
        });
        break;
    }
  };

  const wish = ({ url, form }: Extract<FromPage, { type: 'navigate' }>): void => {
    if (!documents.isSessionAddress(url)) {
      options.onOutside(url);
      return;
    }
    const top = documents.top();
    // The page's own script does it, so that Referer, history and a form's body are the page's.
    if (top) top.send({ type: 'navigate', url, ...(form ? { form } : {}) });
    else if (!form) element.src = url;
  };

  const move = (go: Extract<ToPage, { type: 'history' }>['go']): void => {
    const top = documents.top();
    if (top) top.send({ type: 'history', go });
    // A page of the gateway's own (off the list, upstream down) has no script; its steps are in the window's history too.
    else if (go === 'reload') element.src = `${element.src}`;
    else if (everGreeted) history[go]();
  };

  // ---- what the session says -------------------------------------------------------------------------------------
  const participant = (pid: string) =>
    session.state.peek()?.participants.find((candidate) => candidate.pid === pid);

  const hear = (event: SessionEvent): void => {
    switch (event.type) {
      case 'session.welcome':
        flow.restart();
        // A page that was asked for while the gateway was away is an error page of the browser now.
        if (wasWelcomed && !documents.top()) element.src = options.latestStart();
        wasWelcomed = true;
        break;
      case 'page.credit':
        flow.credit(event.bytes);
        break;
      case 'page.resend':
        if (event.frame === 0) documents.sendAll({ type: 'resend' });
        else documents.get(event.frame)?.send({ type: 'resend' });
        break;
      case 'page.repair': {
        const { frame, of, width, sums } = event;
        documents.get(frame)?.send({ type: 'repair', of, width, sums });
        break;
      }
      case 'page.navigate':
        if (documents.isSessionAddress(event.url)) element.src = event.url;
        break;
      case 'page.history':
        move(event.go);
        break;
      case 'input.perform':
        route.perform(event);
        break;
      case 'pointer.moved':
      case 'pointer.clicked':
      case 'pointer.left':
        pointers.take(event, participant(event.pid));
        break;
      case 'mark.drawn':
      case 'mark.framed':
      case 'mark.cleared': {
        const { pid: by, ...drawn } = event;
        const who = participant(by);
        if (!who) break;
        const message: ToPage = { type: 'mark', by, name: who.name, color: who.color, mark: drawn };
        if (drawn.type === 'mark.cleared') documents.sendAll(message);
        else documents.get(drawn.frame)?.send(message);
        break;
      }
      case 'click.asked': {
        const { id, pid, frame, node, what } = event;
        const target = documents.get(frame);
        const who = participant(pid);
        documents.sendAll({ type: 'unspot', id: '' });
        if (!target || !who) {
          session.ask({ type: 'click.answered', id, answer: 'gone' });
          break;
        }
        const words = options.spotWords(who.name, what);
        target.send({ type: 'spot', id, node, what, color: who.color, words });
        break;
      }
      case 'click.answered':
        documents.sendAll({ type: 'unspot', id: event.id });
        break;
    }
  };
  const stopHearing = session.onEvent(hear);

  // ---- who holds control, and what is in the customer's hand -----------------------------------------------------
  const otherHolder = (): string | null => {
    const state = session.state.peek();
    const holder = state && holderOf(state);
    return holder && holder.pid !== session.pid.peek() ? holder.name : null;
  };
  const controlNow = (): ToPage => {
    const epoch = session.state.peek()?.control.epoch ?? 0;
    return { type: 'control', by: takeBack.allows(epoch) ? otherHolder() : null, epoch };
  };
  let told = '';
  const tellControl = (): void => {
    const message = controlNow();
    const key = JSON.stringify(message);
    if (key === told) return;
    told = key;
    documents.sendAll(message);
  };
  const stopTelling = session.state.subscribe(tellControl);
  takeBack.onTaken(tellControl);

  const toolNow = (): ToPage => {
    const self = participant(session.pid.peek());
    return { type: 'tool', tool, color: self?.color ?? 0 };
  };

  return {
    navigate(url) {
      if (documents.isSessionAddress(url)) element.src = url;
    },
    setTool(next) {
      if (next === tool) return;
      tool = next;
      documents.sendAll(toolNow());
    },
    clearMarks() {
      documents.sendAll({ type: 'mark', by: '', name: '', color: 0, mark: { type: 'mark.cleared' } });
      session.ask({ type: 'mark.cleared' });
    },
    goToSpot(id) {
      element.focus();
      documents.sendAll({ type: 'goToSpot', id });
    },
    decline(id) {
      documents.sendAll({ type: 'unspot', id });
      session.ask({ type: 'click.answered', id, answer: 'declined' });
    },
    stop() {
      element.removeEventListener('load', loaded);
      stopHearing();
      stopTelling();
      pointer.stop();
      route.stop();
      flow.stop();
      documents.stop();
    },
  };
}
