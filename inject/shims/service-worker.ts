// Service workers and protocol handlers: refused cleanly, as both would outlive or leave the session.
import type { Realm } from '../realm.ts';
import { wrapMethod } from './wrap.ts';

/** `register` rejects like in a browser whose settings forbid it; the gateway answers 404 to the script besides. */
export function installServiceWorker(realm: Realm): void {
  const { window, natives } = realm;
  wrapMethod(realm, window.ServiceWorkerContainer?.prototype, 'register', () =>
    natives.Promise.reject(
      new natives.DOMException('Service workers are not available in a shared session.', 'SecurityError'),
    ),
  );
}

/** Does nothing, like a browser in which the person said no. */
export function installProtocolHandler(realm: Realm): void {
  for (const name of ['registerProtocolHandler', 'unregisterProtocolHandler'])
    wrapMethod(realm, realm.window.Navigator.prototype, name, () => undefined);
}
