// The shims of a window in the order in which they are installed. Read this first.
import type { Realm } from '../realm.ts';
import { installAncestors } from './ancestors.ts';
import { installAttributes } from './attributes.ts';
import { installClosedRoots } from './closed-roots.ts';
import { installCookie } from './cookie.ts';
import { installCss } from './css.ts';
import { installDialogs } from './dialogs.ts';
import { installDomain } from './domain.ts';
import { installForms } from './forms.ts';
import { installLinks } from './links.ts';
import { installMarkup } from './markup.ts';
import { installNavigation } from './navigation.ts';
import { installOpen } from './open.ts';
import { installRealHosts } from './real-hosts.ts';
import { installReferrer } from './referrer.ts';
import { installConnections, installFetch, installXhr } from './requests.ts';
import { installProtocolHandler, installServiceWorker } from './service-worker.ts';
import { installSpeculation } from './speculation.ts';
import { installTopLocation } from './top-location.ts';
import { installAbove } from './window-above.ts';

const SHIMS: ((realm: Realm) => void)[] = [
  // what leads out: first, so that its listeners come before all others
  installNavigation,
  installLinks,
  installForms,
  installOpen,
  // what the page asks about itself
  installAncestors,
  installAbove,
  installTopLocation,
  installCookie,
  installReferrer,
  installDomain,
  installRealHosts,
  // what it loads
  installFetch,
  installXhr,
  installConnections,
  installAttributes,
  installMarkup,
  installClosedRoots,
  installCss,
  installSpeculation,
  installServiceWorker,
  installProtocolHandler,
  // what it says
  installDialogs,
];

/** Installs every shim. One that a strange window refuses does not keep the others from it. */
export function installShims(realm: Realm): void {
  for (const install of SHIMS) {
    try {
      install(realm);
    } catch {
      // an interface that this browser or document has not
    }
  }
}
