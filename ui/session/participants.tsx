// Who is in the session: name, kind, who is in control; the number of users for the bar.
import type { ComponentChildren } from 'preact';
import type { ParticipantView, SessionState } from '../../protocol/session-messages.ts';
import { Avatar, Chip } from '../design/display.tsx';
import { t } from '../words.ts';

interface ParticipantsProps {
  state: SessionState;
  self: string;
  /** Buttons for a row. */
  actions?: (participant: ParticipantView) => ComponentChildren;
}

export function Participants({ state, self, actions }: ParticipantsProps) {
  return (
    <ul class="rows">
      {state.participants.map((participant) => (
        <li key={participant.pid} class="row">
          <Avatar name={participant.name} color={participant.color} />
          <div class="row-main">
            <p class="row-title">
              {participant.name}
              {participant.pid === self && <span class="row-self"> {t('users.self')}</span>}
            </p>
            <p class="row-note">
              {t(`kind.${participant.kind}`)}
              {!participant.connected && ` · ${t('users.away')}`}
            </p>
          </div>
          {participant.pid === state.control.holder && (
            <Chip dot tone={participant.pid === self ? 'own' : 'other'}>
              {t('users.inControl')}
            </Chip>
          )}
          {actions?.(participant)}
        </li>
      ))}
    </ul>
  );
}

/** Faces in a row, for headers; the words beside it are the number. */
export function Faces({ state }: { state: SessionState }) {
  return (
    <span class="faces" aria-hidden="true">
      {state.participants.slice(0, 4).map(({ pid, name, color }) => (
        <Avatar key={pid} small name={name} color={color} />
      ))}
    </span>
  );
}
