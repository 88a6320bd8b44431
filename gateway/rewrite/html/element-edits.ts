// What changes in a start tag: its addresses, and what scripts, styles, metas, links and frames need beyond them.
import type { Addresses } from '../../../protocol/address.ts';
import { mapContentPolicy, type PolicyOptions } from '../content-policy.ts';
import { rewriteCss } from '../css.ts';
import {
  decodeReferences,
  encodeReferences,
  type LinkContext,
  mapLink,
  mapRefresh,
  mapSrcset,
  mapUrlList,
} from '../links.ts';
import { jsonRewriter, type ScriptOptions, scriptRewriter } from '../script.ts';
import type { TextRewriter } from '../splice.ts';
import { type InlineCode, WholeStyle } from './inline-code.ts';
import type { InlinePolicy } from './inline-policy.ts';
import { type Attribute, type OpenTag, URL_ATTRIBUTES } from './open-tag.ts';
import type { SplicedSource } from './spliced-source.ts';

export interface ElementOptions {
  addresses: Addresses;
  /** Scheme of the upstream page, for protocol-relative URLs. */
  scheme: 'http' | 'https';
  /** URL of our own panel script: its tag does nothing inside a session. */
  panelScript?: string;
  /** Where a frame goes that points off the list; given the real URL. */
  outside?: (url: string) => string;
  /** Told of the source of each frame, as it stands in the tag. */
  onFrame?: (url: string) => void;
  /** Told of each `integrity` that is taken off, with the real URL as it stands in the tag. */
  onIntegrity?: (url: string, integrity: string) => void;
  /** How a CSP in a meta element is changed. */
  policy: PolicyOptions;
  keepLiterals?: readonly string[];
  realHosts?: boolean | undefined;
  /** XHTML: `<script/>` is closed. */
  isXml?: boolean;
}

/** What the edits of a tag are made on. */
export interface ElementParts {
  source: SplicedSource;
  tag: OpenTag;
  code: InlineCode;
  inline: InlinePolicy;
  /** Rewrites a document in an attribute (`srcdoc`). */
  rewriteDocument: (source: string) => string;
}

/** A longer `style`, `srcset` or the like stays as it is: mapping it would hold up everybody. */
const LONGEST_VALUE = 64 * 1024;
const SCRIPT_TYPES =
  /^(?:module|(?:text|application)\/(?:x-)?(?:java|ecma)script|text\/jscript|text\/babel|)$/i;
const JSON_TYPES = /^(?:importmap|application\/(?:[\w.+-]+\+)?json|text\/json)$/i;

/** Edits of one attribute, by name. */
type Edits = Partial<Record<string, (attribute: Attribute) => void>>;

export class ElementEdits {
  readonly #options: ElementOptions;
  readonly #parts: ElementParts;
  readonly #links: LinkContext;
  readonly #scripts: ScriptOptions;

  constructor(options: ElementOptions, parts: ElementParts) {
    const { addresses, scheme, keepLiterals, realHosts } = options;
    this.#options = options;
    this.#parts = parts;
    this.#links = { addresses, scheme, known: new Map() };
    this.#scripts = { addresses, scheme, realHosts, ...(keepLiterals ? { keep: keepLiterals } : {}) };
  }

  /** Edits all attributes; those that `special` names by its functions. Edits must go forward, so one loop does all. */
  attributes(special?: Edits): void {
    for (const attribute of this.#parts.tag.attributes) {
      const edit = special && Object.hasOwn(special, attribute.name) ? special[attribute.name] : undefined;
      if (edit) edit(attribute);
      else this.#mapAttribute(attribute);
    }
  }

  /**
   * @param end where the start tag ends
   * @param closed it has no text
   * @param foreign it is an element of SVG
   */
  script(end: number, closed: boolean, foreign: boolean): void {
    const { source, tag, code, inline } = this.#parts;
    const type = tag.valueOf('type')?.trim() ?? '';
    const src = tag.valueOf('src')?.trim();
    this.attributes({
      integrity: (attribute) => this.#dropIntegrity(attribute, 'src'),
      // Without its src the tag is an empty script.
      ...(src && this.#isPanelScript(src)
        ? { src: ({ nameStart, end }: Attribute) => source.edit(nameStart, end, 'data-tandem-off=""') }
        : {}),
      // Speculative loads pass by every other layer (proxy.md 1).
      ...(/^speculationrules$/i.test(type)
        ? {
            type: ({ valueStart, valueEnd }: Attribute) =>
              source.edit(valueStart, valueEnd, 'application/x-speculationrules-off'),
          }
        : {}),
    });
    const integrity = src === undefined ? undefined : tag.valueOf('integrity');
    if (integrity !== undefined && !tag.find('nonce') && inline.allowsIntegrity(integrity))
      source.edit(end, end, nonceAttribute(this.#options.policy));
    if (src !== undefined || foreign || (closed && this.#options.isXml)) return;
    // An import map is a script to a policy, other JSON is data.
    if (/^importmap$/i.test(type)) this.#code('script', end, () => jsonRewriter(this.#scripts));
    else if (JSON_TYPES.test(type)) code.begin(jsonRewriter(this.#scripts));
    else if (SCRIPT_TYPES.test(type)) this.#code('script', end, () => scriptRewriter(this.#scripts));
  }

  /** @param end where the start tag ends */
  style(end: number): void {
    this.#code('style', end, () => new WholeStyle((css) => this.#css(css)));
  }

  meta(): void {
    const { tag, inline } = this.#parts;
    const content = (change: (value: string) => string | undefined): Edits => ({
      content: (attribute) => {
        const plain = decodeReferences(tag.rawValue(attribute));
        const mapped = change(plain);
        if (mapped !== undefined && mapped !== plain) this.#editValue(attribute, mapped);
      },
    });
    const kind = tag.valueOf('http-equiv')?.trim().toLowerCase();
    if (kind === 'refresh') this.attributes(content((value) => mapRefresh(value, this.#links)));
    else if (kind === 'content-security-policy' || kind === 'content-security-policy-report-only') {
      // A report-only policy in a meta element means nothing (CSP 3, 3.3).
      const own = tag.valueOf('content');
      if (kind === 'content-security-policy' && own !== undefined) inline.add(own);
      this.attributes(content((value) => mapContentPolicy(value, this.#options.policy, 'meta')));
    }
  }

  link(): void {
    const { tag } = this.#parts;
    const rel = tag.valueOf('rel') ?? '';
    const as = tag.valueOf('as')?.toLowerCase();
    const rewritten = /\b(?:stylesheet|modulepreload)\b/i.test(rel) || as === 'script' || as === 'style';
    this.attributes(rewritten ? { integrity: (attribute) => this.#dropIntegrity(attribute, 'href') } : {});
  }

  /**
   * No script gets at a root that markup declares closed: an open one with a mark is kept from the page by the injected script.
   * @param end where the start tag ends
   */
  template(end: number): void {
    const { source, tag } = this.#parts;
    const closed = tag.valueOf('shadowrootmode')?.toLowerCase() === 'closed';
    const open = ({ valueStart, valueEnd }: Attribute) => source.edit(valueStart, valueEnd, 'open');
    this.attributes(closed ? { shadowrootmode: open } : {});
    if (closed) source.edit(end + 1, end + 1, '<!--tandem-closed-->');
  }

  frame(): void {
    const { tag, rewriteDocument } = this.#parts;
    const { addresses, scheme, outside, onFrame } = this.#options;
    this.attributes({
      src: (attribute) => {
        const value = decodeReferences(tag.rawValue(attribute)).trim();
        if (value === '') return;
        onFrame?.(value);
        const leadsOut = /^(?:https?:)?[\\/]{2}/i.test(value) && !addresses.toSession(value, scheme);
        if (leadsOut && outside) this.#editValue(attribute, outside(value));
        else this.#mapAttribute(attribute);
      },
      srcdoc: (attribute) => {
        const value = decodeReferences(tag.rawValue(attribute));
        const mapped = rewriteDocument(value);
        if (mapped !== value) this.#editValue(attribute, mapped);
      },
    });
  }

  #mapAttribute(attribute: Attribute): void {
    const { valueStart, valueEnd } = attribute;
    if (valueStart < 0 || valueEnd - valueStart > LONGEST_VALUE) return;
    const value = this.#parts.tag.rawValue(attribute);
    const mapped = this.#mapValue(attribute.name, value);
    if (mapped !== undefined && mapped !== value) this.#parts.source.edit(valueStart, valueEnd, mapped);
  }

  #mapValue(name: string, value: string): string | undefined {
    switch (name) {
      case 'srcset':
      case 'imagesrcset':
        return mapSrcset(value, this.#links);
      case 'ping':
        return mapUrlList(value, this.#links);
      case 'style':
        return this.#parts.inline.hasHashes('style') ? undefined : this.#styleAttribute(value);
      case 'data':
        return this.#parts.tag.name === 'object' ? mapLink(value, this.#links) : undefined;
      default:
        return URL_ATTRIBUTES.has(name) ? mapLink(value, this.#links) : undefined;
    }
  }

  /** Entities stand for quotes here (`url(&quot;…&quot;)`): decoded for the scan, and put back where they were needed. */
  #styleAttribute(value: string): string | undefined {
    const plain = value.includes('&') ? decodeReferences(value) : value;
    const mapped = this.#css(plain);
    if (mapped === plain) return undefined;
    return plain === value ? mapped : encodeReferences(mapped);
  }

  #css(css: string): string {
    return rewriteCss(css, this.#options.addresses, this.#options.scheme);
  }

  #code(kind: 'script' | 'style', end: number, make: () => TextRewriter): void {
    this.#parts.code.beginGuarded(kind, end, this.#parts.tag.valueOf('nonce'), make);
  }

  /** The digest was made over the upstream's bytes, which we change (proxy.md, SRI). */
  #dropIntegrity(attribute: Attribute, urlAttribute: string): void {
    const { source, tag } = this.#parts;
    const url = tag.valueOf(urlAttribute);
    if (attribute.valueStart < 0 || url === undefined) return;
    this.#options.onIntegrity?.(url, tag.rawValue(attribute));
    source.edit(attribute.nameStart, attribute.end, '');
  }

  #isPanelScript(src: string): boolean {
    const { panelScript } = this.#options;
    if (panelScript === undefined) return false;
    const absolute = src.startsWith('//') ? panelScript.slice(0, panelScript.indexOf('//')) + src : src;
    return absolute.split(/[?#]/, 1)[0] === panelScript;
  }

  /** Replaces a value whatever its quotes are; the new one is quoted where the old was bare. */
  #editValue({ valueStart, valueEnd, end }: Attribute, value: string): void {
    const quoted = encodeReferences(value).replaceAll('<', '&lt;');
    this.#parts.source.edit(valueStart, valueEnd, end === valueEnd ? `"${quoted}"` : quoted);
  }
}

/** What our own nonce is written as into a start tag. */
export function nonceAttribute({ nonce }: Pick<PolicyOptions, 'nonce'>): string {
  return ` nonce="${nonce}"`;
}
