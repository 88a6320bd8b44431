// How short messages look: one live region per page.
import { t } from '../words.ts';
import { IconButton } from './button.tsx';
import { dismiss, toasts } from './toasts.ts';

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
