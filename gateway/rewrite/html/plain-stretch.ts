// Stretches of HTML in which nothing can be of interest, found by one regular expression: the tokenizer need not see them.

/** Tags that are more than their URLs. */
export const SPECIAL = new Set([
  'script',
  'style',
  'meta',
  'link',
  'iframe',
  'frame',
  'svg',
  'math',
  'head',
  'html',
  'object',
  'template',
]);

/** Elements whose content is text to the tokenizer. */
export const TEXT_ONLY = new Set(
  'iframe noembed noframes plaintext script style textarea title xmp'.split(' '),
);

/** Whether a tag name of this length and first letter (lower case) can be one of {@link SPECIAL} or {@link TEXT_ONLY}. */
export function mayBeSpecial(first: number, length: number): boolean {
  switch (length) {
    case 3:
      return first === 0x73 || first === 0x78; // svg, xmp
    case 4:
      return first === 0x6d || first === 0x6c || first === 0x68; // meta math, link, head html
    case 5:
      return first === 0x73 || first === 0x66 || first === 0x74; // style, frame, title
    case 6:
      return first === 0x73 || first === 0x69 || first === 0x6f; // script, iframe, object
    case 7:
    case 8:
    case 9:
      return first === 0x6e || first === 0x70 || first === 0x74; // noembed noframes, plaintext, textarea template
    default:
      return false;
  }
}

const SPACE = ' \\t\\n\\f\\r';
/** An attribute's value in which no absolute URL can begin (see `SplicedSource.mayHoldUrl`), up to any of `stop`. */
function plainValue(stop: string): string {
  const free = `[^${stop}/\\\\&]*`;
  return `${free}(?:(?:[/\\\\](?![/\\\\])|&(?![#sbc]))${free})*`;
}
/**
 * The way past a tokenizer's speed: text, end tags, and start tags written plainly, of elements that are nothing special, with no
 * attribute in which an absolute URL could begin. Whatever is written in another way is left to the tokenizer. Every part is
 * unambiguous, so that there is only one way to match it.
 */
const PLAIN = new RegExp(
  `[^<]*(?:<(?:/[a-z][a-z0-9-]*[${SPACE}]*|(?!(?:${[...SPECIAL, ...TEXT_ONLY].join('|')})\\b)[a-z][a-z0-9-]*(?:[${SPACE}]+[^${SPACE}"'=<>/]+(?:=(?:"${plainValue('"')}"|'${plainValue("'")}'|(?![${SPACE}>])${plainValue(`${SPACE}"'=<>\``)}))?)*[${SPACE}]*/?)>[^<]*)*`,
  'iy',
);

/** Where the plain stretch that begins at `at` ends: `at` itself when there is none. */
export function endOfPlain(text: string, at: number): number {
  PLAIN.lastIndex = at;
  PLAIN.test(text);
  return Math.max(at, PLAIN.lastIndex);
}
