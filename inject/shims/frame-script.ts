// `srcdoc` documents set by a script get our script as their first child, as the gateway gives it to documents that it serves.
import type { Realm } from '../realm.ts';

const escapeAttribute = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/**
 * Puts our script in front of a document's markup. It goes behind a doctype, so that the mode of the document stays.
 * `carry` is not passed on, and the cookies are those of now.
 */
export function withFrameScript(realm: Realm, html: string): string {
  const { source, nonce } = scriptOf(realm);
  if (!source || html.includes('data-tandem=')) return html;
  const { carry: _once, ...config } = realm.config;
  const json = realm.natives.stringify({
    ...config,
    cookie: realm.cookies.text,
    referrer: realm.window.location.href,
  });
  const tag = `<script src="${escapeAttribute(source)}"${nonce ? ` nonce="${escapeAttribute(nonce)}"` : ''} data-tandem="${escapeAttribute(json)}"></script>`;
  const doctype = /^\s*(?:<!--[\s\S]*?-->\s*)*<!doctype[^>]*>/i.exec(html)?.[0] ?? '';
  return doctype + tag + html.slice(doctype.length);
}

const scripts = new WeakMap<object, { source: string; nonce: string }>();

/** Remembers where our script came from; called once, with the element that loaded it. */
export function rememberScript(config: object, source: string, nonce: string): void {
  scripts.set(config, { source, nonce });
}

function scriptOf(realm: Realm): { source: string; nonce: string } {
  return scripts.get(realm.config) ?? { source: '', nonce: '' };
}
