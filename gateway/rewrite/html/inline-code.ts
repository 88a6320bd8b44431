// The text of an open `<script>` or `<style>`: rewritten as it streams by, or as a whole where a policy knows it by its digest.
import type { TextRewriter } from '../splice.ts';
import type { InlinePolicy } from './inline-policy.ts';
import type { SplicedSource } from './spliced-source.ts';

/** Code that a policy knows by digest is worked on as a whole; longer code stays as it is. */
const LONGEST_GUARDED = 256 * 1024;
const LONGEST_STYLE = 1024 * 1024;

interface Guarded {
  kind: 'script' | 'style';
  /** The end of the start tag, where a nonce can go in: nothing behind it is passed on before all of the text is there. */
  insertAt: number;
  /** Where the text begins. */
  from: number;
  nonce: string | undefined;
  rewrite: (text: string) => string;
}

export interface InlineCodeOptions {
  policy: InlinePolicy;
  /** Put into the start tag of code that is edited and was allowed by its digest. */
  nonceAttribute: string;
  /** Text of the document as UTF-8, as digests are made of it. */
  toUtf8: (text: string) => Buffer;
}

export class InlineCode {
  readonly #source: SplicedSource;
  readonly #options: InlineCodeOptions;
  #streamed: TextRewriter | undefined;
  #guarded: Guarded | undefined;

  constructor(source: SplicedSource, options: InlineCodeOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** Nothing behind this position may be passed on yet. */
  get heldAt(): number | undefined {
    return this.#guarded?.insertAt;
  }

  /** Text follows that no policy is about. */
  begin(rewriter: TextRewriter): void {
    this.#streamed = rewriter;
  }

  /**
   * Code follows.
   * @param end where its start tag ends
   * @param nonce of its tag
   */
  beginGuarded(
    kind: 'script' | 'style',
    end: number,
    nonce: string | undefined,
    make: () => TextRewriter,
  ): void {
    if (!this.#options.policy.hasHashes(kind)) {
      this.begin(make());
      return;
    }
    const rewrite = (text: string): string => {
      const rewriter = make();
      return rewriter.write(text) + rewriter.end();
    };
    this.#guarded = { kind, insertAt: end, from: end + 1, nonce, rewrite };
  }

  text(start: number, end: number): void {
    if (this.#guarded && end - this.#guarded.from > LONGEST_GUARDED) this.#guarded = undefined;
    if (!this.#streamed) return;
    const text = this.#streamed.write(this.#source.slice(start, end));
    this.#source.edit(start, end, text);
  }

  /** The text ends here. */
  end(position: number): void {
    if (this.#guarded) this.#endGuarded(this.#guarded, position);
    if (!this.#streamed) return;
    const rest = this.#streamed.end();
    this.#streamed = undefined;
    const at = Math.max(position, this.#source.copied);
    if (rest !== '') this.#source.edit(at, at, rest);
  }

  /** The digest of what the site sent decides; a text that is not in the policy would not have run there either. */
  #endGuarded({ kind, insertAt, from, nonce, rewrite }: Guarded, position: number): void {
    this.#guarded = undefined;
    const { policy, nonceAttribute, toUtf8 } = this.#options;
    const text = this.#source.slice(from, position);
    const mapped = rewrite(text);
    if (mapped === text) return;
    // As the parser has normalised it (HTML 13.2.3.5).
    const may = policy.mayEdit(kind, toUtf8(text.replace(/\r\n?/g, '\n')), nonce);
    if (may === 'no') return;
    if (may === 'with-nonce') this.#source.edit(insertAt, insertAt, nonceAttribute);
    this.#source.edit(from, position, mapped);
  }
}

/** Style elements are scanned as a whole, since a comment or string may begin anywhere; beyond a size they pass untouched. */
export class WholeStyle implements TextRewriter {
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
