// A guest before the session: gives his name and presses Join, then waits to be let in.
import { useRef, useState } from 'preact/hooks';
import { sentenceOfError } from '../call.ts';
import { Button } from '../design/button.tsx';
import { Field, Spinner } from '../design/display.tsx';
import { t } from '../words.ts';
import { Page } from './ended.tsx';

const MAX_NAME = 60;

/** @param onJoin redeems the invite; the link itself does nothing, so that previews burn none */
export function GuestDoor({ onJoin }: { onJoin: (name: string) => Promise<void> }) {
  const [name, setName] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  return (
    <Page icon="userPlus" title={t('door.title')}>
      <p class="sheet-lead">{t('door.lead')}</p>
      <form
        class="stack sheet-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (busy) return;
          if (name.trim() === '') {
            setError(t('door.nameMissing'));
            field.current?.focus();
            return;
          }
          setBusy(true);
          setError(undefined);
          onJoin(name.trim()).catch((failure: unknown) => {
            setError(sentenceOfError(failure));
            setBusy(false);
          });
        }}
      >
        <Field
          label={t('door.name')}
          name="name"
          value={name}
          autocomplete="name"
          maxLength={MAX_NAME}
          inputRef={field}
          onInput={setName}
          hint={t('door.hint')}
          error={error}
        />
        <Button kind="primary" type="submit" wide busy={busy}>
          {t('door.join')}
        </Button>
      </form>
    </Page>
  );
}

export function WaitingRoom({ name }: { name: string }) {
  return (
    <Page icon="clock" title={t('waiting.title')}>
      <p class="sheet-lead" role="status">
        {t('waiting.text', { name })}
      </p>
      <p class="sheet-spin">
        <Spinner />
      </p>
    </Page>
  );
}
