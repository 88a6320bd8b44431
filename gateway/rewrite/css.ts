// Style sheets: absolute URLs of the session's upstreams become session addresses; every other byte stays.
import type { Addresses } from '../../protocol/address.ts';
import { escapeCss, scanCssUrls } from '../../protocol/css-scan.ts';

/** Absolute URLs hold two slashes, plain or escaped (`\2f`), or backslashes that a browser reads as slashes. */
const MAY_BE_ABSOLUTE = /\/[\\/]|\\/;

/** So many edits are made before somebody else may have a turn. */
const AT_ONCE = 500;

/** A sheet is scanned in one go: a larger one would hold up everybody for more than 100 ms (security.md, threat 11). */
export const MAX_SHEET_BYTES = 4 * 1024 * 1024;
/** What costs the scanner more than passing by. */
const COSTLY = /url\(|@import|image-set\(|\\/gi;
const MOST_COSTLY = 100_000;

/** Whether a sheet holds more addresses and escapes than any honest one: to scan it would hold up everybody. */
export function isTooBusy(css: string): boolean {
  let count = 0;
  COSTLY.lastIndex = 0;
  while (COSTLY.test(css)) if (++count > MOST_COSTLY) return true;
  return false;
}

/**
 * @param css a whole style sheet or the value of a `style` attribute
 * @param pageScheme scheme of the upstream that the sheet comes from, for protocol-relative URLs
 */
export function rewriteCss(css: string, addresses: Addresses, pageScheme: 'http' | 'https'): string {
  let out = '';
  for (const part of rewriteCssParts(css, addresses, pageScheme)) out += part;
  return out;
}

/** The same in parts, each of them made in a few milliseconds: a large sheet must not hold up everybody. */
export function* rewriteCssParts(
  css: string,
  addresses: Addresses,
  pageScheme: 'http' | 'https',
): Generator<string, void> {
  if (!MAY_BE_ABSOLUTE.test(css)) {
    yield css;
    return;
  }
  let out = '';
  let copied = 0;
  let edits = 0;
  for (const { start, end, url, quote } of scanCssUrls(css)) {
    const mapped = addresses.toSession(url, pageScheme);
    if (mapped !== undefined) {
      const raw = css.slice(start, end);
      // Without escapes the rest of the URL stays as it is written.
      out += css.slice(copied, start) + (raw === url ? mapped : escapeCss(mapped, quote));
      copied = end;
    }
    if (++edits % AT_ONCE !== 0) continue;
    yield out;
    out = '';
  }
  yield out + css.slice(copied);
}
