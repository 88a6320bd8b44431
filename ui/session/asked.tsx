// A click that the customer is asked for: in words, above the page and above its mirror.
import type { ComponentChildren } from 'preact';
import type { ClickKind, SessionState } from '../../protocol/session-messages.ts';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { t, type WordKey } from '../words.ts';
import type { OpenSession } from './session.ts';

const KINDS: Record<Exclude<ClickKind, 'click'>, WordKey> = {
  file: 'asked.file',
  picker: 'asked.picker',
  play: 'asked.play',
  copy: 'asked.copy',
  fullscreen: 'asked.fullscreen',
  allow: 'asked.allow',
};

/** "Anna asks you to click here: choose a file" */
export function askedHere(name: string, what: ClickKind): string {
  return what === 'click' ? t('asked.here', { name }) : t('asked.here.for', { name, what: t(KINDS[what]) });
}

function askedThere(name: string, what: ClickKind): string {
  return what === 'click' ? t('asked.there', { name }) : t('asked.there.for', { name, what: t(KINDS[what]) });
}

function Line({ children }: { children: ComponentChildren }) {
  return (
    <div class="asked" role="status">
      {children}
    </div>
  );
}

interface AskedOfMeProps {
  session: OpenSession;
  state: SessionState;
  /** The focus goes to the element, for who has no mouse. */
  onGoThere: (id: string) => void;
  onDecline: (id: string) => void;
}

/** The customer's side: what is lit in the page, said where a screen reader and a keyboard find it. */
export function AskedOfMe({ session, state, onGoThere, onDecline }: AskedOfMeProps) {
  const asked = session.asked.value;
  const open = asked && asked.answer === undefined ? asked : undefined;
  const name = state.participants.find(({ pid }) => pid === open?.pid)?.name ?? state.agent.name;
  return (
    <Line>
      {open && (
        <>
          <Icon name="spot" />
          <span class="asked-words">{askedThere(name, open.what)}</span>
          <Button small onClick={() => onGoThere(open.id)}>
            {t('asked.goThere')}
          </Button>
          <Button small onClick={() => onDecline(open.id)}>
            {t('asked.decline')}
          </Button>
        </>
      )}
    </Line>
  );
}

/** The other side: that it was asked, and what became of it. */
export function AskedOfCustomer({ session, state }: { session: OpenSession; state: SessionState }) {
  const asked = session.asked.value;
  const name = state.participants.find(({ kind }) => kind === 'customer')?.name ?? '';
  if (!asked || asked.answer === 'withdrawn') return <Line>{null}</Line>;
  const { id, pid, answer } = asked;
  return (
    <Line>
      <Icon name={answer === undefined ? 'spot' : answer === 'done' ? 'check' : 'info'} />
      <span class="asked-words">
        {answer === undefined
          ? asked.what === 'click'
            ? t('asked.waiting', { name })
            : t('asked.waiting.for', { name, what: t(KINDS[asked.what]) })
          : t(`asked.answer.${answer}`, { name })}
      </span>
      {answer === undefined && pid === session.pid.value && (
        <Button small onClick={() => session.ask({ type: 'click.withdraw', id })}>
          {t('asked.withdraw')}
        </Button>
      )}
    </Line>
  );
}
