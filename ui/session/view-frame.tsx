// The follower's view: embeds the view host's frame, hands it the mirror's bytes and takes its input.
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type FromView, type ToView, VIEW_HELLO, VIEW_READY, type ViewWords } from '../../protocol/ports.ts';
import { sentenceOf, t } from '../words.ts';
import type { OpenSession } from './session.ts';

/** What the view says of itself, for the display around it. */
export type Shown = Extract<FromView, { type: 'shown' }>;

interface ViewFrameProps {
  session: OpenSession;
  viewOrigin: string;
  zoom: 'fit' | number;
  onShown: (shown: Shown) => void;
}

export function ViewFrame({ session, viewOrigin, zoom, onShown }: ViewFrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const link = useRef<ViewLink | undefined>(undefined);
  const shownRef = useRef(onShown);
  shownRef.current = onShown;

  useEffect(() => {
    if (!frame.current) return;
    const started = startViewLink(frame.current, viewOrigin, session, (shown) => shownRef.current(shown));
    link.current = started;
    return () => started.stop();
  }, [session, viewOrigin]);
  useEffect(() => link.current?.zoom(zoom), [zoom]);

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
    reasons: Object.fromEntries(INPUT_REASONS.map((reason) => [reason, sentenceOf(reason)])),
  };
}

interface ViewLink {
  zoom(zoom: 'fit' | number): void;
  stop(): void;
}

/** Pointer moves go out at most this often, ms. */
const POINTER_EVERY_MS = 33;

function startViewLink(
  frame: HTMLIFrameElement,
  viewOrigin: string,
  session: OpenSession,
  onShown: (shown: Shown) => void,
): ViewLink {
  let port: MessagePort | undefined;
  let zoom: 'fit' | number = 'fit';
  let seq = 0;
  let movedAt = 0;
  const send = (message: ToView): void => port?.postMessage(message);

  const take = (message: FromView): void => {
    switch (message.type) {
      case 'input':
        session.ask({ type: 'input.perform', seq: ++seq, epoch: message.epoch, input: message.input });
        break;
      case 'pointer': {
        const { kind, frame: at, node, x, y } = message;
        if (kind === 'left') session.ask({ type: 'pointer.left' });
        else if (kind === 'clicked') session.ask({ type: 'pointer.clicked', frame: at, node, x, y });
        else if (performance.now() - movedAt >= POINTER_EVERY_MS) {
          movedAt = performance.now();
          session.ask({ type: 'pointer.moved', frame: at, node, x, y });
        }
        break;
      }
      case 'resync':
        session.ask({ type: 'mirror.resync', why: message.why });
        break;
      case 'shown':
        onShown(message);
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
    send({ type: 'control', mine: state.control.holder === self, holder: state.control.holder });
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
    stop() {
      removeEventListener('message', greet);
      stopBinary();
      stopEvents();
      stopTelling();
      port?.close();
    },
  };
}
