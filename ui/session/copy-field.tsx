// A value to take along: shown in a field that can be selected, with a button that copies it and says so.
import { useId, useRef, useState } from 'preact/hooks';
import { Button } from '../design/button.tsx';
import { t } from '../words.ts';

interface CopyFieldProps {
  label: string;
  value: string;
  copyLabel: string;
  /** Only the button, where the room is small. */
  buttonOnly?: boolean;
}

const SAID_MS = 2_500;

export function CopyField({ label, value, copyLabel, buttonOnly }: CopyFieldProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
      setTimeout(() => setCopied(false), SAID_MS);
    } catch {
      // Refused by the browser or its user: the value is selected, Ctrl+C does the rest.
      field.current?.select();
    }
  };

  const button = (
    <Button
      small={buttonOnly === true}
      icon={copied ? 'check' : 'copy'}
      tip={copyLabel}
      onClick={() => void copy()}
    >
      {copied ? t('copied') : copyLabel}
    </Button>
  );
  if (buttonOnly) {
    return (
      <>
        {button}
        <span class="visually-hidden" role="status">
          {copied ? t('copied') : ''}
        </span>
      </>
    );
  }
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <div class="copy-row">
        <input
          id={id}
          ref={field}
          class="input copy-value"
          dir="ltr"
          readOnly
          value={value}
          onFocus={(event) => event.currentTarget.select()}
        />
        {button}
      </div>
      <span class="visually-hidden" role="status">
        {copied ? t('copied') : ''}
      </span>
    </div>
  );
}
