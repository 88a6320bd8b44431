// alert, confirm, prompt, print and the file chooser: the page's own behaviour is kept, the others are told that one is open.
import type { Realm } from '../realm.ts';
import { wrapMethod } from './wrap.ts';

const MAX_WORDS = 1_000;

/** Tells `dialog` before the native one opens and `closed` after it. */
export function installDialogs(realm: Realm): void {
  const { window } = realm;
  for (const kind of ['alert', 'confirm', 'prompt', 'print'] as const)
    wrapMethod(realm, window, kind, (native, _self, args) => {
      const words = kind === 'print' || args.length === 0 ? '' : `${args[0] as string}`;
      realm.tell({ type: 'dialog', kind, text: words.slice(0, MAX_WORDS) });
      try {
        return native(...args);
      } finally {
        realm.tell({ type: 'dialog', kind: 'closed', text: '' });
      }
    });
  installFileChooser(realm);
}

/** The chooser opens by a click on the field or its label, or by `showPicker`; it ends with `change` or `cancel`. */
function installFileChooser(realm: Realm): void {
  const { window, natives } = realm;
  let open = false;
  const opened = (field: HTMLInputElement) => {
    open = true;
    realm.tell({ type: 'dialog', kind: 'file', text: labelOf(field) });
  };
  const closed = () => {
    if (!open) return;
    open = false;
    realm.tell({ type: 'dialog', kind: 'closed', text: '' });
  };
  const isFile = (target: unknown): target is HTMLInputElement =>
    target instanceof window.HTMLInputElement && target.type === 'file' && !target.disabled;
  realm.listen(window, 'click', (event) => {
    const [target] = natives.composedPath(event);
    // a trusted click on a label arrives here again as a click on the field
    if (event.isTrusted && isFile(target))
      natives.setTimeout(() => event.defaultPrevented || opened(target), 0);
  });
  for (const type of ['change', 'cancel'])
    realm.listen(window, type, (event) => {
      if (isFile(natives.composedPath(event)[0])) closed();
    });
  wrapMethod(realm, window.HTMLInputElement.prototype, 'showPicker', (native, self, args) => {
    const result = native(...args);
    if (isFile(self)) opened(self);
    return result;
  });
}

function labelOf(field: HTMLInputElement): string {
  const label = field.labels?.[0]?.textContent ?? field.getAttribute('aria-label') ?? '';
  return label.trim().replace(/\s+/g, ' ').slice(0, MAX_WORDS);
}
