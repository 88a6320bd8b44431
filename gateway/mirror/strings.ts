// Texts of a session's trees that come again and again are kept once: tags, attribute names, short values, whole attribute lists.

const MAX_KEPT = 50_000;
const MAX_SHARED_LIST = 200;

/** One table per session, so that it goes with the session and tells nothing to another. */
export class Strings {
  readonly #tags: string[] = [''];
  readonly #tagIndex = new Map<string, number>();
  readonly #lists = new Map<string, readonly string[]>();

  /** A small number for a tag, at least 1. */
  tagIndex(tag: string): number {
    const known = this.#tagIndex.get(tag);
    if (known !== undefined) return known;
    const index = this.#tags.push(tag) - 1;
    this.#tagIndex.set(tag, index);
    return index;
  }

  tag(index: number): string {
    return this.#tags[index]!;
  }

  /** An equal list of attributes, shared by all elements that have it; never change it in place. */
  share(attributes: readonly string[]): readonly string[] {
    if (attributes.length === 0) return NO_ATTRIBUTES;
    let length = 0;
    for (const part of attributes) length += part.length;
    if (length > MAX_SHARED_LIST) return attributes;
    const key = attributes.join('\0');
    const known = this.#lists.get(key);
    // A value may hold the separator, so equal keys are not yet equal lists.
    if (known)
      return known.length === attributes.length && known.every((part, i) => part === attributes[i])
        ? known
        : attributes;
    if (this.#lists.size >= MAX_KEPT) this.#lists.clear();
    this.#lists.set(key, attributes);
    return attributes;
  }
}

const NO_ATTRIBUTES: readonly string[] = [];
