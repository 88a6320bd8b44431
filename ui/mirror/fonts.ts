// Fonts that the leader's page added by script.
import type { Op } from '../../protocol/nodes.ts';

type Face = Extract<Op, ['font', ...unknown[]]>[2];

export class Fonts {
  readonly #document: Document;
  readonly #faces = new Map<number, FontFace>();

  constructor(document: Document) {
    this.#document = document;
  }

  /** A face was added, or is gone. */
  show(number: number, face: Face): void {
    const { fonts, defaultView } = this.#document;
    const before = this.#faces.get(number);
    if (before) fonts.delete(before);
    this.#faces.delete(number);
    if (!face) return;
    const { FontFace } = defaultView as Window & typeof globalThis;
    const descriptors: Record<string, string> = {};
    for (let i = 0; i < face.descriptors.length; i += 2)
      descriptors[face.descriptors[i]!] = face.descriptors[i + 1]!;
    const made = new FontFace(face.family, face.source, descriptors);
    this.#faces.set(number, made);
    fonts.add(made);
  }

  /** Takes all away: the document is used again. */
  clear(): void {
    for (const face of this.#faces.values()) this.#document.fonts.delete(face);
    this.#faces.clear();
  }
}
