// The sign-in page of agents and admins.
import { useRef, useState } from 'preact/hooks';
import type { LoginBody, Me } from '../../protocol/http-api.ts';
import { call, RefusedCall, sentenceOfError } from '../call.ts';
import { Button } from '../design/button.tsx';
import { Brand, Field, Notice } from '../design/display.tsx';
import { sentenceOf, t } from '../words.ts';

interface SignInProps {
  /** The login ran out while the console was open. */
  expired: boolean;
  onSignedIn: (me: Me) => void;
}

export function SignIn({ expired, onSignedIn }: SignInProps) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  const signIn = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const body: LoginBody = { name: name.trim(), password };
      onSignedIn(await call<Me>('/console/api/login', { body }));
    } catch (failure) {
      const wrong = failure instanceof RefusedCall && failure.status === 401;
      setError(wrong ? sentenceOf('sign-in-failed') : sentenceOfError(failure));
      setBusy(false);
      setPassword('');
      field.current?.focus();
    }
  };

  return (
    <main class="sign-in">
      <div class="sign-in-side" aria-hidden="true">
        <TandemDrawing />
      </div>
      <div class="sign-in-main">
        <form
          class="sign-in-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy) void signIn();
          }}
        >
          <Brand />
          <div>
            <h1 class="sign-in-title">{t('signIn.title')}</h1>
            <p class="dialog-lead">{t('signIn.lead')}</p>
          </div>
          {expired && !error && <Notice icon="clock">{sentenceOf('signed-out')}</Notice>}
          <div role="alert">{error && <Notice tone="danger" icon="warning" children={error} />}</div>
          <Field
            label={t('signIn.name')}
            name="username"
            value={name}
            autocomplete="username"
            maxLength={64}
            required
            autofocus
            onInput={setName}
          />
          <Field
            label={t('signIn.password')}
            name="password"
            type="password"
            value={password}
            autocomplete="current-password"
            maxLength={1_024}
            required
            inputRef={field}
            onInput={setPassword}
          />
          <Button kind="primary" type="submit" wide busy={busy}>
            {t('signIn.go')}
          </Button>
        </form>
      </div>
    </main>
  );
}

/** Two wheels, one road: the only picture we have, drawn in the bar's colours. */
function TandemDrawing() {
  return (
    <svg
      aria-hidden="true"
      class="drawing"
      viewBox="0 0 480 360"
      fill="none"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <circle class="drawing-sun" cx="372" cy="88" r="42" />
      <path class="drawing-hill" d="M0 268c70-52 132-58 196-20s126 34 284-34v146H0Z" />
      <path class="drawing-road" d="M0 306h480" />
      <g class="drawing-wheels">
        <circle cx="128" cy="252" r="54" />
        <circle cx="352" cy="252" r="54" />
        <path d="M128 198v108M74 252h108M90 214l76 76M166 214l-76 76" />
        <path d="M352 198v108M298 252h108M314 214l76 76M390 214l-76 76" />
      </g>
      <g class="drawing-frame">
        <path d="M128 252 170 176h142l40 76M170 176l54 76 88-76M224 252h-96M160 156h30M170 176l-6-20M232 156h32M246 156l-22 96M312 176l-10-32 26-8" />
        <circle cx="224" cy="252" r="11" />
      </g>
    </svg>
  );
}
