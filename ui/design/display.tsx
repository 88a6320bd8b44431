// Small things that show something: chip, avatar, notice, empty state, text field, spinner.
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { colorOf } from '../../protocol/palette.ts';
import { Icon, type IconName, Mark } from './icon.tsx';

type Tone = 'good' | 'warn' | 'danger' | 'own' | 'other';

export function Chip({ tone, dot, children }: { tone?: Tone; dot?: boolean; children: ComponentChildren }) {
  return (
    <span class={`chip${tone ? ` chip-${tone}` : ''}`}>
      {dot && <span class="dot" aria-hidden="true" />}
      {children}
    </span>
  );
}

/** Initials of at most two words. */
function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = words[0] ? [...words[0]][0] : '?';
  const last = words.length > 1 ? [...words[words.length - 1]!][0] : '';
  return `${first ?? '?'}${last ?? ''}`.toLocaleUpperCase();
}

/** A colour that stays with a name, for people who have no participant colour yet. */
function indexOf(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum;
}

export function Avatar({
  name,
  color,
  small,
}: {
  name: string;
  color?: number | undefined;
  small?: boolean;
}) {
  const ref = useRef<HTMLSpanElement>(null);
  const shade = colorOf(color ?? indexOf(name));
  // Set through the CSSOM: a style attribute would need 'unsafe-inline'.
  useEffect(() => ref.current?.style.setProperty('--avatar', shade), [shade]);
  return (
    <span ref={ref} class={`avatar${small ? ' avatar-small' : ''}`} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}

export function Notice({
  tone,
  icon = 'info',
  children,
}: {
  tone?: 'warn' | 'danger' | 'own';
  icon?: IconName;
  children: ComponentChildren;
}) {
  return (
    <div class={`notice${tone ? ` notice-${tone}` : ''}`}>
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  );
}

export function Empty({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <span class="empty-art">
        <Icon name={icon} />
      </span>
      <p class="empty-title">{title}</p>
      {children && <div class="empty-text">{children}</div>}
    </div>
  );
}

export function Spinner() {
  return <span class="spinner" aria-hidden="true" />;
}

export function Brand({ children }: { children?: ComponentChildren }) {
  return (
    <span class="brand">
      <Mark />
      <span>{children ?? 'Tandem'}</span>
    </span>
  );
}

interface FieldProps {
  label: string;
  name: string;
  value: string;
  onInput: (value: string) => void;
  type?: 'text' | 'password' | 'url';
  hint?: string;
  error?: string | undefined;
  placeholder?: string;
  autocomplete?: string;
  maxLength?: number;
  required?: boolean;
  inputRef?: RefObject<HTMLInputElement | null>;
  autofocus?: boolean;
}

export function Field(props: FieldProps) {
  const id = useId();
  const { label, name, value, onInput, hint, error } = props;
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <input
        id={id}
        ref={props.inputRef ?? null}
        class="input"
        name={name}
        // The types of elements are told apart by literal types, which a variable has not.
        type={(props.type ?? 'text') as 'text'}
        value={value}
        // Addresses read from left to right in every language.
        dir={props.type === 'url' ? 'ltr' : undefined}
        placeholder={props.placeholder}
        autocomplete={props.autocomplete ?? 'off'}
        maxLength={props.maxLength}
        required={props.required}
        autofocus={props.autofocus}
        spellcheck={false}
        aria-invalid={error !== undefined ? 'true' : undefined}
        aria-describedby={error !== undefined ? `${id}-error` : hint ? `${id}-hint` : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint && error === undefined && (
        <span id={`${id}-hint`} class="field-hint">
          {hint}
        </span>
      )}
      {/* Always there, so that a sentence put into it is announced. */}
      <span id={`${id}-error`} class="field-error" role="alert">
        {error !== undefined && (
          <>
            <Icon name="warning" />
            <span>{error}</span>
          </>
        )}
      </span>
    </div>
  );
}
