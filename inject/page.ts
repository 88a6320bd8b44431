// Entry of the script that the gateway puts first into every HTML document of a session.
import { Addresses, parseOrigin } from '../protocol/address.ts';
import type { PageConfig } from '../protocol/ports.ts';
import { startDocument } from './document.ts';
import { honestStringify, type PageWindow } from './natives.ts';
import { TOP } from './shims/ancestors.ts';
import { CookieShadow } from './shims/cookie-shadow.ts';
import { rememberScript } from './shims/frame-script.ts';

start(window);

function start(window: PageWindow): void {
  const script = window.document.currentScript as HTMLScriptElement | null;
  const json = script?.dataset.tandem;
  if (!script || json === undefined) return;
  script.remove();
  if (TOP in window) return; // a page that holds its own source twice
  const config = JSON.parse(json) as PageConfig;
  const origin = parseOrigin(config.origin);
  if (!origin) return;
  rememberScript(config, script.src, script.nonce);
  const addresses = new Addresses(config.addresses);
  const { document, location, performance } = window;
  const real = Object.getOwnPropertyDescriptor(window.Document.prototype, 'cookie');
  const isBlank = location.protocol === 'about:';
  const Url = window.URL;
  const allowed = (act: () => string): string => {
    try {
      return act();
    } catch {
      return ''; // a sandboxed document has no cookies
    }
  };
  const cookies = new CookieShadow({
    given: config.cookie,
    // a srcdoc document was not asked for: nothing has ridden on its request
    since: isBlank ? 0 : performance.timeOrigin,
    real: {
      read: () => allowed(() => real!.get!.call(document) as string),
      write: (text) => void allowed(() => real!.set!.call(document, text) as never),
    },
    origin,
    addresses,
    path: isBlank ? () => new Url(document.baseURI).pathname : () => location.pathname,
    now: Date.now.bind(Date),
    stringify: honestStringify(window),
  });
  startDocument(window, { addresses, config, cookies });
}
