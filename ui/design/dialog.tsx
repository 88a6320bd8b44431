// Dialogs: modal ones on the browser's own <dialog> (focus, Esc and background are its work), and prompts that do not lock the page.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../words.ts';
import { IconButton } from './button.tsx';

interface DialogProps {
  title: string;
  wide?: boolean;
  onClose: () => void;
  children: ComponentChildren;
}

export function Dialog({ title, wide, onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleRef = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => {
    const element = ref.current;
    const before = document.activeElement;
    element?.showModal();
    // Not the close button, which the browser would choose: what the person came for, else the title.
    const first = element?.querySelector<HTMLElement>('[data-first]') ?? titleRef.current;
    first?.focus();
    return () => {
      element?.close();
      // The browser gives focus back on close(), but not when the element leaves the page first.
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc, which the browser gives a dialog, is the key for it
    <dialog
      ref={ref}
      class={`dialog${wide ? ' dialog-wide' : ''}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <header class="dialog-head">
        <h2 id={id} ref={titleRef} class="dialog-title" tabIndex={-1}>
          {title}
        </h2>
        <IconButton icon="close" label={t('close')} onClick={onClose} />
      </header>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}

interface PromptProps {
  title: string;
  children?: ComponentChildren;
  actions: ComponentChildren;
  /** Esc: the harmless one of the answers. */
  onEscape: () => void;
  /** `other` when it is about somebody else's wish. */
  tone?: 'own' | 'other';
}

/** A question that takes the focus and waits as long as it must, while the page behind it can still be used. */
export function Prompt({ title, children, actions, onEscape, tone = 'other' }: PromptProps) {
  const ref = useRef<HTMLDivElement>(null);
  const titleId = useId();
  const bodyId = useId();
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <div
      ref={ref}
      class={`prompt prompt-${tone}`}
      role="alertdialog"
      aria-labelledby={titleId}
      aria-describedby={bodyId}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onEscape();
      }}
    >
      <h2 id={titleId} class="prompt-title">
        {title}
      </h2>
      <div id={bodyId} class="prompt-body">
        {children}
      </div>
      <div class="prompt-actions">{actions}</div>
    </div>
  );
}
