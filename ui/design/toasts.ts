// Short messages about what just happened: what is to be said, apart from how it looks.
import { signal } from '@preact/signals';

interface Toast {
  id: number;
  text: string;
}

/** Those that are shown now, oldest first. */
export const toasts = signal<Toast[]>([]);
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

/** It was read. */
export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}
