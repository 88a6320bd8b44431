// Pictures of what an element draws by itself (a canvas, a video nobody else can load): small, in no more bytes than the line bears.
import { hashText } from '../../protocol/digest.ts';
import type { Recording } from './recording.ts';

/** Longer sides are scaled down to this, device px. */
export const MAX_SIDE = 1_600;
/** A larger picture is made smaller. */
const MAX_BYTES = 250_000;
/** Base64 units that go along in the tree itself. */
const INLINE = 4_000;
/** Bytes a second of all pictures of a document, on average. */
const PER_SECOND = 200_000;

interface Taken {
  number: number;
  /** Gets smaller when pictures grow too large. */
  scale: number;
  busy: boolean;
  /** It was drawn again while a picture was under way. */
  again?: (() => void) | undefined;
  /** Name of the bytes, or the picture itself; '' where it may not be read. */
  picture?: string;
  text: string;
  hash: number;
}

let series = 0;

export class Pictures {
  readonly #recording: Recording;
  readonly #taken = new WeakMap<Element, Taken & { series: number }>();
  #freeAt = 0;

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** How long the next picture should wait, ms. */
  get wait(): number {
    return Math.max(0, this.#freeAt - this.#recording.dom.now());
  }

  /** The last picture, as a property of its element. */
  of(element: Element): string | undefined {
    return this.#taken.get(element)?.picture;
  }

  /** After a snapshot the gateway knows no bytes any more. */
  resend(element: Element): void {
    const taken = this.#taken.get(element);
    if (taken?.picture?.startsWith('tandem:')) this.#offer(element, taken.picture, taken.text);
  }

  #offer(element: Element, name: string, text: string): void {
    this.#recording.bytes.offer(name, text, () => this.#may(element));
  }

  #may(element: Element): boolean {
    return this.#recording.tree.of(element)?.mask === 0;
  }

  /** Takes a picture and sends it when it is another one. Does nothing for what is masked. */
  take(element: Element, source: HTMLCanvasElement | HTMLVideoElement, width: number, height: number): void {
    if (!this.#may(element) || width === 0 || height === 0) return;
    let taken = this.#taken.get(element);
    if (!taken) {
      taken = { series: ++series, number: 0, scale: 1, busy: false, text: '', hash: 0 };
      this.#taken.set(element, taken);
    }
    if (taken.busy) {
      taken.again = () => this.take(element, source, width, height);
      return;
    }
    const scale = Math.min(1, MAX_SIDE / Math.max(width, height)) * taken.scale;
    try {
      taken.busy = true;
      const { document } = this.#recording;
      const asIs = scale === 1 && 'toBlob' in source;
      const canvas = asIs
        ? source
        : copyOf(source, width * scale, height * scale, document.createElement('canvas'));
      canvas.toBlob(
        (blob) =>
          void this.#encoded(element, taken, source, width, height, blob).then(() => {
            const { again } = taken;
            taken.again = undefined;
            again?.();
          }),
        'image/webp',
        0.7,
      );
    } catch {
      // It holds another origin's pixels, or a protected film's.
      taken.busy = false;
      this.#set(element, taken, '');
    }
  }

  async #encoded(
    element: Element,
    taken: Taken & { series: number },
    source: HTMLCanvasElement | HTMLVideoElement,
    width: number,
    height: number,
    blob: Blob | null,
  ): Promise<void> {
    const { bytes, dom } = this.#recording;
    taken.busy = false;
    if (!blob || !this.#may(element)) return;
    if (blob.size > MAX_BYTES && taken.scale > 0.1) {
      taken.scale /= 2;
      this.take(element, source, width, height);
      return;
    }
    const text = await bytes.read(blob);
    const hash = hashText(text);
    if (hash === taken.hash || !this.#may(element)) return;
    taken.hash = hash;
    taken.text = text;
    this.#freeAt = Math.max(this.#freeAt, dom.now()) + (blob.size / PER_SECOND) * 1_000;
    if (text.length <= INLINE) {
      this.#set(element, taken, `data:image/webp;base64,${text}`);
      return;
    }
    const name = `tandem:${taken.series}.${++taken.number}`;
    this.#offer(element, name, text);
    this.#set(element, taken, name);
  }

  #set(element: Element, taken: Taken, picture: string): void {
    if (taken.picture === picture) return;
    taken.picture = picture;
    this.#recording.changedProps(element);
  }
}

/** A copy of what a canvas or video shows, into a canvas of the given size. @throws DOMException for a broken source */
export function copyOf(
  source: HTMLCanvasElement | HTMLVideoElement,
  width: number,
  height: number,
  into: HTMLCanvasElement,
): HTMLCanvasElement {
  into.width = Math.max(1, Math.round(width));
  into.height = Math.max(1, Math.round(height));
  into.getContext('2d')!.drawImage(source, 0, 0, into.width, into.height);
  return into;
}
