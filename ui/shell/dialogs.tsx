// The dialogs behind the bar: users, add users, navigate, switch control.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SessionState } from '../../protocol/session-messages.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Avatar, Empty, Field, Notice } from '../design/display.tsx';
import { Icon } from '../design/icon.tsx';
import { CopyField } from '../session/copy-field.tsx';
import { Participants } from '../session/participants.tsx';
import type { OpenSession } from '../session/session.ts';
import { sentenceOf, t, timeOf, tn } from '../words.ts';

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

export function InviteDialog({ session, state, onClose }: DialogProps) {
  const asked = useRef(false);
  useEffect(() => {
    // One link is ready when the dialog opens; asking for it is what the person came for.
    if (asked.current || state.invites.length > 0) return;
    asked.current = true;
    session.ask({ type: 'invite.create' });
  }, [session, state.invites.length]);

  return (
    <Dialog title={t('invite.title')} onClose={onClose}>
      <p class="dialog-lead">{t('invite.lead')}</p>
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

/** What a person typed as an absolute URL: a path of this site, or an address without its scheme, will do too. */
export function completeUrl(typed: string, current: string): string {
  const text = typed.trim();
  if (/^https?:\/\//i.test(text)) return text;
  if (text.startsWith('/') && !text.startsWith('//') && URL.canParse(current))
    return new URL(text, current).href;
  const here = URL.canParse(current) ? new URL(current) : undefined;
  const host = text.split(/[/?#]/)[0];
  const scheme = here && host === here.host ? here.protocol : 'https:';
  return `${scheme}//${text.replace(/^\/+/, '')}`;
}

export function NavigateDialog({ session, state, onClose }: DialogProps) {
  const [url, setUrl] = useState(state.url);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const closeRef = useRef(onClose);
  closeRef.current = onClose;

  useEffect(() => {
    field.current?.select();
  }, []);
  useEffect(
    () =>
      session.onEvent((event) => {
        if (event.type === 'page.navigate') closeRef.current();
        else if (event.type === 'refused' && event.of === 'session.navigate') {
          setBusy(false);
          setError(sentenceOf(event.reason));
          field.current?.focus();
        }
      }),
    [session],
  );

  return (
    <Dialog title={t('navigate.title')} onClose={onClose}>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = completeUrl(url, state.url);
          if (url.trim() === '' || !URL.canParse(wanted)) {
            setError(sentenceOf('address-invalid'));
            field.current?.focus();
            return;
          }
          setError(undefined);
          if (session.ask({ type: 'session.navigate', url: wanted })) setBusy(true);
        }}
      >
        <Field
          label={t('navigate.field')}
          name="url"
          type="url"
          value={url}
          inputRef={field}
          onInput={(value) => {
            setUrl(value);
            setError(undefined);
          }}
          hint={t('navigate.hint', { site: state.site.title })}
          error={error}
        />
        <div class="dialog-actions">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button kind="primary" type="submit" busy={busy}>
            {t('navigate.go')}
          </Button>
        </div>
      </form>
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
