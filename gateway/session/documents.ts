// Documents shared in a session: kept in memory only, told apart by their bytes and never by what they claim to be.
import { MAX_DOCUMENT_BYTES } from '../../protocol/limits.ts';
import type { SharedDocument } from '../../protocol/session-messages.ts';
import { Refused } from '../errors.ts';
import { newId } from './secrets.ts';

const MAX_DOCUMENTS = 20;
/** All documents of a session together, bytes. */
const MAX_TOTAL = 2 * MAX_DOCUMENT_BYTES;
const MAX_NAME = 120;
export const DOWNLOAD_TYPE = 'application/octet-stream';

const ascii = (bytes: Uint8Array, start: number, end: number) =>
  Buffer.from(bytes.subarray(start, end)).toString('latin1');

/** First bytes → type, of the types that browsers draw and that carry no script (so no SVG). */
const SIGNATURES: [type: string, holds: (bytes: Uint8Array) => boolean][] = [
  ['application/pdf', (b) => ascii(b, 0, 1_024).includes('%PDF-')],
  ['image/png', (b) => ascii(b, 0, 8) === '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', (b) => ascii(b, 0, 3) === '\xff\xd8\xff'],
  ['image/gif', (b) => /^GIF8[79]a$/.test(ascii(b, 0, 6))],
  ['image/webp', (b) => ascii(b, 0, 4) === 'RIFF' && ascii(b, 8, 12) === 'WEBP'],
  ['image/avif', (b) => ascii(b, 4, 12) === 'ftypavif'],
];

/** The type that the bytes have; everything that is not shown is a download. */
export function sniffType(bytes: Uint8Array): string {
  return SIGNATURES.find(([, holds]) => holds(bytes))?.[0] ?? DOWNLOAD_TYPE;
}

/** A file name without folders, controls and quotes. */
export function fileName(name: string): string {
  const last = name.split(/[\\/]/).pop() ?? '';
  const clean = last.replace(/[\p{Cc}\p{Cf}"<>|:*?]/gu, '').trim();
  return clean.slice(-MAX_NAME) || 'document';
}

export interface StoredDocument {
  readonly view: SharedDocument;
  readonly bytes: Buffer;
}

export class Documents {
  readonly #all = new Map<string, StoredDocument>();
  /** The one that all see just now. */
  open: { id: string; page: number } | null = null;

  /**
   * @param by name of the participant who shares it
   * @throws {Refused} document-too-large, document-unreadable (empty)
   */
  add(name: string, bytes: Buffer, by: string): SharedDocument {
    if (bytes.length === 0) throw new Refused('document-unreadable');
    const total = [...this.#all.values()].reduce((sum, { view }) => sum + view.bytes, bytes.length);
    if (bytes.length > MAX_DOCUMENT_BYTES || total > MAX_TOTAL || this.#all.size >= MAX_DOCUMENTS)
      throw new Refused('document-too-large', { max: String(MAX_DOCUMENT_BYTES / 2 ** 20) });
    const type = sniffType(bytes);
    // The id is what lets a follower read it on the view host, where he has no cookie: 130 random bits.
    const id = newId(26);
    const view: SharedDocument = {
      id,
      name: fileName(name),
      type,
      bytes: bytes.length,
      by,
      shown: type !== DOWNLOAD_TYPE,
      path: `/d/${id}`,
    };
    this.#all.set(id, { view, bytes });
    return view;
  }

  find(id: string): StoredDocument | undefined {
    return this.#all.get(id);
  }

  /** Shows it to all. @throws {Refused} document-unreadable when there is none that can be shown */
  show(id: string, page: number): void {
    if (!this.#all.get(id)?.view.shown) throw new Refused('document-unreadable');
    this.open = { id, page };
  }

  hide(): void {
    this.open = null;
  }

  remove(id: string): void {
    this.#all.delete(id);
    if (this.open?.id === id) this.open = null;
  }

  list(): SharedDocument[] {
    return [...this.#all.values()].map(({ view }) => view);
  }

  clear(): void {
    this.#all.clear();
    this.open = null;
  }
}
