// alert, confirm, prompt, print, the file chooser, the question before leaving, and those for permissions: the page's own behaviour is kept, the others are told that one is open.
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
  installLeaveQuestion(realm);
  installPermissions(realm);
}

/** "Leave site?": asked when a page wants it, of people who have used the page. */
function installLeaveQuestion(realm: Realm): void {
  const { window, natives } = realm;
  const last = (event: Event): void => {
    const wanted = natives.isPrevented(event) || (event as BeforeUnloadEvent).returnValue !== '';
    if (!wanted || window.navigator.userActivation?.hasBeenActive === false) return;
    realm.tell({ type: 'dialog', kind: 'leave', text: '' });
    // Nothing runs here while it is asked; if anything does, the person has stayed.
    natives.setTimeout(() => realm.tell({ type: 'dialog', kind: 'closed', text: '' }), 0);
  };
  // Ours is the first listener; one that it adds for the next phase is the last.
  realm.listen(window, 'beforeunload', () => natives.listen(window, 'beforeunload', last, { once: true }));
}

/** Questions for permissions: whether one is asked, the browser tells by the permission's state. */
function installPermissions(realm: Realm): void {
  const { window } = realm;
  const permissions = window.navigator.permissions;
  if (!permissions) return;
  const query = permissions.query.bind(permissions);
  /** @returns to be called when the page has its answer */
  const asks = (name: string): (() => void) => {
    let asked = false;
    let answered = false;
    query({ name: name as PermissionName }).then(
      (status) => {
        // Granted or refused before, or not allowed to this page at all: nobody is asked.
        if (status.state !== 'prompt' || answered) return;
        asked = true;
        realm.tell({ type: 'dialog', kind: 'permission', text: name });
      },
      () => {},
    );
    return () => {
      answered = true;
      if (asked) realm.tell({ type: 'dialog', kind: 'closed', text: '' });
      asked = false;
    };
  };
  const wrapPromise = (owner: object | undefined, method: string, nameOf: (given: unknown) => string) =>
    wrapMethod(realm, owner, method, (native, _self, args) => {
      const name = nameOf(args[0]);
      const done = name === '' ? () => {} : asks(name);
      const result = native(...args) as Promise<unknown>;
      result.then(done, done);
      return result;
    });
  const { Geolocation, Notification, Clipboard, MediaDevices } = window as Partial<Realm['window']>;
  for (const method of ['getCurrentPosition', 'watchPosition'])
    wrapMethod(realm, Geolocation?.prototype, method, (native, _self, args) => {
      const done = asks('geolocation');
      const then = (callback: unknown) =>
        typeof callback === 'function'
          ? (...given: unknown[]): unknown => {
              done();
              return realm.natives.apply(callback, undefined, given);
            }
          : callback;
      return native(then(args[0]), args[1] === undefined ? done : then(args[1]), ...args.slice(2));
    });
  wrapPromise(Notification, 'requestPermission', () => 'notifications');
  for (const method of ['read', 'readText'])
    wrapPromise(Clipboard?.prototype, method, () => 'clipboard-read');
  wrapPromise(MediaDevices?.prototype, 'getUserMedia', (wanted) => {
    const { video, audio } = (wanted ?? {}) as MediaStreamConstraints;
    return video ? 'camera' : audio ? 'microphone' : '';
  });
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
