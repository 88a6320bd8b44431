// Finds URLs and pseudo-classes in CSS (CSS Syntax 3): one pass, aware of comments, strings and escapes; nothing is parsed into a tree.

/** A URL within a style sheet. `start` and `end` enclose what is written for it, without quotes. */
export interface CssUrl {
  start: number;
  end: number;
  /** Without escapes. */
  url: string;
  /** The quote around it; '' within a bare `url(…)`. */
  quote: '"' | "'" | '';
  kind: 'url' | 'import' | 'namespace';
}

/** A pseudo-class in a selector: `start` at the colon, `end` behind the name. */
export interface CssPseudo {
  start: number;
  end: number;
  /** Lower case, without the colon. */
  name: string;
  /** What stands in the parentheses of `:state(…)`; other functions are gone into. */
  argument?: string;
  /**
   * The pseudo-element that it stands behind (`::part(a):hover`): its name, where its parenthesis closes (its end without one),
   * and whether the pseudo-class stands in a function behind it.
   */
  element?: { name: string; close: number; within: boolean };
}

export interface CssScan {
  urls: CssUrl[];
  pseudos: CssPseudo[];
}

const ESCAPE = /\\(?:[0-9a-f]{1,6}(?:\r\n|[ \t\r\n\f])?|[^\n\r\f0-9a-f])/iy;
const TAKES_SELECTOR = /^(?:slotted|cue|cue-region)$/;
const STRING_URL_FUNCTIONS = new Set(['image-set', '-webkit-image-set', 'url', 'src']);

/** URLs of a style sheet or of a declaration list; names of namespaces are none. */
export function scanCssUrls(css: string): CssUrl[] {
  return scanCss(css).urls.filter(({ kind }) => kind !== 'namespace');
}

/**
 * Scans a style sheet, or the text of a `style` attribute.
 * Pseudo-classes are found in selectors only: a declaration such as `animation:focus 1s` and a media query such as
 * `(hover:hover)` are none.
 */
export function scanCss(css: string): CssScan {
  const urls: CssUrl[] = [];
  const pseudos: CssPseudo[] = [];
  /** Those of the statement that is being read; whether it is a selector is known at its `{`. */
  let maybe: CssPseudo[] = [];
  let at = 0;
  let statement: 'start' | 'plain' | string = 'start';
  /** The pseudo-element of the compound selector that is being read. */
  let element: { name: string; close: number; depth: number } | undefined;
  /** Names of the functions that are open; '' for bare parentheses and brackets. */
  const open: string[] = [];
  const length = css.length;

  const endStatement = (selector: boolean): void => {
    if (selector && (!statement.startsWith('@') || statement === '@scope')) pseudos.push(...maybe);
    maybe = [];
    statement = 'start';
    element = undefined;
    open.length = 0;
  };
  const found = (pseudo: CssPseudo): void => {
    if (element)
      pseudo.element = { name: element.name, close: element.close, within: open.length > element.depth };
    maybe.push(pseudo);
  };

  while (at < length) {
    const char = css.charCodeAt(at);
    switch (char) {
      case 0x2f: // slash
        if (css.charCodeAt(at + 1) === 0x2a) {
          const close = css.indexOf('*/', at + 2);
          at = close < 0 ? length : close + 2;
          continue;
        }
        break;
      case 0x22: // quotes
      case 0x27: {
        const end = endOfString(css, at);
        const name = open.at(-1);
        const isImport = statement === '@import' && open.length === 0;
        const isNamespace = statement === '@namespace' && open.length === 0;
        if (isImport || isNamespace || (name !== undefined && STRING_URL_FUNCTIONS.has(name))) {
          const closed = css.charCodeAt(end - 1) === char && end - 1 > at;
          const stop = closed ? end - 1 : end;
          urls.push({
            start: at + 1,
            end: stop,
            url: unescapeCss(css.slice(at + 1, stop)),
            quote: char === 0x22 ? '"' : "'",
            kind: isImport
              ? 'import'
              : statement === '@namespace'
                ? 'namespace'
                : statement === '@import'
                  ? 'import'
                  : 'url',
          });
          // Only the first string of an @import is its address.
          if (isImport) statement = '@import-read';
        }
        if (statement === 'start') statement = 'plain';
        at = end;
        continue;
      }
      case 0x28: // (
      case 0x5b: // [
        open.push('');
        break;
      case 0x29: // )
      case 0x5d: // ]
        open.pop();
        if (element && open.length < element.depth) element = undefined;
        break;
      case 0x7b: // {
        endStatement(true);
        at++;
        continue;
      case 0x7d: // }
        endStatement(false);
        at++;
        continue;
      case 0x3b: // ;
        if (open.length === 0) {
          endStatement(false);
          at++;
          continue;
        }
        break;
      case 0x3a: {
        // colon
        if (statement === 'start') statement = 'plain';
        if (css.charCodeAt(at + 1) === 0x3a) {
          const end = endOfIdent(css, at + 2);
          const name = nameOf(css, at + 2, end);
          const close = closeOf(css, end);
          // What is slotted is told by a selector of its own.
          element = TAKES_SELECTOR.test(name) ? undefined : { name, close: close ?? end, depth: open.length };
          at = end;
          continue;
        }
        const end = endOfIdent(css, at + 1);
        const close = closeOf(css, end);
        if (close !== undefined && nameOf(css, at + 1, end) === 'state') {
          found({
            start: at,
            end: close + 1,
            name: 'state',
            argument: unescapeCss(css.slice(end + 1, close)).trim(),
          });
          at = close + 1;
          continue;
        }
        if (end > at + 1 && css.charCodeAt(end) !== 0x28)
          found({ start: at, end, name: nameOf(css, at + 1, end) });
        // A function (`:not(`) is read as one by the next round.
        at = css.charCodeAt(end) === 0x28 ? at + 1 : Math.max(end, at + 1);
        continue;
      }
      case 0x40: {
        // at sign
        const end = endOfIdent(css, at + 1);
        if (statement === 'start') statement = `@${nameOf(css, at + 1, end)}`;
        at = Math.max(end, at + 1);
        continue;
      }
      case 0x20:
      case 0x09:
      case 0x0a:
      case 0x0c:
      case 0x0d:
      case 0x2c: // comma
      case 0x3e: // combinators
      case 0x2b:
      case 0x7e:
        // Another compound selector begins.
        if (element && open.length <= element.depth) element = undefined;
        if (char > 0x20) break;
        at++;
        continue;
      default:
        if (isIdentStart(char) || (char === 0x5c && endOfEscape(css, at) > at)) {
          if (statement === 'start') statement = 'plain';
          const end = endOfIdent(css, at);
          if (css.charCodeAt(end) !== 0x28) {
            at = end;
            continue;
          }
          const name = nameOf(css, at, end);
          at = end + 1;
          if (name === 'url') {
            const bare = readBareUrl(css, at);
            if (bare) {
              urls.push({
                ...bare.url,
                kind: statement === '@import' ? 'import' : statement === '@namespace' ? 'namespace' : 'url',
              });
              at = bare.after;
              continue;
            }
          }
          open.push(name);
          continue;
        }
    }
    if (statement === 'start') statement = 'plain';
    at++;
  }
  return { urls, pseudos };
}

/** Where the parenthesis that opens here closes, when it holds but names; looked for so far only that a hostile sheet takes no time. */
function closeOf(css: string, open: number): number | undefined {
  if (css.charCodeAt(open) !== 0x28) return undefined;
  const close = css.slice(open, open + 500).indexOf(')');
  return close < 0 ? undefined : open + close;
}

/** An identifier without its escapes, lower case. */
function nameOf(css: string, start: number, end: number): string {
  return unescapeCss(css.slice(start, end)).toLowerCase();
}

function isIdentStart(char: number): boolean {
  return (
    (char >= 0x61 && char <= 0x7a) ||
    (char >= 0x41 && char <= 0x5a) ||
    char === 0x5f ||
    char === 0x2d ||
    char >= 0x80 ||
    (char >= 0x30 && char <= 0x39)
  );
}

/** Behind an identifier, escapes within it included (`u\\72l` is `url`). */
function endOfIdent(css: string, from: number): number {
  let at = from;
  while (at < css.length) {
    const char = css.charCodeAt(at);
    if (char === 0x5c) {
      const end = endOfEscape(css, at);
      if (end === at) return at;
      at = end;
    } else if (isIdentStart(char)) at++;
    else return at;
  }
  return at;
}

/** Behind an escape (CSS Syntax 4.3.7); at its start when it is none. */
function endOfEscape(css: string, from: number): number {
  ESCAPE.lastIndex = from;
  return ESCAPE.test(css) ? ESCAPE.lastIndex : from;
}

/** Behind the closing quote; an unescaped line end closes a string too (a "bad string"). */
function endOfString(css: string, from: number): number {
  const quote = css.charCodeAt(from);
  for (let at = from + 1; at < css.length; at++) {
    const char = css.charCodeAt(at);
    if (char === quote) return at + 1;
    if (char === 0x5c) at++;
    else if (char === 0x0a || char === 0x0c || char === 0x0d) return at;
  }
  return css.length;
}

/** The address in `url( … )` without quotes; undefined when a quote comes first. */
function readBareUrl(css: string, from: number): { url: Omit<CssUrl, 'kind'>; after: number } | undefined {
  let start = from;
  while (start < css.length && css.charCodeAt(start) <= 0x20) start++;
  const first = css.charCodeAt(start);
  if (first === 0x22 || first === 0x27) return undefined;
  let end = start;
  while (end < css.length) {
    const char = css.charCodeAt(end);
    if (char === 0x29) break;
    end += char === 0x5c ? 2 : 1;
  }
  end = Math.min(end, css.length);
  const after = Math.min(end + 1, css.length);
  while (end > start && css.charCodeAt(end - 1) <= 0x20) end--;
  return { url: { start, end, url: unescapeCss(css.slice(start, end)), quote: '' }, after };
}

/** Text of a string or URL token without its escapes (CSS Syntax 4.3.7). */
export function unescapeCss(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:([0-9a-f]{1,6})(?:\r\n|[ \t\r\n\f])?|(\r\n|[\n\r\f])|([\s\S]))/gi,
    (_all, hex, line, char) => {
      if (line !== undefined) return '';
      if (hex === undefined) return char as string;
      const code = Number.parseInt(hex as string, 16);
      return code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)
        ? '\ufffd'
        : String.fromCodePoint(code);
    },
  );
}

/** A text as it may stand between the given quotes, or bare in `url(…)` for ''. */
export function escapeCss(text: string, quote: '"' | "'" | ''): string {
  const special = quote === '' ? /["'()\\\s\p{Cc}]/gu : quote === '"' ? /["\\\n\r\f]/g : /['\\\n\r\f]/g;
  return text.replace(special, (char) =>
    /[\s\p{Cc}]/u.test(char) ? `\\${char.charCodeAt(0).toString(16)} ` : `\\${char}`,
  );
}
