// CSS text that a script sets: real URLs of listed hosts in it are mapped.
import { mapCss } from '../mapping.ts';
import type { Realm } from '../realm.ts';
import { wrapConstructor, wrapMethod, wrapSetter } from './wrap.ts';

/** Installs CSSOM setters, constructed sheets, inline styles and fonts. */
export function installCss(realm: Realm): void {
  const { CSSStyleSheet, CSSStyleDeclaration } = realm.window;
  const map = (value: unknown) => (typeof value === 'string' ? mapCss(realm, value) : value);
  for (const name of ['insertRule', 'replace', 'replaceSync'])
    wrapMethod(realm, CSSStyleSheet.prototype, name, (native, _self, args) =>
      native(map(args[0]), ...args.slice(1)),
    );
  wrapMethod(realm, CSSStyleDeclaration.prototype, 'setProperty', (native, _self, args) =>
    native(args[0], map(args[1]), ...args.slice(2)),
  );
  // named properties (`style.backgroundImage`) are no setters in Chromium [measured]: what escapes there dies at the CSP
  wrapSetter(realm, CSSStyleDeclaration.prototype, 'cssText', (native, _self, args) => native(map(args[0])));
  wrapConstructor(realm, 'FontFace', (args) => [args[0], map(args[1]), ...args.slice(2)]);
}
