// Multipart bodies on the way to an upstream: heads and texts are mapped back, file parts pass byte for byte (RFC 7578, RFC 2046).
import type { Addresses } from '../../protocol/address.ts';
import { findSessionAddresses, toRealText } from './reverse.ts';
import { StreamingEdits, type TextRewriter } from './splice.ts';
import { isTextType } from './text-types.ts';

/** A part's header may not be longer; what follows is then taken for a file. */
const LONGEST_HEAD = 8 * 1024;

/** What a script packs into a form as a `Blob` has this name unless it says another: data, not a file of the person. */
const BLOB = /;\s*filename="blob"/i;
const FILE = /;\s*filename\*?\s*=/i;
const PACKED = /^content-transfer-encoding:\s*(?:base64|quoted-printable)/im;

/** The boundary of a multipart content type; undefined when there is none. */
export function boundaryOf(contentType: string): string | undefined {
  const match = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}

/** Takes and yields latin1 text (one character per byte). A body that is no multipart passes untouched. */
export class MultipartRewriter implements TextRewriter {
  readonly #addresses: Addresses;
  readonly #delimiter: string;
  /** Text not yet decided on. Begins, in a body, right behind what has been passed on. */
  #text = '\r\n';
  #state: 'before' | 'head' | 'text' | 'file' = 'before';
  #part: StreamingEdits | undefined;
  /** Of the line end that was put in front, so that the first boundary looks like the others: still to be taken off. */
  #surplus = 2;

  constructor(boundary: string, addresses: Addresses) {
    this.#addresses = addresses;
    this.#delimiter = `\r\n--${boundary}`;
  }

  write(chunk: string): string {
    this.#text += chunk;
    let out = '';
    for (let step = this.#step(false); step !== undefined; step = this.#step(false)) out += step;
    return this.#trim(out);
  }

  end(): string {
    let out = '';
    for (let step = this.#step(true); step !== undefined; step = this.#step(true)) out += step;
    if (this.#part) out += this.#part.write(this.#text) + this.#part.end();
    else out += this.#text;
    this.#text = '';
    return this.#trim(out);
  }

  #trim(out: string): string {
    if (this.#surplus === 0) return out;
    const cut = Math.min(this.#surplus, out.length);
    this.#surplus -= cut;
    return out.slice(cut);
  }

  /** One construct; undefined when more text is needed. */
  #step(last: boolean): string | undefined {
    if (this.#state === 'head') return this.#readHead();
    const at = this.#text.indexOf(this.#delimiter);
    if (at < 0) {
      // The delimiter may be split: what could be its beginning stays.
      const ready = last ? 0 : this.#text.length - this.#delimiter.length;
      if (ready <= 0) return undefined;
      const body = this.#text.slice(0, ready);
      this.#text = this.#text.slice(ready);
      return this.#part ? this.#part.write(body) : body;
    }
    const body = this.#text.slice(0, at);
    const end = at + this.#delimiter.length;
    this.#text = this.#text.slice(end);
    let out = this.#part ? this.#part.write(body) + this.#part.end() : body;
    this.#part = undefined;
    this.#state = 'head';
    out += this.#delimiter;
    return out;
  }

  #readHead(): string | undefined {
    if (this.#text.startsWith('--')) {
      this.#state = 'before'; // the closing delimiter: only an epilogue follows
      return '';
    }
    const end = this.#text.indexOf('\r\n\r\n');
    if (end < 0) {
      if (this.#text.length <= LONGEST_HEAD) return undefined;
      this.#state = 'file';
      return '';
    }
    const head = this.#text.slice(0, end + 4);
    this.#text = this.#text.slice(end + 4);
    const type = /^content-type:\s*([^\r\n]*)/im.exec(head)?.[1];
    const isText =
      !PACKED.test(head) &&
      (FILE.test(head) ? BLOB.test(head) && isTextType(type ?? '') : type === undefined || isTextType(type));
    this.#state = isText ? 'text' : 'file';
    if (isText) this.#part = new StreamingEdits(findSessionAddresses(this.#addresses));
    return toRealText(head, this.#addresses);
  }
}
