// Texts, pictures and films that are opened as pages of their own: what a browser would make around them, with our script in it.
import { escapeHtml } from './escape-html.ts';
import type { TextRewriter } from './splice.ts';

/** UTF-8's byte order mark, byte by byte: in the middle of a page it would be a character. */
const MARK = /^\u00ef\u00bb\u00bf/;

/** Text as browsers show it: one `pre` in a body. The bytes below 0x80 must be ASCII, or the text decoded. */
export class TextPage implements TextRewriter {
  readonly #inject: string;
  #begun = false;

  /** @param inject put into the head; ASCII only */
  constructor(inject: string) {
    this.#inject = inject;
  }

  write(chunk: string): string {
    if (chunk === '') return '';
    const begin = this.#begin();
    const text = begin === '' ? chunk : chunk.replace(MARK, '');
    return begin + text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  }

  end(): string {
    return `${this.#begin()}</pre></body></html>`;
  }

  #begin(): string {
    if (this.#begun) return '';
    this.#begun = true;
    // The parser drops the first line break in a `pre`: it gets one of ours.
    return `${headOf(this.#inject)}<body><pre style="word-wrap: break-word; white-space: pre-wrap;">\n`;
  }
}

/**
 * A picture, film or sound as browsers show it: one element in a body, which loads what the page was opened for.
 * @param type its content type
 * @param url where it is
 */
export function mediaPage(inject: string, type: string, url: string): string {
  const source = escapeHtml(url);
  const element = /^image/i.test(type)
    ? `<img style="display: block; margin: auto; max-width: 100%;" src="${source}">`
    : `<video controls autoplay style="display: block; margin: auto; max-width: 100%;" src="${source}"></video>`;
  return `${headOf(inject)}<body style="margin: 0;">${element}</body></html>`;
}

function headOf(inject: string): string {
  return `<!doctype html><html><head>${inject}</head>`;
}
