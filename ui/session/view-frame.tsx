// The follower's view: embeds the view host's frame, hands it the mirror's bytes and takes its input.
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Tool } from '../../protocol/marks.ts';
import { type FromView, type ToView, VIEW_HELLO, VIEW_READY, type ViewWords } from '../../protocol/ports.ts';
import { sentenceOf, t } from '../words.ts';
import { startCalmState } from './calm-state.ts';
import { startPointerPace } from './pointer-pace.ts';
import type { OpenSession } from './session.ts';

/** What the view says of itself, for the display around it. */
export type Shown = Extract<FromView, { type: 'shown' }>;

interface ViewFrameProps {
  session: OpenSession;
  viewOrigin: string;
  zoom: 'fit' | number;
  /** What the person has in his hand above the page. */
  tool: Tool;
  /** Esc with a tool in hand, or it has done what it is for. */
  onToolDone: () => void;
  onShown: (shown: Shown) => void;
}

export function ViewFrame({ session, viewOrigin, zoom, tool, onToolDone, onShown }: ViewFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const link = useRef<ViewLink | undefined>(undefined);
  const shownRef = useRef(onShown);
  shownRef.current = onShown;
  const toolDone = useRef(onToolDone);
  toolDone.current = onToolDone;

  useEffect(() => {
    if (!frame.current) return;
    const started = startViewLink(frame.current, viewOrigin, session, {
      onShown: (shown) => shownRef.current(shown),
      onToolDone: () => toolDone.current(),
    });
    link.current = started;
    return () => started.stop();
  }, [session, viewOrigin]);
  useEffect(() => link.current?.zoom(zoom), [zoom]);
  useEffect(() => link.current?.setTool(tool), [tool]);

  return (
    <iframe
      ref={frame}
      class="view-frame"
      title={t('view.title')}
      src={`${viewOrigin}/`}
      sandbox="allow-scripts allow-same-origin"
    />
  );
}

/** Why something that a follower did may be refused. */
const INPUT_REASONS = [
  'field-protected',
  'file-chooser',
  'stale',
  'not-in-control',
  'too-fast',
  'internal',
] as const;

/** The view has no words of its own: it gets those of this page. */
function viewWords(): ViewWords {
  return {
    useKeyboard: t('view.keyboard.use'),
    keyboard: t('view.keyboard'),
    list: t('view.list'),
    pickerOpen: t('view.pickerOpen'),
    notShared: t('view.notShared'),
    tool: t('view.tool'),
    asked: t('view.asked'),
    reasons: Object.fromEntries(INPUT_REASONS.map((reason) => [reason, sentenceOf(reason)])),
  };
}

interface ViewLink {
  zoom(zoom: 'fit' | number): void;
  setTool(tool: Tool): void;
  stop(): void;
}

function startViewLink(
  frame: HTMLIFrameElement,
  viewOrigin: string,
  session: OpenSession,
  { onShown, onToolDone }: Pick<ViewFrameProps, 'onShown' | 'onToolDone'>,
): ViewLink {
  let port: MessagePort | undefined;
  let zoom: 'fit' | number = 'fit';
  let tool: Tool = 'none';
  let seq = 0;
  const pointer = startPointerPace(session.ask);
  const send = (message: ToView): void => port?.postMessage(message);

  let size: Shown = { type: 'shown', width: 0, height: 0, state: 'waiting' };
  let late = false;
  const weigh = (): void => calm.take(late && size.state === 'live' ? 'catching-up' : size.state);
  const calm = startCalmState((state) => {
    session.ask({ type: 'mirror.shown', state });
    onShown({ ...size, state });
  });
  /** What is equal to what came, which is behind what there is, is behind too. */
  const stopWeighing = session.late.subscribe((now) => {
    late = now;
    weigh();
  });

  const take = (message: FromView): void => {
    switch (message.type) {
      case 'input':
        seq = Math.max(seq, message.seq);
        session.ask({ ...message, type: 'input.perform' });
        break;
      case 'mark':
        session.ask(message.mark);
        break;
      case 'ask':
        session.ask({ type: 'click.ask', frame: message.frame, node: message.node });
        onToolDone();
        break;
      case 'toolDone':
        onToolDone();
        break;
      case 'pointer': {
        const { kind, frame: at, node, x, y } = message;
        pointer.take({ kind, frame: at, node, x, y });
        break;
      }
      case 'resync':
        session.ask({ type: 'mirror.resync', why: message.why });
        break;
      case 'repair':
        session.ask({ ...message, type: 'mirror.repair' });
        break;
      case 'shown':
        size = message;
        weigh();
        onShown({ ...message, state: calm.state });
        break;
    }
  };

  const tell = (): void => {
    const state = session.state.peek();
    const self = session.pid.peek();
    if (!state) return;
    send({
      type: 'participants',
      people: state.participants.map(({ pid, name, color }) => ({ pid, name, color })),
      self,
    });
    const { holder, epoch } = state.control;
    send({ type: 'control', mine: holder === self, holder, epoch, seq });
  };

  const greet = ({ source, origin, data }: MessageEvent): void => {
    if (source === null || source !== frame.contentWindow || origin !== viewOrigin) return;
    if ((data as { tandem?: unknown } | null)?.tandem !== VIEW_READY) return;
    port?.close();
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = (event: MessageEvent<FromView>) => take(event.data);
    frame.contentWindow?.postMessage({ tandem: VIEW_HELLO }, viewOrigin, [channel.port2]);
    send({ type: 'words', words: viewWords() });
    send({ type: 'zoom', zoom });
    send({ type: 'pointer', on: true });
    send({ type: 'tool', tool });
    tell();
  };
  addEventListener('message', greet);

  const stopBinary = session.onBinary((bytes) => port?.postMessage(bytes, [bytes]));
  const stopEvents = session.onEvent((event) => {
    switch (event.type) {
      case 'pointer.moved':
      case 'pointer.clicked':
      case 'pointer.left':
      case 'input.refused':
      case 'page.dialog':
      case 'mark.drawn':
      case 'mark.framed':
      case 'mark.cleared':
      case 'click.asked':
      case 'click.answered':
        send(event);
        break;
    }
  });
  const stopTelling = effect(() => {
    void session.state.value;
    void session.pid.value;
    tell();
  });

  return {
    zoom(wanted) {
      zoom = wanted;
      send({ type: 'zoom', zoom });
    },
    setTool(wanted) {
      tool = wanted;
      send({ type: 'tool', tool });
    },
    stop() {
      removeEventListener('message', greet);
      stopBinary();
      stopEvents();
      stopTelling();
      stopWeighing();
      calm.stop();
      pointer.stop();
      port?.close();
    },
  };
}
