// postMessage: a real origin given as target is mapped.
// `event.origin` stays the session address, which is what `location.origin`, literals in scripts (mapped by the gateway) and
// addresses read from elements are too. It could not be otherwise: a cross-origin window's `postMessage` is made anew by the
// browser at each access and can not be replaced [measured], so `e.source.postMessage(reply, e.origin)` needs the true one.
import { mapUrl } from '../mapping.ts';
import type { Realm } from '../realm.ts';
import { wrapMethod } from './wrap.ts';

/** Maps `targetOrigin` in both forms, `(message, origin, transfer)` and `(message, { targetOrigin })`. */
export function installPostMessage(realm: Realm): void {
  wrapMethod(realm, realm.window, 'postMessage', (native, _self, args) => {
    const target = args[1];
    if (typeof target === 'string') return native(args[0], mapUrl(realm, target), ...args.slice(2));
    if (typeof target === 'object' && target !== null && 'targetOrigin' in target) {
      const options = target as WindowPostMessageOptions;
      return native(args[0], { ...options, targetOrigin: mapUrl(realm, `${options.targetOrigin}`) });
    }
    return native(...args);
  });
}
