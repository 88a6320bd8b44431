// Buttons: with words, with an icon only, and the switch. A button that may not be used stays focusable and says why.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';

interface ButtonProps {
  children: ComponentChildren;
  kind?: 'primary' | 'plain' | 'quiet' | 'danger' | 'other';
  icon?: IconName | undefined;
  small?: boolean;
  wide?: boolean;
  busy?: boolean;
  /** Why it cannot be used just now; it stays reachable by keyboard and tells this as its description. */
  unavailable?: string | undefined;
  type?: 'button' | 'submit';
  /** Tooltip where the words may be hidden for want of room. */
  tip?: string;
  onClick?: (event: MouseEvent) => void;
  describedBy?: string | undefined;
  /** Takes the focus when its dialog opens. */
  first?: boolean;
}

export function Button({
  children,
  kind = 'plain',
  icon,
  small,
  wide,
  busy,
  unavailable,
  type = 'button',
  tip,
  onClick,
  describedBy,
  first,
}: ButtonProps) {
  const id = useId();
  const blocked = unavailable !== undefined || busy === true;
  return (
    <>
      <button
        type={type}
        class={`button button-${kind}${small ? ' button-small' : ''}${wide ? ' button-wide' : ''}`}
        aria-disabled={blocked ? 'true' : undefined}
        aria-busy={busy ? 'true' : undefined}
        aria-describedby={unavailable !== undefined && !describedBy ? id : describedBy}
        title={unavailable ?? tip}
        data-first={first ? '' : undefined}
        onClick={(event) => {
          if (blocked) event.preventDefault();
          else onClick?.(event);
        }}
      >
        {busy ? <span class="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
        <span>{children}</span>
      </button>
      {unavailable !== undefined && !describedBy && (
        <span id={id} class="visually-hidden">
          {unavailable}
        </span>
      )}
    </>
  );
}

interface IconButtonProps {
  icon: IconName;
  /** Accessible name, shown as a tooltip. */
  label: string;
  onClick?: (event: MouseEvent) => void;
  pressed?: boolean | undefined;
  expanded?: boolean | undefined;
  badge?: number | undefined;
  unavailable?: boolean;
  type?: 'button' | 'submit';
}

export function IconButton({
  icon,
  label,
  onClick,
  pressed,
  expanded,
  badge,
  unavailable,
  type = 'button',
}: IconButtonProps) {
  return (
    <button
      type={type}
      class="icon-button tipped"
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-disabled={unavailable ? 'true' : undefined}
      onClick={(event) => {
        if (!unavailable) onClick?.(event);
      }}
    >
      <Icon name={icon} />
      {badge !== undefined && badge > 0 && (
        <span class="badge icon-button-badge" aria-hidden="true">
          {badge > 99 ? '99+' : badge}
        </span>
      )}
      <span class="tip" aria-hidden="true">
        {label}
      </span>
    </button>
  );
}

interface SwitchProps {
  on: boolean;
  label: string;
  /** Kept for screen readers only where the label stands beside it anyway. */
  hideLabel?: boolean;
  busy?: boolean;
  onChange: (on: boolean) => void;
}

export function Switch({ on, label, hideLabel, busy, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={on}
      aria-label={hideLabel ? label : undefined}
      aria-disabled={busy ? 'true' : undefined}
      onClick={() => {
        if (!busy) onChange(!on);
      }}
    >
      <span class="switch-track" aria-hidden="true" />
      {!hideLabel && <span>{label}</span>}
    </button>
  );
}
