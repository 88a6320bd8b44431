// Co-browsing in the panel: one button for Start and Stop, with the reason where it is not offered.
import { useEffect, useId, useState } from 'preact/hooks';
import type { ConversationView } from '../../protocol/conversation-messages.ts';
import { Notice } from '../design/display.tsx';
import { Icon } from '../design/icon.tsx';
import { sentenceOf, t } from '../words.ts';
import { OPENING_PATH, type Starter, WINDOW_NAME } from './start.ts';

interface CobrowsingProps {
  conversation: ConversationView;
  /** False when the connection test or the socket failed. */
  connected: boolean;
  starter: Starter;
  onStop: () => void;
  /** Of the real site, on which co-browsing ended; '' when there is none to go to. */
  lastPage: string;
  onReturn: () => void;
}

export function Cobrowsing({
  conversation,
  connected,
  starter,
  onStop,
  lastPage,
  onReturn,
}: CobrowsingProps) {
  const id = useId();
  const start = starter.state.value;
  const running = conversation.session !== null;
  const agent = conversation.agent?.title ?? conversation.contact;
  const reason = reasonAgainst(conversation, connected);
  const label = running ? t('start.stop') : reason === undefined ? t('start.start') : t('start.off');
  const busy = !running && start.name === 'starting';
  const closed = useForAWhile(conversation.session?.window === 'closed', connected);
  const note = running
    ? t(closed ? 'start.windowClosed' : 'start.running', { name: agent })
    : (reason ?? t('start.note', { name: agent, site: conversation.site.title }));

  return (
    <section class={`cobrowse${running ? ' cobrowse-running' : ''}`} aria-label={t('start.section')}>
      <div class="cobrowse-row">
        <span class="cobrowse-icon">
          <Icon name="screen" />
        </span>
        <p id={id} class="cobrowse-note" role="status">
          {note}
        </p>
        {/* The same element for Start and Stop: it keeps its place and the focus. */}
        <button
          type="button"
          class={`button button-small ${running ? 'button-danger' : 'button-primary'}`}
          aria-disabled={(!running && reason !== undefined) || busy ? 'true' : undefined}
          aria-busy={busy ? 'true' : undefined}
          aria-describedby={id}
          title={running ? undefined : reason}
          onClick={() => {
            if (running) onStop();
            else if (reason === undefined && !busy) starter.start({ agent, site: conversation.site.title });
          }}
        >
          {busy && <span class="spinner" aria-hidden="true" />}
          <span>{label}</span>
        </button>
      </div>
      {closed && start.name !== 'starting' && (
        <button
          type="button"
          class="button button-plain button-small cobrowse-again"
          onClick={() => starter.reopen({ agent, site: conversation.site.title })}
        >
          <Icon name="outside" />
          <span>{t('start.reopen')}</span>
        </button>
      )}
      {!running && lastPage !== '' && start.name !== 'starting' && (
        <button type="button" class="button button-plain button-small cobrowse-again" onClick={onReturn}>
          <Icon name="outside" />
          <span>{t('start.return')}</span>
        </button>
      )}
      <div role="alert">
        {(!running || closed) && start.name === 'blocked' && (
          <Notice tone="warn" icon="warning">
            <p>{sentenceOf('popup-blocked')}</p>
            {/* rel=opener: the new window must report to this frame, else it could not be sent on. */}
            <a
              class="button button-plain button-small blocked-link"
              href={OPENING_PATH}
              target={WINDOW_NAME}
              rel="opener"
            >
              <Icon name="outside" />
              <span>{t('start.openWindow')}</span>
            </a>
          </Notice>
        )}
        {(!running || closed) && start.name === 'failed' && (
          <Notice tone="danger" icon="warning" children={start.sentence} />
        )}
      </div>
    </section>
  );
}

/** A reload closes the window for a moment; that is not worth a word. */
const CLOSED_MS = 2_000;

function useForAWhile(closed: boolean, connected: boolean): boolean {
  const [long, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    if (!closed) return;
    const timer = setTimeout(() => setLong(true), CLOSED_MS);
    return () => clearTimeout(timer);
  }, [closed]);
  return long && closed && connected;
}

function reasonAgainst({ cobrowsing, status }: ConversationView, connected: boolean): string | undefined {
  if (status === 'ended') return sentenceOf('conversation-ended');
  if (!connected) return sentenceOf('connection-failed');
  if (!cobrowsing.may) return sentenceOf(cobrowsing.reason);
  return undefined;
}
