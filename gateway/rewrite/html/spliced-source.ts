// Source text with edits: positions are of the whole source, kept is only what may still be needed.

export class SplicedSource {
  /** Source from `#origin` on. */
  #text = '';
  #origin = 0;
  #out: string[] = [];
  #copied = 0;
  /** Where the next of {@link slashes} begins, as far as has been looked; -1 for unknown. */
  #nextSlashes = -1;

  /** Position behind all of the source that is there. */
  get length(): number {
    return this.#origin + this.#text.length;
  }

  /** Position up to which the source has been copied or replaced. */
  get copied(): number {
    return this.#copied;
  }

  append(chunk: string): void {
    this.#text = this.#text === '' ? chunk : this.#text + chunk;
    this.#nextSlashes = -1;
  }

  slice(start: number, end: number): string {
    return this.#text.slice(start - this.#origin, end - this.#origin);
  }

  charCodeAt(position: number): number {
    return this.#text.charCodeAt(position - this.#origin);
  }

  /** Position of the first `find` from `position` on; before {@link copied} when there is none. */
  indexOf(find: string, position: number): number {
    return this.#origin + this.#text.indexOf(find, position - this.#origin);
  }

  /** Passes the source on up to here. */
  copyUntil(position: number): void {
    if (position <= this.#copied) return;
    this.#out.push(this.slice(this.#copied, position));
    this.#copied = position;
  }

  /** Puts `text` in place of what stands there. Edits go forward: `start` is not before {@link copied}. */
  edit(start: number, end: number, text: string): void {
    this.copyUntil(start);
    this.#out.push(text);
    this.#copied = end;
  }

  /** What has come out since the last time; the source that has been copied is forgotten. */
  take(): string {
    const consumed = this.#copied - this.#origin;
    if (consumed > 0) {
      this.#text = this.#text.slice(consumed);
      this.#origin = this.#copied;
    }
    const out = this.#out.length === 1 ? this.#out[0]! : this.#out.join('');
    this.#out = [];
    return out;
  }

  /** Whether anything that may begin an absolute URL stands in this stretch; one pass over the text for all stretches together. */
  mayHoldUrl(start: number, end: number): boolean {
    if (this.#nextSlashes < start) {
      SLASHES.lastIndex = Math.max(0, start - this.#origin);
      const found = SLASHES.exec(this.#text);
      this.#nextSlashes = found ? this.#origin + found.index : Number.MAX_SAFE_INTEGER;
    }
    return this.#nextSlashes < end;
  }
}

/** Absolute URLs hold two slashes, plain, as backslashes, or as character references. */
const SLASHES =
  /[/\\][/\\]|&(?:#0{0,5}47|#x0{0,5}2f|sol|bsol|#0{0,5}92|#x0{0,5}5c|colon|#0{0,5}58|#x0{0,5}3a)/gi;
