// The bar of the session window, in the order people know it: users, add users, navigate, switch control, share a document, end.
import { Fragment } from 'preact';
import type { SessionState } from '../../protocol/session-messages.ts';
import { Icon, type IconName, Mark } from '../design/icon.tsx';
import { t, tn } from '../words.ts';

export type BarAction = 'users' | 'invite' | 'navigate' | 'control' | 'share' | 'end' | 'leave';

interface BarProps {
  state: SessionState;
  /** The customer has all of it, a guest only what concerns himself. */
  guest: boolean;
  /** Somebody else holds control: the switch takes it back. */
  controlled: boolean;
  onAction: (action: BarAction) => void;
}

export function Bar({ state, guest, controlled, onAction }: BarProps) {
  const count = state.participants.length;
  return (
    <nav class="bar" aria-label={t('bar.label')}>
      <span class="bar-mark" title="Tandem">
        <Mark />
      </span>
      <ul class="bar-list">
        <Item
          icon="users"
          label={t('bar.users')}
          tip={tn('users', count)}
          count={count}
          onClick={() => onAction('users')}
        />
        {!guest && (
          <>
            <Item
              icon="userPlus"
              label={t('bar.invite')}
              tip={t('bar.invite.tip')}
              onClick={() => onAction('invite')}
            />
            <Item
              icon="compass"
              label={t('bar.navigate')}
              tip={t('bar.navigate.tip')}
              onClick={() => onAction('navigate')}
            />
            <Item
              icon="swap"
              label={t('bar.control')}
              tip={t(controlled ? 'bar.control.back' : 'bar.control.give')}
              lit={controlled}
              onClick={() => onAction('control')}
            />
            <Item
              icon="document"
              label={t('bar.share')}
              tip={t('bar.share.tip')}
              onClick={() => onAction('share')}
            />
            <Item
              icon="power"
              label={t('bar.end')}
              tip={t('bar.end.tip')}
              danger
              onClick={() => onAction('end')}
            />
          </>
        )}
        {guest && (
          <Item
            icon="leave"
            label={t('bar.leave')}
            tip={t('bar.leave.tip')}
            onClick={() => onAction('leave')}
          />
        )}
      </ul>
    </nav>
  );
}

interface ItemProps {
  icon: IconName;
  label: string;
  tip: string;
  count?: number;
  lit?: boolean;
  danger?: boolean;
  onClick: () => void;
}

function Item({ icon, label, tip, count, lit, danger, onClick }: ItemProps) {
  return (
    <li>
      <button
        type="button"
        class={`bar-item${lit ? ' bar-lit' : ''}${danger ? ' bar-danger' : ''}`}
        aria-label={label}
        aria-description={tip}
        onClick={onClick}
      >
        {/* The figure is drawn by CSS: the button's name stays the word, its description says the number. */}
        <span class="bar-icon" data-count={count}>
          <Icon name={icon} />
        </span>
        {/* Broken between words only, never at the hyphen. */}
        <span class="bar-label">
          {label.split(' ').map((word) => (
            <Fragment key={word}>
              <span class="bar-word">{word}</span>{' '}
            </Fragment>
          ))}
        </span>
        <span class="bar-tip" aria-hidden="true">
          {tip}
        </span>
      </button>
    </li>
  );
}
