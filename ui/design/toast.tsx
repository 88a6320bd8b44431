// Short messages about what just happened, in one live region per page.
import { signal } from '@preact/signals';
import { t } from '../words.ts';
import { IconButton } from './button.tsx';

interface Toast {
  id: number;
  text: string;
}

const toasts = signal<Toast[]>([]);
let last = 0;
/** Long enough to read twice; it can be closed, and what it says is elsewhere too (WCAG 2.2.1). */
const SHOWN_MS = 8_000;

/** Says something; the same text is not shown twice at a time. */
export function say(text: string): void {
  if (toasts.value.some((toast) => toast.text === text)) return;
  const id = ++last;
  toasts.value = [...toasts.value.slice(-2), { id, text }];
  setTimeout(() => dismiss(id), SHOWN_MS);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div key={toast.id} class="toast">
          <span>{toast.text}</span>
          <IconButton icon="close" label={t('close')} onClick={() => dismiss(toast.id)} />
        </div>
      ))}
    </div>
  );
}
