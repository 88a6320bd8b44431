// URL attributes that a script sets, by property or by setAttribute: mapped when set; read back as what they then are.
import { mapSrcset, mapValue } from '../mapping.ts';
import type { Realm } from '../realm.ts';
import { withFrameScript } from './frame-script.ts';
import { mapMarkup } from './markup.ts';
import { wrapMethod, wrapSetter } from './wrap.ts';

type Kind = 'url' | 'srcset' | 'srcdoc' | 'digest' | 'rel' | 'type' | 'http-equiv';

/** What the browser dereferences, and what would let it go around the gateway: never `data-*`. */
const BY_TAG: Record<string, Record<string, Kind>> = {
  A: { href: 'url', ping: 'url' },
  AREA: { href: 'url', ping: 'url' },
  AUDIO: { src: 'url' },
  BASE: { href: 'url' },
  BODY: { background: 'url' },
  BUTTON: { formaction: 'url' },
  EMBED: { src: 'url' },
  FORM: { action: 'url' },
  FRAME: { src: 'url' },
  IFRAME: { src: 'url', srcdoc: 'srcdoc' },
  IMG: { src: 'url', srcset: 'srcset' },
  INPUT: { src: 'url', formaction: 'url' },
  LINK: { href: 'url', imagesrcset: 'srcset', integrity: 'digest', rel: 'rel' },
  META: { 'http-equiv': 'http-equiv' },
  OBJECT: { data: 'url' },
  SCRIPT: { src: 'url', integrity: 'digest', type: 'type' },
  SOURCE: { src: 'url', srcset: 'srcset' },
  TRACK: { src: 'url' },
  VIDEO: { src: 'url', poster: 'url' },
};
const SVG: Record<string, Kind> = { href: 'url', 'xlink:href': 'url' };

/** Properties whose setters reflect those attributes: constructor, property, attribute. */
const PROPERTIES: [owner: string, property: string, attribute: string][] = [
  ['HTMLAnchorElement', 'href', 'href'],
  ['HTMLAnchorElement', 'ping', 'ping'],
  ['HTMLAreaElement', 'href', 'href'],
  ['HTMLBaseElement', 'href', 'href'],
  ['HTMLBodyElement', 'background', 'background'],
  ['HTMLButtonElement', 'formAction', 'formaction'],
  ['HTMLEmbedElement', 'src', 'src'],
  ['HTMLFormElement', 'action', 'action'],
  ['HTMLFrameElement', 'src', 'src'],
  ['HTMLIFrameElement', 'src', 'src'],
  ['HTMLIFrameElement', 'srcdoc', 'srcdoc'],
  ['HTMLImageElement', 'src', 'src'],
  ['HTMLImageElement', 'srcset', 'srcset'],
  ['HTMLInputElement', 'src', 'src'],
  ['HTMLInputElement', 'formAction', 'formaction'],
  ['HTMLLinkElement', 'href', 'href'],
  ['HTMLLinkElement', 'imageSrcset', 'imagesrcset'],
  ['HTMLLinkElement', 'integrity', 'integrity'],
  ['HTMLLinkElement', 'rel', 'rel'],
  ['HTMLMediaElement', 'src', 'src'],
  ['HTMLMetaElement', 'httpEquiv', 'http-equiv'],
  ['HTMLObjectElement', 'data', 'data'],
  ['HTMLScriptElement', 'src', 'src'],
  ['HTMLScriptElement', 'integrity', 'integrity'],
  ['HTMLScriptElement', 'type', 'type'],
  ['HTMLSourceElement', 'src', 'src'],
  ['HTMLSourceElement', 'srcset', 'srcset'],
  ['HTMLTrackElement', 'src', 'src'],
  ['HTMLVideoElement', 'poster', 'poster'],
];

/** The value that is set instead. */
function mapAttribute(realm: Realm, kind: Kind, value: unknown): unknown {
  if (kind === 'url') return mapValue(realm, value);
  const text = `${value as string}`;
  switch (kind) {
    case 'srcset':
      return mapSrcset(realm, text);
    case 'srcdoc':
      return withFrameScript(realm, mapMarkup(realm, text));
    // The gateway changes scripts and sheets (literals, url()), so a digest set by a script can not hold.
    case 'digest':
      return '';
    // These reach out past every other layer: prefetch and preconnect know no CSP of ours.
    case 'rel':
      return /\b(?:preconnect|dns-prefetch|prerender)\b/i.test(text) ? 'tandem-inert' : value;
    case 'type':
      return text.trim().toLowerCase() === 'speculationrules' ? 'tandem/inert' : value;
    // A policy made for the real hosts would forbid the session addresses; the gateway's own policy stands.
    case 'http-equiv':
      return /^content-security-policy/i.test(text.trim()) ? 'tandem-inert' : value;
  }
}

/** Which attribute of which element is meant; undefined for nearly all. */
function kindOf(element: Element, name: string): Kind | undefined {
  const { tagName } = element;
  const kinds = BY_TAG[tagName];
  if (kinds) return kinds[name] ?? kinds[name.toLowerCase()];
  return typeof tagName === 'string' && name.endsWith('href') && 'ownerSVGElement' in element
    ? SVG[name]
    : undefined;
}

/** Installs setters of properties, `setAttribute` and its kin, and `Attr.value`. */
export function installAttributes(realm: Realm): void {
  const { window } = realm;
  const globals = window as unknown as Record<string, { prototype: object } | undefined>;
  for (const [owner, property, attribute] of PROPERTIES) {
    const tag = owner.replace(/^HTML|Element$/g, '').toUpperCase();
    const kind = BY_TAG[PROPERTY_TAGS[tag] ?? tag]?.[attribute];
    if (!kind) continue;
    wrapSetter(realm, globals[owner]?.prototype, property, (native, _self, args) =>
      native(mapAttribute(realm, kind, args[0])),
    );
  }
  const { Element, Attr } = window;
  wrapMethod(realm, Element.prototype, 'setAttribute', (native, self, args) => {
    const kind = args.length > 1 ? kindOf(self as Element, `${args[0] as string}`) : undefined;
    return kind ? native(args[0], mapAttribute(realm, kind, args[1])) : native(...args);
  });
  wrapMethod(realm, Element.prototype, 'setAttributeNS', (native, self, args) => {
    const kind = args.length > 2 ? kindOf(self as Element, `${args[1] as string}`) : undefined;
    return kind ? native(args[0], args[1], mapAttribute(realm, kind, args[2])) : native(...args);
  });
  const setAttr = (element: Element | null, attr: Attr) => {
    const kind = element && kindOf(element, attr.name);
    if (!kind) return;
    const mapped = mapAttribute(realm, kind, attr.value);
    if (mapped !== attr.value) attr.value = mapped as string;
  };
  for (const name of ['setAttributeNode', 'setAttributeNodeNS'])
    wrapMethod(realm, Element.prototype, name, (native, self, args) => {
      if (args[0] instanceof Attr) setAttr(self as Element, args[0]);
      return native(...args);
    });
  wrapSetter(realm, Attr.prototype, 'value', (native, self, args) => {
    const { ownerElement, name } = self as Attr;
    const kind = ownerElement && kindOf(ownerElement, name);
    return native(kind ? mapAttribute(realm, kind, args[0]) : args[0]);
  });
}

/** Constructor names that are not the tag's. */
const PROPERTY_TAGS: Record<string, string> = { ANCHOR: 'A', IMAGE: 'IMG', MEDIA: 'AUDIO' };
