// Streaming edits of text: finds are replaced, all other characters pass as they came, wherever the chunks are split.

/** Replace `text.slice(start, end)` by `text`. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** Longest stretch that one edit may span, and the context it may look at on either side, in characters. */
export const REACH = 400;

/**
 * Finds edits in `text`, in order and not overlapping. Characters before `from` are only context.
 * Must find the same edit whatever stands more than {@link REACH} characters around it.
 */
export type FindEdits = (text: string, from: number) => Edit[];

/** Text in, text out, chunk by chunk. */
export interface TextRewriter {
  write(chunk: string): string;
  end(): string;
}

/** Applies edits to a whole text. */
export function applyEdits(text: string, edits: Edit[], from = 0, to = text.length): string {
  if (edits.length === 0) return text.slice(from, to);
  let out = '';
  let copied = from;
  for (const edit of edits) {
    out += text.slice(copied, edit.start) + edit.text;
    copied = edit.end;
  }
  return out + text.slice(copied, to);
}

/** Holds back {@link REACH} characters, so that what is split between chunks is still found, and keeps as many as context. */
export class StreamingEdits implements TextRewriter {
  readonly #find: FindEdits;
  #text = '';
  #from = 0;
  #changed = false;

  constructor(find: FindEdits) {
    this.#find = find;
  }

  /** Whether anything was replaced so far. */
  get changed(): boolean {
    return this.#changed;
  }

  write(chunk: string): string {
    this.#text = this.#text === '' ? chunk : this.#text + chunk;
    return this.#text.length - this.#from > 2 * REACH ? this.#release(this.#text.length - REACH) : '';
  }

  end(): string {
    const out = this.#release(this.#text.length);
    this.#text = '';
    this.#from = 0;
    return out;
  }

  #release(limit: number): string {
    const edits = this.#find(this.#text, this.#from).filter((edit) => edit.start < limit);
    if (edits.length > 0) this.#changed = true;
    const to = Math.max(limit, edits.at(-1)?.end ?? 0);
    const out = applyEdits(this.#text, edits, this.#from, to);
    const keep = Math.max(0, to - REACH);
    this.#text = this.#text.slice(keep);
    this.#from = to - keep;
    return out;
  }
}

/**
 * For streams of lines (server-sent events): a line is passed on as soon as its end is there. No edit may span a line break,
 * and one behind it must not depend on what stands before.
 */
export class LineEdits implements TextRewriter {
  readonly #find: FindEdits;
  /** What came of the open line when that is longer than an edit. */
  #long: StreamingEdits | undefined;
  #held = '';

  constructor(find: FindEdits) {
    this.#find = find;
  }

  write(chunk: string): string {
    const end = Math.max(chunk.lastIndexOf('\n'), chunk.lastIndexOf('\r')) + 1;
    if (end === 0) return this.#hold(chunk);
    const lines = this.#held + chunk.slice(0, end);
    this.#held = '';
    const out = this.#long ? this.#long.write(lines) + this.#long.end() : this.#edit(lines);
    this.#long = undefined;
    return out + this.#hold(chunk.slice(end));
  }

  end(): string {
    const out = this.#long ? this.#long.write(this.#held) + this.#long.end() : this.#edit(this.#held);
    this.#held = '';
    this.#long = undefined;
    return out;
  }

  #edit(text: string): string {
    return applyEdits(text, this.#find(text, 0));
  }

  #hold(text: string): string {
    this.#held += text;
    if (this.#held.length <= 2 * REACH) return '';
    this.#long ??= new StreamingEdits(this.#find);
    const out = this.#long.write(this.#held);
    this.#held = '';
    return out;
  }
}
