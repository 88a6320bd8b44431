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
  leave: 'dialog.leave',
  permission: 'dialog.permission',
};
/** Of permissions, by the names that browsers give them. */
const PERMISSIONS: Record<string, WordKey> = {
  geolocation: 'permission.geolocation',
  notifications: 'permission.notifications',
  'clipboard-read': 'permission.clipboard',
  camera: 'permission.camera',
  microphone: 'permission.microphone',
};

export function PageDialog({ session }: { session: OpenSession }) {
  const dialog = session.dialog.value;
  const permission = dialog?.kind === 'permission' ? PERMISSIONS[dialog.text] : undefined;
  const text = permission ? t(permission) : (dialog?.text ?? '');
  return (
    <div role="status">
      {dialog && (
        <p class="page-dialog">
          <Icon name="info" />
          <span>
            {t(LEADS[dialog.kind] ?? 'dialog.alert')} {text !== '' && <q>{text}</q>}
          </span>
        </p>
      )}
    </div>
  );
}
