// Markup that a script writes (innerHTML, document.write, …): URL attributes of its tags are mapped before the parser sees them.
import { mapCss, mapSrcset, mapUrl } from '../mapping.ts';
import type { Realm } from '../realm.ts';
import { openDeclaredRoots } from './closed-roots.ts';
import { wrapMethod, wrapSetter } from './wrap.ts';

const TAG = /<[a-z](?:[^>"']|"[^"]*"|'[^']*')*>/gi;
const ATTRIBUTE =
  /(\s)(href|src|srcset|imagesrcset|action|formaction|poster|data|background|xlink:href|style|integrity)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/gi;
const INERT = /(\shttp-equiv\s*=\s*["']?)content-security-policy|(\stype\s*=\s*["']?)speculationrules/gi;

/** Maps the URL attributes in HTML text; text without an absolute URL or a digest is returned as it is. */
export function mapMarkup(realm: Realm, html: string): string {
  if (!html.includes('//') && !/integrity|http-equiv|speculationrules/i.test(html)) return html;
  return html.replace(TAG, (tag) =>
    tag
      .replace(ATTRIBUTE, (whole, space: string, name: string, equals: string, quoted: string) => {
        const quote = quoted[0] === '"' || quoted[0] === "'" ? quoted[0] : '';
        const value = quote ? quoted.slice(1, -1) : quoted;
        const lower = name.toLowerCase();
        if (lower === 'integrity') return `${space}data-integrity${equals}${quoted}`;
        const mapped =
          lower === 'style'
            ? mapCss(realm, value)
            : lower.endsWith('srcset')
              ? mapSrcset(realm, value)
              : mapUrl(realm, value);
        return mapped === value ? whole : space + name + equals + quote + mapped + quote;
      })
      .replace(INERT, (_whole, meta?: string, type?: string) => `${meta ?? type}tandem-inert`),
  );
}

/** For parsers that make shadow roots of what is declared. */
function mapDeclaring(realm: Realm, value: unknown, dropsComments = false): unknown {
  const mapped = mapText(realm, value);
  const text = `${mapped as string}`;
  const opened = openDeclaredRoots(text, dropsComments);
  return opened === text ? mapped : opened;
}

/** Trusted types that need no change are passed on as they are. */
function mapText(realm: Realm, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  const text = typeof value === 'string' ? value : `${value as string}`;
  const mapped = mapMarkup(realm, text);
  return mapped === text ? value : mapped;
}

/** Installs the setters and methods that parse HTML into a live document. */
export function installMarkup(realm: Realm): void {
  const { Element, ShadowRoot, Document, Range } = realm.window;
  for (const owner of [Element.prototype, ShadowRoot.prototype]) {
    for (const name of ['innerHTML', 'outerHTML'])
      wrapSetter(realm, owner, name, (native, _self, args) => native(mapText(realm, args[0])));
    wrapMethod(realm, owner, 'setHTML', (native, _self, args) =>
      native(mapText(realm, args[0]), ...args.slice(1)),
    );
    wrapMethod(realm, owner, 'setHTMLUnsafe', (native, _self, args) =>
      native(mapDeclaring(realm, args[0]), ...args.slice(1)),
    );
  }
  wrapMethod(realm, Element.prototype, 'insertAdjacentHTML', (native, _self, args) =>
    native(args[0], mapText(realm, args[1]), ...args.slice(2)),
  );
  wrapMethod(realm, Range.prototype, 'createContextualFragment', (native, _self, args) =>
    native(mapText(realm, args[0]), ...args.slice(1)),
  );
  wrapMethod(realm, Document, 'parseHTMLUnsafe', (native, _self, args) =>
    native(mapDeclaring(realm, args[0], true), ...args.slice(1)),
  );
  for (const name of ['write', 'writeln'])
    wrapMethod(realm, Document.prototype, name, (native, _self, args) =>
      native(...args.map((text) => mapDeclaring(realm, text))),
    );
}
