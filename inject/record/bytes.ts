// Pictures and fonts that exist only in this page: sent to the gateway in pieces, a little at a time, under a name that followers' addresses stand for.
import type { Op } from '../../protocol/nodes.ts';
import type { Known } from './known-tree.ts';
import type { Recording } from './recording.ts';

/** Base64 units of one piece, and the time between two, ms: about half a megabyte a second at most. */
const PIECE = 18_000;
const EVERY = 25;
/** Larger ones are not sent. */
export const MAX_BYTES = 2 * 1024 * 1024;
/** Blobs whose addresses are remembered; a page often takes an address back as soon as the picture has loaded. */
const MAX_BLOBS = 200;
const KEPT_AFTER_REVOKE = 3_000;
/** What was sent so lately may have been lost with what is being repaired, ms. */
const LATELY = 3_000;

/** Which attributes show a picture; links to files of the customer's are none. */
const SHOWS =
  /^(?:(?:img|input|source|svg:image|svg:feImage) (?:src|href|xlink:href)|video poster|\S+ style)$/;

export class Bytes {
  readonly #recording: Recording;
  readonly #blobs = new Map<string, Blob>();
  readonly #told = new Set<string>();
  #queue: { name: string; text: string; at: number; may: () => boolean }[] = [];
  /** Sent whole, and when. */
  #sent: { name: string; text: string; may: () => boolean; when: number }[] = [];

  constructor(recording: Recording) {
    this.#recording = recording;
    const { hooks, window, dom } = recording;
    hooks.afterCallOn(window.URL, 'createObjectURL', (_self, [blob], url) => {
      if (!(blob instanceof window.Blob) || blob.size > MAX_BYTES || /^(?:video|audio|text)/.test(blob.type))
        return;
      this.#blobs.set(url as string, blob);
      if (this.#blobs.size > MAX_BLOBS) this.#blobs.delete(this.#blobs.keys().next().value!);
    });
    hooks.afterCallOn(window.URL, 'revokeObjectURL', (_self, [url]) =>
      dom.setTimeout(() => this.#blobs.delete(url as string), KEPT_AFTER_REVOKE),
    );
  }

  /** All will be asked for again. */
  clear(): void {
    this.#told.clear();
    this.#queue = [];
    this.#sent = [];
  }

  /** Something was lost: what is under way begins again, and what went lately goes again. */
  again(): void {
    for (const item of this.#queue) item.at = 0;
    for (const { name, text, may } of this.#lately()) this.#queue.push({ name, text, at: 0, may });
    this.#sent = [];
    if (this.#queue.length > 0) this.#pump();
  }

  #lately() {
    const since = this.#recording.dom.now() - LATELY;
    return this.#sent.filter(({ when }) => when > since);
  }

  /** An attribute or style sheet names `blob:` addresses: what is shown from them is sent. */
  seen(known: Known, tag: string, name: string, value: string): void {
    const { tree } = this.#recording;
    if (name !== '' && !SHOWS.test(`${tag} ${name}`)) return;
    for (const [url] of value.matchAll(/blob:[^\s"'()\\]+/g))
      this.#want(url, () => known.mask === 0 && tree.find(known.id) === known);
  }

  /** As {@link seen}, for what belongs to no element. */
  seenIn(css: string): void {
    if (css.includes('blob:'))
      for (const [url] of css.matchAll(/blob:[^\s"'()\\]+/g)) this.#want(url, () => true);
  }

  #want(url: string, may: () => boolean): void {
    if (this.#told.has(url)) return;
    this.#told.add(url);
    const { window } = this.#recording;
    const found = this.#blobs.get(url);
    void (found ? Promise.resolve(found) : window.fetch(url).then((answer) => answer.blob()))
      .then((blob) => (blob.size > MAX_BYTES ? '' : this.read(blob)))
      .catch(() => '')
      .then((text) => this.#add(url, text, may));
  }

  /** A blob's content in base64. */
  read(blob: Blob): Promise<string> {
    return new Promise((resolve) => {
      const reader = new this.#recording.window.FileReader();
      reader.onloadend = () => resolve(String(reader.result ?? '').replace(/^[^,]*,/, ''));
      reader.readAsDataURL(blob);
    });
  }

  /**
   * Sends base64 under a name, unless it was sent already.
   * @param may asked before each piece: what has become masked meanwhile goes no further
   */
  offer(name: string, text: string, may: () => boolean): void {
    if (this.#told.has(name)) return;
    this.#told.add(name);
    this.#add(name, text, may);
  }

  #add(name: string, text: string, may: () => boolean): void {
    if (this.#queue.push({ name, text, at: 0, may }) === 1) this.#pump();
  }

  #pump(): void {
    const { dom } = this.#recording;
    this.#recording.say(this, (): Op | undefined => {
      const [first] = this.#queue;
      if (!first) return undefined;
      const { name } = first;
      if (!first.may()) first.text = '';
      const piece = first.text.slice(first.at, first.at + PIECE);
      first.at += PIECE;
      const more = first.at < first.text.length;
      if (!more) {
        this.#queue.shift();
        if (piece === '') this.#told.delete(name);
        else this.#sent = [...this.#lately(), { ...first, when: dom.now() }];
      }
      if (this.#queue.length > 0) dom.setTimeout(() => this.#pump(), EVERY);
      return ['bytes', name, piece, more || undefined];
    });
  }
}
