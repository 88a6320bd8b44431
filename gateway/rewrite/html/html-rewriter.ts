// HTML, streamed: htmlparser2's tokenizer finds the places, bytes are spliced around them; everything else stays as it came.
import { Tokenizer } from 'htmlparser2';
import type { TextRewriter } from '../splice.ts';
import { ElementEdits, type ElementOptions, nonceAttribute } from './element-edits.ts';
import { InlineCode } from './inline-code.ts';
import { type Digest, InlinePolicy } from './inline-policy.ts';
import { OpenTag } from './open-tag.ts';
import { endOfPlain, mayBeSpecial, SPECIAL, TEXT_ONLY } from './plain-stretch.ts';
import { SplicedSource } from './spliced-source.ts';

export interface HtmlOptions extends ElementOptions {
  /** Put first into the head; ASCII only. Undefined for fragments, which are fetched by scripts and are no documents. */
  inject?: string;
  /** The same for `srcdoc` documents inside. */
  injectFrame?: string;
  /** The site's own policy from the header: what it knows by digest is edited with care. */
  ownPolicy?: string | undefined;
  /** Needed for inline code that a policy knows by digest; without it that stays as it is. */
  digest?: Digest;
  /** Text of the document as UTF-8, as digests are made of it; by default each character is a byte. */
  toUtf8?: (text: string) => Buffer;
}

/** Start tags that may stand before the head without having closed it. */
const BEFORE_HEAD = new Set(['html', 'head']);
/** HTML start tags that end foreign content (HTML 13.2.6.5). */
const BREAKS_OUT = new Set(
  'b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var'.split(
    ' ',
  ),
);
const HTML_INSIDE_FOREIGN = new Set(['foreignobject', 'desc', 'title', 'annotation-xml']);

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
  readonly #source = new SplicedSource();
  readonly #tag = new OpenTag(this.#source);
  readonly #code: InlineCode;
  readonly #edits: ElementEdits;
  readonly #tokenizer: Tokenizer;
  #injected: boolean;
  /** Position up to which the tokenizer has reported everything: what lies behind may still change. */
  #settled = 0;
  /** Characters that the tokenizer has not been given, as nothing in them is of interest. */
  #skipped = 0;
  /** Nothing is open: what comes next may be skipped. */
  #idle = false;
  /** Position behind the last tag or comment that was closed. */
  #doneAt = -1;
  /** In an element whose content is text. */
  #inText = false;
  /** `svg`/`math` (foreign) and what switches back to HTML inside them. */
  readonly #foreign: string[] = [];

  constructor(options: HtmlOptions) {
    this.#options = options;
    this.#injected = options.inject === undefined;
    const inline = new InlinePolicy(options.digest ?? (() => ''));
    if (options.ownPolicy !== undefined) inline.add(options.ownPolicy);
    this.#code = new InlineCode(this.#source, {
      policy: inline,
      nonceAttribute: nonceAttribute(options.policy),
      toUtf8: options.toUtf8 ?? ((text) => Buffer.from(text, 'latin1')),
    });
    this.#edits = new ElementEdits(options, {
      source: this.#source,
      tag: this.#tag,
      code: this.#code,
      inline,
      rewriteDocument: (source) => this.#rewriteInner(source),
    });
    this.#tokenizer = new Tokenizer(
      { decodeEntities: false, recognizeSelfClosing: options.isXml ?? false },
      this.#callbacks(),
    );
  }

  write(chunk: string): string {
    this.#source.append(chunk);
    this.#tokenize(chunk);
    const limit = this.#code.heldAt ?? this.#settled;
    const { start } = this.#tag;
    this.#source.copyUntil(start >= 0 ? Math.min(start, limit) : limit);
    return this.#source.take();
  }

  end(): string {
    this.#tokenizer.end();
    this.#code.end(this.#settled);
    const { length } = this.#source;
    this.#source.copyUntil(length);
    if (!this.#injected && length > 0) this.#inject(length);
    return this.#source.take();
  }

  /** Gives the tokenizer what must be looked at, one tag or comment at a time. */
  #tokenize(chunk: string): void {
    const { length } = chunk;
    const start = this.#source.length - length;
    for (let at = 0; at < length; ) {
      if (this.#idle && this.#injected && this.#foreign.length === 0) {
        const end = endOfPlain(chunk, at);
        this.#skipped += end - at;
        at = end;
        this.#settled = start + at;
        if (at === length) return;
      }
      const until = this.#inText ? endOfText(chunk, at) : endOfTag(chunk, at);
      this.#tokenizer.write(at === 0 && until === length ? chunk : chunk.slice(at, until));
      at = until;
      this.#idle = this.#doneAt === start + at && !this.#inText;
    }
  }

  /** The tokenizer counts only what it has been given. */
  #callbacks(): ConstructorParameters<typeof Tokenizer>[1] {
    const nothing = () => {};
    const done = (_start: number, end: number) => {
      this.#doneAt = end + this.#skipped + 1;
      this.#settle(this.#doneAt);
    };
    return {
      onopentagname: (start, end) => this.#openTag(start + this.#skipped, end + this.#skipped),
      onattribname: (start, end) => this.#tag.attributeName(start + this.#skipped, end + this.#skipped),
      onattribdata: (start, end) => this.#tag.attributeValue(start + this.#skipped, end + this.#skipped),
      onattribend: (_quote, end) => this.#tag.attributeEnd(end + this.#skipped),
      onopentagend: (end) => {
        this.#inText = !this.#inForeign() && TEXT_ONLY.has(this.#tag.name);
        this.#endTag(end + this.#skipped, false);
        this.#doneAt = end + this.#skipped + 1;
      },
      onselfclosingtag: (end) => {
        this.#endTag(end + this.#skipped, true);
        // `<title/>` opens a title all the same, but in XML.
        if (!TEXT_ONLY.has(this.#tag.name)) this.#doneAt = end + this.#skipped + 1;
      },
      onclosetag: (start, end) => {
        this.#inText = false;
        this.#closeTag(start + this.#skipped, end + this.#skipped);
        this.#doneAt = this.#source.indexOf('>', end + this.#skipped) + 1;
      },
      ontext: (start, end) => {
        this.#settle(end + this.#skipped);
        this.#code.text(start + this.#skipped, end + this.#skipped);
      },
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
    this.#settled = Math.min(position, this.#source.length);
  }

  #inForeign(): boolean {
    const top = this.#foreign.at(-1);
    return top === 'svg' || top === 'math';
  }

  #inject(position: number): void {
    this.#source.edit(position, position, this.#options.inject!);
    this.#injected = true;
  }

  #openTag(start: number, end: number): void {
    const first = this.#source.charCodeAt(start) | 0x20;
    const named = this.#foreign.length > 0 || mayBeSpecial(first, end - start);
    const name = named ? this.#source.slice(start, end).toLowerCase() : '';
    this.#tag.open(start - 1, name);
    if (!this.#injected && !BEFORE_HEAD.has(name)) this.#inject(start - 1);
    if (this.#inForeign() && BREAKS_OUT.has(name)) this.#foreign.length = 0;
  }

  #endTag(end: number, selfClosing: boolean): void {
    const tag = this.#tag;
    const { name, start } = tag;
    if (tag.hasAttributes && (SPECIAL.has(name) || this.#source.mayHoldUrl(start, end))) tag.readAttributes();
    let insideForeign = false;
    switch (name) {
      case 'script':
        this.#edits.script(end, selfClosing, this.#inForeign());
        break;
      case 'style':
        this.#edits.attributes();
        if (!this.#inForeign()) this.#edits.style(end);
        break;
      case 'meta':
        this.#edits.meta();
        break;
      case 'link':
        this.#edits.link();
        break;
      case 'iframe':
      case 'frame':
        this.#edits.frame();
        break;
      case 'template':
        this.#edits.template(end);
        break;
      case 'svg':
      case 'math':
        this.#edits.attributes();
        insideForeign = true;
        break;
      default:
        this.#edits.attributes();
        insideForeign = this.#inForeign() && HTML_INSIDE_FOREIGN.has(name);
    }
    if (insideForeign && !selfClosing) this.#foreign.push(name);
    tag.close();
    this.#settle(end + 1);
    if (name === 'head' && !this.#injected) this.#inject(end + 1);
  }

  #closeTag(start: number, end: number): void {
    this.#code.end(start - 2);
    this.#settle(end);
    if (this.#foreign.length === 0) return;
    const index = this.#foreign.lastIndexOf(this.#source.slice(start, end).toLowerCase());
    if (index >= 0) this.#foreign.length = index;
  }

  #rewriteInner(source: string): string {
    const { inject: _, injectFrame, ...rest } = this.#options;
    const inner = new HtmlRewriter({
      ...rest,
      ...(injectFrame === undefined ? {} : { inject: injectFrame, injectFrame }),
    });
    return inner.write(source) + inner.end();
  }
}
