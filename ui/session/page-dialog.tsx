// Over a follower's view: a dialog of the browser's own (alert, confirm, prompt, print, file) that the page shows the customer, in words.
import { Icon } from '../design/icon.tsx';
import { t, type WordKey } from '../words.ts';
import type { OpenSession } from './session.ts';

const LEADS: Record<string, WordKey> = {
  alert: 'dialog.alert',
  confirm: 'dialog.confirm',
  prompt: 'dialog.prompt',
  print: 'dialog.print',
  file: 'dialog.file',
};

export function PageDialog({ session }: { session: OpenSession }) {
  const dialog = session.dialog.value;
  return (
    <div role="status">
      {dialog && (
        <p class="page-dialog">
          <Icon name="info" />
          <span>
            {t(LEADS[dialog.kind] ?? 'dialog.alert')} {dialog.text !== '' && <q>{dialog.text}</q>}
          </span>
        </p>
      )}
    </div>
  );
}
