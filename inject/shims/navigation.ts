// The Navigation API as a net: whatever way a script found to leave for a real address, it arrives at the mapped one.
import { findWay, mapValue } from '../mapping.ts';
import type { Realm } from '../realm.ts';
import { goHere } from './leave.ts';
import { wrapMethod } from './wrap.ts';

/** Parts of the Navigation API that are used here (not in every TypeScript DOM library yet). */
interface NavigateEvent extends Event {
  navigationType: 'push' | 'replace' | 'reload' | 'traverse';
  destination: { url: string };
  hashChange: boolean;
  formData: FormData | null;
  sourceElement?: Element | null;
}

/**
 * Registered first, so that a page can neither disarm it nor see the real address. What it does not see (new windows, initial
 * frames, other documents' frames) is held by the hooks, `frame-src` and the sandbox.
 */
export function installNavigation(realm: Realm): void {
  const { window, natives } = realm;
  const { navigation } = window as unknown as { navigation?: EventTarget };
  if (!navigation) return; // the hooks are the floor
  realm.listen(
    navigation,
    'navigate',
    (event) => {
      const { navigationType, destination, hashChange, formData, sourceElement } = event as NavigateEvent;
      if (!event.cancelable || hashChange || navigationType === 'traverse' || navigationType === 'reload')
        return;
      const way = findWay(realm, destination.url);
      if (way.to === 'nowhere' || (way.to === 'inside' && way.url === destination.url)) return;
      natives.preventDefault(event);
      natives.stopImmediate(event);
      if (formData && way.to === 'inside' && resubmit(realm, sourceElement, way.url)) return;
      goHere(realm, way, navigationType === 'replace');
    },
    true,
  );
  wrapMethod(
    realm,
    (window as unknown as { Navigation?: { prototype: object } }).Navigation?.prototype,
    'navigate',
    (native, _self, args) => native(mapValue(realm, args[0]), ...args.slice(1)),
  );
}

/** A POST whose action escaped the form hook: the source form itself is sent again, so that its encoding and files are kept. */
function resubmit(realm: Realm, source: Element | null | undefined, url: string): boolean {
  const { window, natives } = realm;
  const owner = source as (Element & { form?: HTMLFormElement | null }) | null | undefined;
  const form = source instanceof window.HTMLFormElement ? source : owner?.form;
  if (!form) return false;
  natives.setAttribute(form, 'action', url);
  natives.submit(form);
  return true;
}
