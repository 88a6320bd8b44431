// HTML, streamed: htmlparser2's tokenizer finds the places, bytes are spliced around them; everything else stays as it came.
import { Tokenizer } from 'htmlparser2';
import type { Addresses } from '../../protocol/address.ts';
import { mapContentPolicy, type PolicyOptions } from './content-policy.ts';
import { rewriteCss } from './css.ts';
import { type Digest, InlinePolicy } from './inline-policy.ts';
import { decodeReferences, type LinkContext, mapLink, mapRefresh, mapSrcset, mapUrlList } from './links.ts';
import { jsonRewriter, type ScriptOptions, scriptRewriter } from './script.ts';
import type { TextRewriter } from './splice.ts';

export interface HtmlOptions {
  addresses: Addresses;
  /** Scheme of the upstream page, for protocol-relative URLs. */
  scheme: 'http' | 'https';
  /** Put first into the head; ASCII only. Undefined for fragments, which are fetched by scripts and are no documents. */
  inject?: string;
  /** The same for `srcdoc` documents inside. */
  injectFrame?: string;
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
  /** The site's own policy from the header: what it knows by digest is edited with care. */
  ownPolicy?: string | undefined;
  /** Needed for inline code that a policy knows by digest; without it that stays as it is. */
  digest?: Digest;
  /** Text of the document as UTF-8, as digests are made of it; by default each character is a byte. */
  toUtf8?: (text: string) => Buffer;
  /** XHTML: `<script/>` is closed. */
  isXml?: boolean;
}

/** Attributes that hold one URL. `data` counts only on `<object>`. */
const URL_ATTRIBUTES = new Set([
  'href',
  'src',
  'action',
  'formaction',
  'poster',
  'background',
  'xlink:href',
  'data',
]);
/** All that is looked at; others are not even remembered. Of two of a name only the first counts (HTML 13.2.5.33). */
const LOOKED_AT = new Set([
  ...URL_ATTRIBUTES,
  ...[
    'as',
    'content',
    'http-equiv',
    'imagesrcset',
    'integrity',
    'nonce',
    'ping',
    'rel',
    'shadowrootmode',
    'srcdoc',
    'srcset',
    'style',
    'type',
  ],
]);
const LONGEST_NAME = 'shadowrootmode'.length;
/** A longer `style`, `srcset` or the like stays as it is: mapping it would hold up everybody. */
const LONGEST_VALUE = 64 * 1024;
/** Absolute URLs hold two slashes, plain, as backslashes, or as character references. */
const SLASHES =
  /[/\\][/\\]|&(?:#0{0,5}47|#x0{0,5}2f|sol|bsol|#0{0,5}92|#x0{0,5}5c|colon|#0{0,5}58|#x0{0,5}3a)/gi;
/** Start tags that may stand before the head without having closed it. */
const BEFORE_HEAD = new Set(['html', 'head']);
/** HTML start tags that end foreign content (HTML 13.2.6.5). */
const BREAKS_OUT = new Set(
  'b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var'.split(
    ' ',
  ),
);
const HTML_INSIDE_FOREIGN = new Set(['foreignobject', 'desc', 'title', 'annotation-xml']);
const SCRIPT_TYPES =
  /^(?:module|(?:text|application)\/(?:x-)?(?:java|ecma)script|text\/jscript|text\/babel|)$/i;
const JSON_TYPES = /^(?:importmap|application\/(?:[\w.+-]+\+)?json|text\/json)$/i;
const LONGEST_STYLE = 1024 * 1024;
/** Inline code that a policy knows by digest is worked on as a whole; longer code stays as it is. */
const LONGEST_GUARDED = 256 * 1024;

/** Tags that are more than their URLs. */
const SPECIAL = new Set([
  'script',
  'style',
  'meta',
  'link',
  'iframe',
  'frame',
  'svg',
  'math',
  'head',
  'html',
  'object',
  'template',
]);

/** Elements whose content is text to the tokenizer. */
const TEXT_ONLY = new Set('iframe noembed noframes plaintext script style textarea title xmp'.split(' '));

/** Whether a tag name of this length and first letter (lower case) can be one of {@link SPECIAL} or {@link TEXT_ONLY}. */
function mayBeSpecial(first: number, length: number): boolean {
  switch (length) {
    case 3:
      return first === 0x73 || first === 0x78; // svg, xmp
    case 4:
      return first === 0x6d || first === 0x6c || first === 0x68; // meta math, link, head html
    case 5:
      return first === 0x73 || first === 0x66 || first === 0x74; // style, frame, title
    case 6:
      return first === 0x73 || first === 0x69 || first === 0x6f; // script, iframe, object
    case 7:
    case 8:
    case 9:
      return first === 0x6e || first === 0x70 || first === 0x74; // noembed noframes, plaintext, textarea
    default:
      return false;
  }
}

const SPACE = ' \\t\\n\\f\\r';
/** An attribute's value in which no absolute URL can begin (see {@link SLASHES}), up to any of `stop`. */
function plainValue(stop: string): string {
  const free = `[^${stop}/\\\\&]*`;
  return `${free}(?:(?:[/\\\\](?![/\\\\])|&(?![#sbc]))${free})*`;
}
/**
 * The way past a tokenizer's speed: text, end tags, and start tags written plainly, of elements that are nothing special, with no
 * attribute in which an absolute URL could begin. Whatever is written in another way is left to the tokenizer. Every part is
 * unambiguous, so that there is only one way to match it.
 */
const PLAIN = new RegExp(
  `[^<]*(?:<(?:/[a-z][a-z0-9-]*[${SPACE}]*|(?!(?:${[...SPECIAL, ...TEXT_ONLY].join('|')})\\b)[a-z][a-z0-9-]*(?:[${SPACE}]+[^${SPACE}"'=<>/]+(?:=(?:"${plainValue('"')}"|'${plainValue("'")}'|(?![${SPACE}>])${plainValue(`${SPACE}"'=<>\``)}))?)*[${SPACE}]*/?)>[^<]*)*`,
  'iy',
);

const NONE: Attribute[] = [];
/** Name start and end, value start and end, end. */
const SPAN = 5;
/** What a tag has beyond is not looked at. */
const MAX_ATTRIBUTES = 1_000;

interface Attribute {
  name: string;
  nameStart: number;
  valueStart: number;
  valueEnd: number;
  /** Behind the closing quote. */
  end: number;
}

/** Behind the next `>`. */
function endOfTag(text: string, at: number): number {
  const end = text.indexOf('>', at);
  return end < 0 ? text.length : end + 1;
}

/** Behind the next `>` that may be that of an end tag. */
function endOfText(text: string, at: number): number {
  const closing = text.indexOf('</', at);
  return closing < 0 ? text.length : endOfTag(text, closing);
}

/**
 * Rewrites one document or fragment. Takes and yields text in which each character is one byte (latin1), or decoded text: all
 * that is ever inserted is ASCII, so both work.
 */
export class HtmlRewriter implements TextRewriter {
  readonly #options: HtmlOptions;
  readonly #links: LinkContext;
  readonly #scripts: ScriptOptions;
  readonly #tokenizer: Tokenizer;
  /** Source text from absolute position `#origin` on, as far as it may still be needed. */
  #text = '';
  #origin = 0;
  #out: string[] = [];
  /** Absolute position up to which the source has been copied or replaced. */
  #copied = 0;
  /** Absolute position up to which the tokenizer has reported everything: what lies behind may still change. */
  #settled = 0;
  #nextSlashes = -1;
  #injected: boolean;
  // The open tag
  #tag = '';
  #tagStart = -1;
  /** Its attributes as positions, {@link SPAN} numbers each: most tags need no look at them. */
  readonly #spans: number[] = [];
  #attributes: Attribute[] = [];
  #attributeStart = -1;
  #attributeNameEnd = -1;
  #valueStart = -1;
  #valueEnd = -1;
  // The open raw text element
  #raw: TextRewriter | undefined;
  /** The same where a policy names digests: nothing behind `insertAt` is passed on before all of it is there. */
  #guarded: Guarded | undefined;
  readonly #inline: InlinePolicy;
  /** Characters that the tokenizer has not been given, as nothing in them is of interest. */
  #skipped = 0;
  /** Nothing is open: what comes next may be skipped. */
  #idle = false;
  /** Absolute position behind the last tag or comment that was closed. */
  #doneAt = -1;
  /** In an element whose content is text. */
  #inText = false;
  /** `svg`/`math` (foreign) and what switches back to HTML inside them. */
  readonly #foreign: string[] = [];

  constructor(options: HtmlOptions) {
    this.#options = options;
    const { addresses, scheme } = options;
    this.#links = { addresses, scheme, known: new Map() };
    this.#scripts = {
      addresses,
      scheme,
      ...(options.keepLiterals ? { keep: options.keepLiterals } : {}),
    };
    this.#inline = new InlinePolicy(options.digest ?? (() => ''));
    if (options.ownPolicy !== undefined) this.#inline.add(options.ownPolicy);
    this.#injected = options.inject === undefined;
    this.#tokenizer = new Tokenizer(
      { decodeEntities: false, recognizeSelfClosing: options.isXml ?? false },
      this.#callbacks(),
    );
  }

  write(chunk: string): string {
    this.#text = this.#text === '' ? chunk : this.#text + chunk;
    this.#nextSlashes = -1;
    this.#tokenize(chunk);
    const limit = this.#guarded?.insertAt ?? this.#settled;
    this.#copyUntil(this.#tagStart >= 0 ? Math.min(this.#tagStart, limit) : limit);
    const consumed = this.#copied - this.#origin;
    if (consumed > 0) {
      this.#text = this.#text.slice(consumed);
      this.#origin = this.#copied;
    }
    return this.#take();
  }

  /** Gives the tokenizer what must be looked at, one tag or comment at a time. */
  #tokenize(chunk: string): void {
    const { length } = chunk;
    const start = this.#origin + this.#text.length - length;
    for (let at = 0; at < length; ) {
      if (this.#idle && this.#injected && this.#foreign.length === 0) {
        PLAIN.lastIndex = at;
        PLAIN.test(chunk);
        const { lastIndex } = PLAIN;
        if (lastIndex > at) {
          this.#skipped += lastIndex - at;
          at = lastIndex;
          this.#settled = start + at;
          if (at === length) return;
        }
      }
      const until = this.#inText ? endOfText(chunk, at) : endOfTag(chunk, at);
      this.#tokenizer.write(at === 0 && until === length ? chunk : chunk.slice(at, until));
      at = until;
      this.#idle = this.#doneAt === start + at && !this.#inText;
    }
  }

  end(): string {
    this.#tokenizer.end();
    this.#endRaw(this.#settled);
    this.#copyUntil(this.#origin + this.#text.length);
    if (!this.#injected && this.#copied > 0) {
      this.#out.push(this.#options.inject!);
      this.#injected = true;
    }
    this.#text = '';
    return this.#take();
  }

  #take(): string {
    const out = this.#out.length === 1 ? this.#out[0]! : this.#out.join('');
    this.#out = [];
    return out;
  }

  #slice(start: number, end: number): string {
    return this.#text.slice(start - this.#origin, end - this.#origin);
  }

  #copyUntil(position: number): void {
    if (position <= this.#copied) return;
    this.#out.push(this.#slice(this.#copied, position));
    this.#copied = position;
  }

  #edit(start: number, end: number, text: string): void {
    this.#copyUntil(start);
    this.#out.push(text);
    this.#copied = end;
  }

  #callbacks(): ConstructorParameters<typeof Tokenizer>[1] {
    const nothing = () => {};
    const done = (_start: number, end: number) => {
      this.#doneAt = end + this.#skipped + 1;
      this.#settle(this.#doneAt);
    };
    return {
      onopentagname: (start, end) => this.#openTag(start + this.#skipped, end + this.#skipped),
      onattribname: (start, end) => {
        this.#attributeStart = start + this.#skipped;
        this.#attributeNameEnd = end + this.#skipped;
        this.#valueStart = -1;
      },
      onattribdata: (start, end) => {
        if (this.#valueStart < 0) this.#valueStart = start + this.#skipped;
        this.#valueEnd = end + this.#skipped;
      },
      onattribend: (_quote, end) => this.#endAttribute(end + this.#skipped),
      onopentagend: (end) => {
        this.#inText = !this.#inForeign() && TEXT_ONLY.has(this.#tag);
        this.#endTag(end + this.#skipped, false);
        this.#doneAt = end + this.#skipped + 1;
      },
      onselfclosingtag: (end) => {
        this.#endTag(end + this.#skipped, true);
        // `<title/>` opens a title all the same, but in XML.
        if (!TEXT_ONLY.has(this.#tag)) this.#doneAt = end + this.#skipped + 1;
      },
      onclosetag: (start, end) => {
        this.#inText = false;
        this.#closeTag(start + this.#skipped, end + this.#skipped);
        this.#doneAt = this.#origin + this.#text.indexOf('>', end + this.#skipped - this.#origin) + 1;
      },
      ontext: (start, end) => this.#onText(start + this.#skipped, end + this.#skipped),
      oncomment: done,
      ondeclaration: done,
      oncdata: done,
      onprocessinginstruction: done,
      onattribentity: nothing,
      ontextentity: nothing,
      onend: nothing,
      isInForeignContext: () => this.#inForeign(),
    };
  }

  #settle(position: number): void {
    this.#settled = Math.min(position, this.#origin + this.#text.length);
  }

  #inForeign(): boolean {
    const top = this.#foreign.at(-1);
    return top === 'svg' || top === 'math';
  }

  #openTag(start: number, end: number): void {
    this.#tagStart = start - 1;
    const code = this.#text.charCodeAt(start - this.#origin) | 0x20;
    this.#tag =
      this.#foreign.length > 0 || mayBeSpecial(code, end - start)
        ? this.#slice(start, end).toLowerCase()
        : '';
    this.#spans.length = 0;
    this.#attributes = NONE;
    if (!this.#injected && !BEFORE_HEAD.has(this.#tag)) this.#inject(this.#tagStart);
    if (this.#foreign.length > 0 && this.#inForeign() && BREAKS_OUT.has(this.#tag)) this.#foreign.length = 0;
  }

  #inject(position: number): void {
    this.#edit(position, position, this.#options.inject!);
    this.#injected = true;
  }

  #endAttribute(end: number): void {
    const length = this.#attributeNameEnd - this.#attributeStart;
    if (length > LONGEST_NAME || this.#spans.length >= MAX_ATTRIBUTES * SPAN) return;
    const valueEnd = this.#valueStart < 0 ? -1 : this.#valueEnd;
    this.#spans.push(this.#attributeStart, this.#attributeNameEnd, this.#valueStart, valueEnd, end);
  }

  /** The attributes of the open tag that are of interest, by name. */
  #readAttributes(): void {
    const spans = this.#spans;
    const found: Attribute[] = [];
    for (let at = 0; at < spans.length; at += SPAN) {
      const nameStart = spans[at]!;
      const name = this.#slice(nameStart, spans[at + 1]!).toLowerCase();
      if (!LOOKED_AT.has(name) || found.some((other) => other.name === name)) continue;
      found.push({
        name,
        nameStart,
        valueStart: spans[at + 2]!,
        valueEnd: spans[at + 3]!,
        end: spans[at + 4]!,
      });
    }
    this.#attributes = found;
  }

  #endTag(end: number, selfClosing: boolean): void {
    const tag = this.#tag;
    if (this.#spans.length > 0 && (SPECIAL.has(tag) || this.#mayHoldUrl(this.#tagStart, end)))
      this.#readAttributes();
    switch (tag) {
      case 'script':
        this.#script(selfClosing, end);
        break;
      case 'style':
        this.#mapAttributes();
        if (!this.#inForeign()) this.#style(end);
        break;
      case 'meta':
        this.#meta();
        break;
      case 'link':
        this.#link();
        break;
      case 'iframe':
      case 'frame':
        this.#frame();
        break;
      case 'template':
        if (this.#closedRoot(end)) return;
        this.#mapAttributes();
        break;
      case 'svg':
      case 'math':
        this.#mapAttributes();
        if (!selfClosing) this.#foreign.push(tag);
        break;
      default:
        this.#mapAttributes();
        if (this.#foreign.length > 0 && !selfClosing && this.#inForeign() && HTML_INSIDE_FOREIGN.has(tag)) {
          this.#foreign.push(tag);
        }
    }
    this.#tagStart = -1;
    this.#settle(end + 1);
    if (tag === 'head' && !this.#injected) this.#inject(end + 1);
  }

  /** No script gets at a root that markup declares closed: an open one with a mark is kept from the page by the injected script. */
  #closedRoot(end: number): boolean {
    const mode = this.#attributes.find(({ name }) => name === 'shadowrootmode');
    if (!mode || this.#slice(mode.valueStart, mode.valueEnd).toLowerCase() !== 'closed') return false;
    this.#edit(mode.valueStart, mode.valueEnd, 'open');
    this.#tagStart = -1;
    this.#settle(end + 1);
    this.#edit(end + 1, end + 1, '<!--tandem-closed-->');
    return true;
  }

  #closeTag(start: number, end: number): void {
    this.#endRaw(start - 2);
    this.#settle(end);
    if (this.#foreign.length > 0) {
      const tag = this.#slice(start, end).toLowerCase();
      const index = this.#foreign.lastIndexOf(tag);
      if (index >= 0) this.#foreign.length = index;
    }
  }

  #startRaw(rewriter: TextRewriter): void {
    this.#raw = rewriter;
  }

  #onText(start: number, end: number): void {
    this.#settle(end);
    if (this.#guarded && end - this.#guarded.from > LONGEST_GUARDED) this.#guarded = undefined;
    if (!this.#raw) return;
    const text = this.#raw.write(this.#slice(start, end));
    this.#edit(start, end, text);
  }

  #endRaw(position: number): void {
    if (this.#guarded) this.#endGuarded(this.#guarded, position);
    if (!this.#raw) return;
    const rest = this.#raw.end();
    this.#raw = undefined;
    if (rest !== '') this.#edit(Math.max(position, this.#copied), Math.max(position, this.#copied), rest);
  }

  /** The digest of what the site sent decides; a text that is not in the policy would not have run there either. */
  #endGuarded({ kind, insertAt, from, nonce, rewrite }: Guarded, position: number): void {
    this.#guarded = undefined;
    const text = this.#slice(from, position);
    const mapped = rewrite(text);
    if (mapped === text) return;
    // As the parser has normalised it (HTML 13.2.3.5).
    const plain = text.replace(/\r\n?/g, '\n');
    const utf8 = this.#options.toUtf8?.(plain) ?? Buffer.from(plain, 'latin1');
    const may = this.#inline.mayEdit(kind, utf8, nonce);
    if (may === 'no') return;
    if (may === 'with-nonce') this.#edit(insertAt, insertAt, this.#ownNonce());
    this.#edit(from, position, mapped);
  }

  #ownNonce(): string {
    return ` nonce="${this.#options.policy.nonce}"`;
  }

  /** @param end where the start tag ends */
  #startText(kind: 'script' | 'style', end: number, make: () => TextRewriter): void {
    if (!this.#inline.hasHashes(kind)) {
      this.#startRaw(make());
      return;
    }
    this.#guarded = {
      kind,
      insertAt: end,
      from: end + 1,
      nonce: this.#valueOf('nonce'),
      rewrite: (text) => {
        const rewriter = make();
        return rewriter.write(text) + rewriter.end();
      },
    };
  }

  #style(end: number): void {
    this.#startText('style', end, () => new WholeText((css) => this.#css(css)));
  }

  /** Whether anything that may begin an absolute URL stands in this stretch; one pass over the text for all tags together. */
  #mayHoldUrl(start: number, end: number): boolean {
    if (this.#nextSlashes < start) {
      SLASHES.lastIndex = Math.max(0, start - this.#origin);
      const found = SLASHES.exec(this.#text);
      this.#nextSlashes = found ? this.#origin + found.index : Number.MAX_SAFE_INTEGER;
    }
    return this.#nextSlashes < end;
  }

  #mapAttributes(): void {
    for (const attribute of this.#attributes) this.#mapAttribute(attribute);
  }

  #mapAttribute(attribute: Attribute): void {
    if (attribute.valueStart < 0 || attribute.valueEnd - attribute.valueStart > LONGEST_VALUE) return;
    const { name } = attribute;
    const value = this.#slice(attribute.valueStart, attribute.valueEnd);
    const mapped = this.#mapValue(name, value);
    if (mapped !== undefined && mapped !== value)
      this.#edit(attribute.valueStart, attribute.valueEnd, mapped);
  }

  #mapValue(name: string, value: string): string | undefined {
    switch (name) {
      case 'srcset':
      case 'imagesrcset':
        return mapSrcset(value, this.#links);
      case 'ping':
        return mapUrlList(value, this.#links);
      case 'style':
        return this.#inline.hasHashes('style') ? undefined : this.#styleAttribute(value);
      case 'data':
        return this.#tag === 'object' ? mapLink(value, this.#links) : undefined;
      default:
        return URL_ATTRIBUTES.has(name) ? mapLink(value, this.#links) : undefined;
    }
  }

  /** Entities stand for quotes here (`url(&quot;…&quot;)`): decoded for the scan, and put back where they were needed. */
  #styleAttribute(value: string): string | undefined {
    const plain = value.includes('&') ? decodeReferences(value) : value;
    const mapped = this.#css(plain);
    if (mapped === plain) return undefined;
    return plain === value
      ? mapped
      : mapped.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
  }

  #css(css: string): string {
    return rewriteCss(css, this.#options.addresses, this.#options.scheme);
  }

  #find(name: string): Attribute | undefined {
    return this.#attributes.find((attribute) => attribute.name === name);
  }

  #valueOf(name: string): string | undefined {
    const attribute = this.#find(name);
    if (!attribute) return undefined;
    return attribute.valueStart < 0
      ? ''
      : decodeReferences(this.#slice(attribute.valueStart, attribute.valueEnd));
  }

  /** All attributes, except that those named in `special` are given to its functions. Edits must go forward, so one loop does all. */
  #eachAttribute(special: Record<string, (attribute: Attribute) => void>): void {
    for (const attribute of this.#attributes) {
      const edit = Object.hasOwn(special, attribute.name) ? special[attribute.name] : undefined;
      if (edit) edit(attribute);
      else this.#mapAttribute(attribute);
    }
  }

  /** The digest was made over the upstream's bytes, which we change (proxy.md, SRI). */
  #dropIntegrity(attribute: Attribute, urlAttribute: string): void {
    const url = this.#valueOf(urlAttribute);
    if (attribute.valueStart < 0 || url === undefined) return;
    this.#options.onIntegrity?.(url, this.#slice(attribute.valueStart, attribute.valueEnd));
    this.#edit(attribute.nameStart, attribute.end, '');
  }

  #script(selfClosing: boolean, end: number): void {
    const type = this.#valueOf('type')?.trim() ?? '';
    const source = this.#valueOf('src')?.trim();
    const panel = source !== undefined && source !== '' && this.#isPanelScript(source);
    this.#eachAttribute({
      integrity: (attribute) => this.#dropIntegrity(attribute, 'src'),
      // Without its src the tag is an empty script.
      ...(panel
        ? {
            src: (attribute: Attribute) =>
              this.#edit(attribute.nameStart, attribute.end, 'data-tandem-off=""'),
          }
        : {}),
      // Speculative loads pass by every other layer (proxy.md 1).
      ...(/^speculationrules$/i.test(type)
        ? {
            type: (attribute: Attribute) =>
              this.#edit(attribute.valueStart, attribute.valueEnd, 'application/x-speculationrules-off'),
          }
        : {}),
    });
    const integrity = source === undefined ? undefined : this.#valueOf('integrity');
    if (integrity !== undefined && !this.#find('nonce') && this.#inline.allowsIntegrity(integrity))
      this.#edit(end, end, this.#ownNonce());
    if (selfClosing && (this.#inForeign() || this.#options.isXml)) return;
    if (source !== undefined || this.#inForeign()) return;
    // An import map is a script to a policy, other JSON is data.
    if (/^importmap$/i.test(type)) this.#startText('script', end, () => jsonRewriter(this.#scripts));
    else if (JSON_TYPES.test(type)) this.#startRaw(jsonRewriter(this.#scripts));
    else if (SCRIPT_TYPES.test(type)) this.#startText('script', end, () => scriptRewriter(this.#scripts));
  }

  #isPanelScript(source: string): boolean {
    const { panelScript } = this.#options;
    if (panelScript === undefined) return false;
    const absolute = source.startsWith('//')
      ? panelScript.slice(0, panelScript.indexOf('//')) + source
      : source;
    return absolute.split(/[?#]/, 1)[0] === panelScript;
  }

  #meta(): void {
    const kind = this.#valueOf('http-equiv')?.trim().toLowerCase();
    const map = (change: (value: string) => string | undefined) => (attribute: Attribute) => {
      if (attribute.valueStart < 0) return;
      const raw = this.#slice(attribute.valueStart, attribute.valueEnd);
      const plain = decodeReferences(raw);
      const mapped = change(plain);
      if (mapped === undefined || mapped === plain) return;
      this.#editValue(attribute, mapped);
    };
    if (kind === 'refresh') this.#eachAttribute({ content: map((value) => mapRefresh(value, this.#links)) });
    else if (kind === 'content-security-policy' || kind === 'content-security-policy-report-only') {
      // A report-only policy in a meta element means nothing (CSP 3, 3.3).
      const own = this.#valueOf('content');
      if (kind === 'content-security-policy' && own !== undefined) this.#inline.add(own);
      this.#eachAttribute({ content: map((value) => mapContentPolicy(value, this.#options.policy, 'meta')) });
    }
  }

  /** Replaces a value whatever its quotes are; the new one is quoted where the old was bare. */
  #editValue(attribute: Attribute, value: string): void {
    const quoted = value
      .replaceAll('&', '&amp;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      .replaceAll('<', '&lt;');
    const bare = attribute.end === attribute.valueEnd;
    this.#edit(attribute.valueStart, attribute.valueEnd, bare ? `"${quoted}"` : quoted);
  }

  #link(): void {
    const rel = this.#valueOf('rel')?.toLowerCase() ?? '';
    const as = this.#valueOf('as')?.toLowerCase() ?? '';
    const rewritten = /\b(?:stylesheet|modulepreload)\b/.test(rel) || as === 'script' || as === 'style';
    this.#eachAttribute(
      rewritten ? { integrity: (attribute) => this.#dropIntegrity(attribute, 'href') } : {},
    );
  }

  #frame(): void {
    this.#eachAttribute({
      src: (attribute) => {
        if (attribute.valueStart < 0) return;
        const value = decodeReferences(this.#slice(attribute.valueStart, attribute.valueEnd)).trim();
        if (value !== '') this.#options.onFrame?.(value);
        const outside =
          /^(?:https?:)?[\\/]{2}/i.test(value) &&
          !this.#options.addresses.toSession(value, this.#options.scheme);
        if (outside && this.#options.outside) this.#editValue(attribute, this.#options.outside(value));
        else this.#mapAttribute(attribute);
      },
      srcdoc: (attribute) => {
        if (attribute.valueStart < 0) return;
        const source = decodeReferences(this.#slice(attribute.valueStart, attribute.valueEnd));
        const { inject: _, injectFrame, ...rest } = this.#options;
        const inner = new HtmlRewriter({
          ...rest,
          ...(injectFrame === undefined ? {} : { inject: injectFrame, injectFrame }),
        });
        const mapped = inner.write(source) + inner.end();
        if (mapped !== source) this.#editValue(attribute, mapped);
      },
    });
  }
}

interface Guarded {
  kind: 'script' | 'style';
  /** The end of the start tag, where a nonce can go in. */
  insertAt: number;
  /** Where the text begins. */
  from: number;
  nonce: string | undefined;
  rewrite: (text: string) => string;
}

/** Style elements are scanned as a whole, since a comment or string may begin anywhere; beyond a size they pass untouched. */
class WholeText implements TextRewriter {
  readonly #rewrite: (text: string) => string;
  #parts: string[] = [];
  #length = 0;

  constructor(rewrite: (text: string) => string) {
    this.#rewrite = rewrite;
  }

  write(chunk: string): string {
    if (this.#length > LONGEST_STYLE) return chunk;
    this.#parts.push(chunk);
    this.#length += chunk.length;
    return this.#length > LONGEST_STYLE ? this.end() : '';
  }

  end(): string {
    const text = this.#parts.join('');
    this.#parts = [];
    return text === '' ? '' : this.#rewrite(text);
  }
}
