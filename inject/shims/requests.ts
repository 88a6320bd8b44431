// fetch, Request, XMLHttpRequest, EventSource, WebSocket, workers, beacons: real URLs mapped; cookies of a response applied
// before the page hears of it.
import { mapValue } from '../mapping.ts';
import type { Realm } from '../realm.ts';
import { COOKIE_HEADER } from './cookie-shadow.ts';
import { wrapConstructor, wrapMethod } from './wrap.ts';

const first = (realm: Realm) => (args: unknown[]) =>
  args.length === 0 ? args : [mapValue(realm, args[0]), ...args.slice(1)];

/** The gateway changes bodies (literals), so a digest in a request's options can not hold; it is dropped. */
function withoutIntegrity(args: unknown[]): unknown[] {
  const init = args[1];
  if (typeof init !== 'object' || init === null || !('integrity' in init)) return args;
  const { integrity: _dropped, ...rest } = init as Record<string, unknown>;
  return [args[0], rest];
}

/** `fetch` and `Request`. */
export function installFetch(realm: Realm): void {
  const { window, cookies } = realm;
  const { Request } = window;
  const mapArgs = (args: unknown[]) =>
    withoutIntegrity(args[0] instanceof Request ? args : first(realm)(args));
  wrapConstructor(realm, 'Request', mapArgs);
  wrapMethod(realm, window, 'fetch', async (native, _self, args) => {
    const riding = cookies.riding();
    const response = (await native(...mapArgs(args))) as Response;
    if (response.type === 'basic') {
      const header = response.headers.get(COOKIE_HEADER);
      if (header !== null) cookies.answer(header, riding);
    }
    return response;
  });
}

/** `XMLHttpRequest`, synchronous ones too. */
export function installXhr(realm: Realm): void {
  const { window, natives, cookies } = realm;
  const { prototype } = window.XMLHttpRequest;
  const { getResponseHeader } = prototype;
  wrapMethod(realm, prototype, 'open', (native, _self, args) =>
    native(args[0], mapValue(realm, args[1]), ...args.slice(2)),
  );
  wrapMethod(realm, prototype, 'send', (native, self, args) => {
    const request = self as XMLHttpRequest;
    const riding = cookies.riding();
    let done = false;
    const take = () => {
      if (done || request.readyState < 2) return;
      done = true;
      natives.unlisten(request, 'readystatechange', take, true);
      if (!request.responseURL.startsWith(`${window.location.origin}/`)) return;
      const header = natives.apply(getResponseHeader, request, [COOKIE_HEADER]) as string | null;
      if (header !== null) cookies.answer(header, riding);
    };
    natives.listen(request, 'readystatechange', take, true);
    const result = native(...args);
    take(); // a synchronous one has told nothing
    return result;
  });
}

/** Everything else that takes the URL as its first argument. */
export function installConnections(realm: Realm): void {
  for (const name of ['EventSource', 'WebSocket', 'Worker', 'SharedWorker', 'Audio'])
    wrapConstructor(realm, name, first(realm));
  wrapMethod(realm, realm.window.Navigator.prototype, 'sendBeacon', (native, _self, args) =>
    native(...first(realm)(args)),
  );
  const { prototype } = realm.window.History;
  for (const name of ['pushState', 'replaceState'])
    wrapMethod(realm, prototype, name, (native, _self, args) =>
      native(args[0], args[1], ...(args.length > 2 ? [mapValue(realm, args[2])] : [])),
    );
}
