// Style sheets: absolute URLs of the session's upstreams become session addresses; every other byte stays.
import type { Addresses } from '../../protocol/address.ts';
import { escapeCss, scanCssUrls } from '../../protocol/css-scan.ts';

/** Absolute URLs hold two slashes, plain or escaped (`\2f`), or backslashes that a browser reads as slashes. */
const MAY_BE_ABSOLUTE = /\/[\\/]|\\/;

/**
 * @param css a whole style sheet or the value of a `style` attribute
 * @param pageScheme scheme of the upstream that the sheet comes from, for protocol-relative URLs
 */
export function rewriteCss(css: string, addresses: Addresses, pageScheme: 'http' | 'https'): string {
  if (!MAY_BE_ABSOLUTE.test(css)) return css;
  let out = '';
  let copied = 0;
  for (const { start, end, url, quote } of scanCssUrls(css)) {
    const mapped = addresses.toSession(url, pageScheme);
    if (mapped === undefined) continue;
    const raw = css.slice(start, end);
    // Without escapes the rest of the URL stays as it is written.
    out += css.slice(copied, start) + (raw === url ? mapped : escapeCss(mapped, quote));
    copied = end;
  }
  return copied === 0 ? css : out + css.slice(copied);
}
