// The injected script's tag: what the page must know of its session, written into the first element of its head.
import { formatOrigin, shellOrigin } from '../../protocol/address.ts';
import type { Carry, PageConfig } from '../../protocol/ports.ts';
import { escapeHtml } from '../rewrite/escape-html.ts';
import type { Place } from './locate.ts';
import { SCRIPT_PATH } from './own-paths.ts';

/** JSON in which every character is ASCII, so that the tag fits into a document of any encoding. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** @param hash of the script; a new one gives a new URL, so that the old may be kept by the browser for ever */
export function scriptUrl(hash: string): string {
  return `${SCRIPT_PATH}?v=${hash.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '').slice(0, 22)}`;
}

/**
 * @param referrer real URL of the page before, '' for none
 * @param carry state of the customer's page, for the first document of the start origin
 */
export function configTag(
  place: Pick<Place, 'session' | 'addresses' | 'upstream'>,
  options: { script: string; nonce: string; cookie: string; referrer: string; carry?: Carry | undefined },
): string {
  const { mask, hide, readonly, realHosts } = place.session.site.options;
  const config: PageConfig = {
    addresses: place.addresses.table,
    origin: formatOrigin(place.upstream),
    shell: shellOrigin(place.addresses.table),
    cookie: options.cookie,
    referrer: options.referrer,
    masks: { mask, hide, readonly },
    ...(realHosts ? { realHosts } : {}),
    ...(options.carry ? { carry: options.carry } : {}),
  };
  return `<script src="${options.script}" nonce="${options.nonce}" data-tandem="${escapeHtml(asciiJson(config))}"></script>`;
}
