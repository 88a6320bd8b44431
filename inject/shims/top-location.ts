// `top.location` and `parent.location` as scripts of a framed document write them to leave their frame: the sandbox forbids it
// to navigate the page frame, so the gateway turns the two words into one name of ours, and the shell is asked instead.
import type { PageWindow } from '../natives.ts';
import type { Realm } from '../realm.ts';
import { PARENT, TOP } from './ancestors.ts';
import { askForPage } from './leave.ts';

/** Names that the gateway's edits use. */
export const TOP_LOCATION = '__tandem_top_location';
export const PARENT_LOCATION = '__tandem_parent_location';

const PARTS = ['hash', 'host', 'hostname', 'pathname', 'port', 'protocol', 'search'] as const;

export function installTopLocation(realm: Realm): void {
  const { window, natives } = realm;
  const names = window as unknown as Record<string, PageWindow>;
  for (const [name, of] of [
    [TOP_LOCATION, TOP],
    [PARENT_LOCATION, PARENT],
  ] as const) {
    /** The page frame, when that is meant and is not this window. Its own `parent`, where we may read it, is itself. */
    const page = () => {
      const target = names[of]!;
      const isPage = target.parent === natives.top || target.parent === target;
      return isPage && target !== window ? target : undefined;
    };
    Object.defineProperty(window, name, {
      get: () => {
        const target = page();
        return target ? standIn(realm, target) : names[of]!.location;
      },
      set(url: unknown) {
        if (page()) askForPage(realm, `${url as string}`);
        else names[of]!.location = url as never;
      },
      enumerable: false,
      // A window that was blank and same-origin keeps its global: the document's own script installs this anew.
      configurable: true,
    });
  }
}

/** Reads go to the real one, and fail there as they would; whatever navigates asks the shell. */
function standIn(realm: Realm, page: PageWindow): object {
  const go = (url: unknown) => askForPage(realm, `${url as string}`);
  const read = () => page.location;
  const location = {
    get href() {
      return read().href;
    },
    set href(url: unknown) {
      go(url);
    },
    get origin() {
      return read().origin;
    },
    get ancestorOrigins() {
      return read().ancestorOrigins;
    },
    assign: go,
    replace: go,
    reload: () => go(read().href),
    toString: () => read().href,
  };
  for (const part of PARTS)
    Object.defineProperty(location, part, {
      get: () => read()[part],
      set(value: unknown) {
        const url = new realm.natives.URL(read().href);
        url[part] = `${value as string}`;
        go(url.href);
      },
    });
  return location;
}
