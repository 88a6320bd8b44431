// Style sheets: texts of style elements, edits of linked ones, constructed ones and who adopts them.
import type { NodeId } from '../../protocol/nodes.ts';
import { attributeOf, isStyle, type Shown } from './shown.ts';

export class Sheets {
  readonly #document: Document;
  readonly #constructed = new Map<NodeId, CSSStyleSheet>();
  /** What stands in for a linked sheet that the page's script edited. */
  readonly #standIns = new Map<Shown, HTMLStyleElement>();
  readonly #off = new Set<Shown>();

  constructor(document: Document) {
    this.#document = document;
  }

  /** The rules of a style or link element; undefined: as its source says. */
  rules(shown: Shown, css: string | undefined): void {
    if (isStyle(shown)) {
      shown.node.textContent = css ?? '';
      this.show(shown);
      return;
    }
    const link = shown.node as HTMLLinkElement;
    let standIn = this.#standIns.get(shown);
    if (css === undefined) {
      standIn?.remove();
      this.#standIns.delete(shown);
      this.show(shown);
      return;
    }
    if (!standIn) {
      standIn = this.#document.createElement('style');
      standIn.setAttribute('tandem-stand-in', '');
      this.#standIns.set(shown, standIn);
    }
    const media = link.getAttribute('media');
    if (media !== null) standIn.setAttribute('media', media);
    standIn.textContent = css;
    this.show(shown);
    link.after(standIn);
  }

  /** What was moved has a new sheet, which is on. */
  putBack(): void {
    for (const shown of this.#off) this.show(shown);
  }

  /** Switches the sheet of a style or link element on or off. */
  show(shown: Shown): void {
    const { tag, node, props } = shown;
    const off = props?.off === true || (tag === 'link' && attributeOf(shown, 'disabled') !== undefined);
    if (off) this.#off.add(shown);
    else this.#off.delete(shown);
    const link = node as HTMLLinkElement;
    const standIn = this.#standIns.get(shown);
    if (tag !== 'link') {
      if (isStyle(shown)) (node as HTMLStyleElement).disabled = off;
      return;
    }
    if (standIn) standIn.disabled = off;
    // An alternate one that is on comes as rules: browsers enable it only once it was off, and not every time.
    link.disabled = off || standIn !== undefined || /\balternate\b/i.test(link.rel);
  }

  /** More rules, behind those that are there. */
  addRules(shown: Shown, css: string): void {
    const sheet = isStyle(shown) ? shown.node : this.#standIns.get(shown);
    sheet?.appendChild(this.#document.createTextNode(css));
    // That made another sheet of it.
    this.show(shown);
  }

  gone(shown: Shown): void {
    this.#standIns.get(shown)?.remove();
    this.#standIns.delete(shown);
    this.#off.delete(shown);
  }

  /** A constructed sheet was made or changed. */
  sheet(id: NodeId, css: string): void {
    let sheet = this.#constructed.get(id);
    if (!sheet) {
      const { CSSStyleSheet } = this.#document.defaultView as Window & typeof globalThis;
      sheet = new CSSStyleSheet();
      this.#constructed.set(id, sheet);
    }
    sheet.replaceSync(css);
  }

  adopt(root: Node, ids: readonly NodeId[]): void {
    (root as ShadowRoot).adoptedStyleSheets = ids.flatMap((id) => this.#constructed.get(id) ?? []);
  }
}
