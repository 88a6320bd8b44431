// "Add users": links with which somebody joins as a guest, for those who may invite.
import { useEffect, useRef } from 'preact/hooks';
import type { SessionState } from '../../protocol/session-messages.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { t, timeOf } from '../words.ts';
import { CopyField } from './copy-field.tsx';
import type { OpenSession } from './session.ts';

interface InviteDialogProps {
  session: OpenSession;
  state: SessionState;
  onClose: () => void;
}

export function InviteDialog({ session, state, onClose }: InviteDialogProps) {
  const asked = useRef(false);
  useEffect(() => {
    // One link is ready when the dialog opens; asking for it is what the person came for.
    if (asked.current || state.invites.length > 0) return;
    asked.current = true;
    session.ask({ type: 'invite.create' });
  }, [session, state.invites.length]);

  return (
    <Dialog title={t('invite.title')} onClose={onClose}>
      <p class="dialog-lead">{t(session.kind.value === 'customer' ? 'invite.lead' : 'invite.lead.agent')}</p>
      <ul class="invites">
        {state.invites.map(({ id, url, expires }) => (
          <li key={id} class="invite">
            <CopyField label={t('invite.link')} value={url} copyLabel={t('invite.copy')} />
            <p class="invite-foot">
              <span>{t('invite.until', { time: timeOf(expires) })}</span>
              <Button small kind="quiet" onClick={() => session.ask({ type: 'invite.revoke', id })}>
                {t('invite.revoke')}
              </Button>
            </p>
          </li>
        ))}
      </ul>
      <div class="dialog-actions">
        <Button icon="plus" onClick={() => session.ask({ type: 'invite.create' })}>
          {t('invite.another')}
        </Button>
      </div>
    </Dialog>
  );
}
