// What a recorder says of a small page: a text, and fields of every protected kind.
import type { PageFact } from '../../protocol/page-facts.ts';

/** Node ids of {@link pageFacts}. */
export const TEXT_NODE = 5;
export const FIELD = { text: 6, password: 7, file: 8, masked: 9, readonly: 11, card: 12 } as const;

/** The facts of one page frame; `masks` are those of the test gateway's site. */
export function pageFacts(url = 'http://www.shop.example/cart?item=7', text = 'Hello'): PageFact[] {
  return [
    {
      type: 'frame.opened',
      url,
      title: 'Cart',
      nonce: '',
      masks: ['.secret'],
      view: { width: 800, height: 600, ratio: 1 },
    },
    {
      type: 'frame.snapshot',
      first: 1,
      rows: [
        ['#document', ['mode', 'standards', 'doctype', 'html'], 1],
        ['html', [], 1],
        ['body', [], 7],
        ['p', [], 1],
        text,
        ['input', ['type', 'text'], 0],
        ['input', ['type', 'password'], 0],
        ['input', ['type', 'file'], 0],
        ['input', ['type', 'text', 'class', 'secret'], 0],
        ['div', ['class', 'fixed'], 1],
        ['input', ['type', 'text'], 0],
        ['input', ['autocomplete', 'cc-number'], 0],
      ],
      last: true,
    },
  ];
}
