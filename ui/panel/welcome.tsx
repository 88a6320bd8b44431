// The panel before a conversation: who is there, under which name, and on with it.
import { useRef, useState } from 'preact/hooks';
import type { PanelSite } from '../../protocol/http-api.ts';
import { sentenceOfError } from '../call.ts';
import { Button } from '../design/button.tsx';
import { Avatar, Empty, Field } from '../design/display.tsx';
import { sentenceOf, t } from '../words.ts';

interface WelcomeProps {
  site: PanelSite;
  name: string;
  onBegin: (contact: string, name: string) => Promise<void>;
}

const MAX_NAME = 60;

export function Welcome({ site, name: known, onBegin }: WelcomeProps) {
  const [name, setName] = useState(known);
  const [picked, setPicked] = useState<string>();
  // Until he chooses, the first one who is there: that changes while the panel is open.
  const contact = picked ?? (site.contacts.find(({ available }) => available) ?? site.contacts[0])?.id ?? '';
  const [missing, setMissing] = useState<string>();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  if (site.contacts.length === 0) {
    return (
      <Empty icon="chat" title={t('welcome.nobody')}>
        {sentenceOf('no-agent')}
      </Empty>
    );
  }
  return (
    <form
      class="welcome"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (busy) return;
        if (name.trim() === '') {
          setMissing(t('welcome.nameMissing'));
          field.current?.focus();
          return;
        }
        setBusy(true);
        setError(undefined);
        onBegin(contact, name.trim()).catch((failure: unknown) => {
          setError(sentenceOfError(failure));
          setBusy(false);
        });
      }}
    >
      <p class="welcome-lead">{t('welcome.lead')}</p>
      <fieldset class="contacts">
        <legend class="field-label">{t('welcome.contact')}</legend>
        {site.contacts.map(({ id, title, available }) => (
          <label key={id} class="contact">
            <input
              class="contact-radio"
              type="radio"
              name="contact"
              value={id}
              checked={contact === id}
              onChange={() => setPicked(id)}
            />
            <Avatar name={title} />
            <span class="row-main">
              <span class="row-title">{title}</span>
              <span class={`contact-state${available ? ' contact-free' : ''}`}>
                <span class="dot" aria-hidden="true" />
                {t(available ? 'welcome.available' : 'welcome.away')}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      <Field
        label={t('welcome.name')}
        name="name"
        value={name}
        autocomplete="name"
        maxLength={MAX_NAME}
        inputRef={field}
        onInput={(value) => {
          setName(value);
          setMissing(undefined);
        }}
        error={missing}
      />
      <div role="alert">{error && <p class="field-error">{error}</p>}</div>
      <Button kind="primary" type="submit" wide busy={busy}>
        {t('welcome.start')}
      </Button>
      <p class="field-hint welcome-privacy">{t('welcome.privacy')}</p>
    </form>
  );
}
