// "Navigate": asks for an address and shows it to all; why it was refused is said where it was typed.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SessionState } from '../../protocol/session-messages.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Field } from '../design/display.tsx';
import { sentenceOf, t } from '../words.ts';
import type { OpenSession } from './session.ts';

interface NavigateDialogProps {
  session: OpenSession;
  state: SessionState;
  onClose: () => void;
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

export function NavigateDialog({ session, state, onClose }: NavigateDialogProps) {
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
        if (event.type === 'session.navigating') closeRef.current();
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
