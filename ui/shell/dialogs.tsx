// Dialogs behind the bar that only the session window has: users, switch control.
import type { SessionState } from '../../protocol/session-messages.ts';
import { IconButton } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Avatar, Empty, Notice } from '../design/display.tsx';
import { Icon } from '../design/icon.tsx';
import { Participants } from '../session/participants.tsx';
import type { OpenSession } from '../session/session.ts';
import { t, tn } from '../words.ts';

interface DialogProps {
  session: OpenSession;
  state: SessionState;
  onClose: () => void;
}

export function UsersDialog({ session, state, onClose }: DialogProps) {
  const isCustomer = session.kind.value === 'customer';
  return (
    <Dialog title={tn('users', state.participants.length)} onClose={onClose}>
      <Participants
        state={state}
        self={session.pid.value}
        actions={({ pid, name, kind }) =>
          isCustomer &&
          kind !== 'customer' && (
            <IconButton
              icon="close"
              label={t('users.remove', { name })}
              onClick={() => session.ask({ type: 'participant.remove', pid })}
            />
          )
        }
      />
      {isCustomer && <Notice icon="lock">{t('users.note', { site: state.site.title })}</Notice>}
    </Dialog>
  );
}

export function ControlDialog({ session, state, onClose }: DialogProps) {
  const others = state.participants.filter(({ kind, connected }) => kind !== 'customer' && connected);
  return (
    <Dialog title={t('control.title')} onClose={onClose}>
      {others.length === 0 ? (
        <Empty icon="users" title={t('control.nobody')}>
          {t('control.nobody.text')}
        </Empty>
      ) : (
        <>
          <p class="dialog-lead">{t('control.lead')}</p>
          <ul class="choices">
            {others.map(({ pid, name, kind, color }) => (
              <li key={pid}>
                <button
                  type="button"
                  class="choice"
                  onClick={() => {
                    session.ask({ type: 'control.give', pid });
                    onClose();
                  }}
                >
                  <Avatar name={name} color={color} />
                  <span class="row-main">
                    <span class="row-title">{t('control.giveTo', { name })}</span>
                    <span class="row-note">{t(`kind.${kind}`)}</span>
                  </span>
                  <Icon name="forward" />
                </button>
              </li>
            ))}
          </ul>
          <Notice icon="info">{t('control.note')}</Notice>
        </>
      )}
    </Dialog>
  );
}
