// What of headers, scripts and forms does not work in a session as it does without, or is good to know before the first customer does.
import type { IncomingHttpHeaders } from 'node:http';
import type { CheerioAPI } from 'cheerio';
import type { Addresses } from '../../protocol/address.ts';
import type { SiteOptions } from '../sites/config.ts';
import type { ReadPage } from './read-page.ts';
import type { Findings, Listed } from './report.ts';

/** What the contact panel needs of the site's own policy. */
export interface PanelOrigins {
  /** Serves the script. */
  script: string;
  /** Is framed. */
  frame: string;
}

/** @param carried names of HttpOnly cookies that the site hands over */
export function checkHeaders(
  headers: IncomingHttpHeaders,
  page: string,
  findings: Findings,
  panel: PanelOrigins,
  carried: readonly string[],
): void {
  const framing = headers['x-frame-options'];
  if (framing !== undefined) findings.add('frame-header', `X-Frame-Options: ${String(framing)}`, page);
  if (headers['service-worker-allowed'] !== undefined)
    findings.add('service-worker', 'header Service-Worker-Allowed', page);
  if (headers['speculation-rules'] !== undefined)
    findings.add('speculation-rules', 'header Speculation-Rules', page);
  if (headers.refresh !== undefined) findings.add('meta-refresh', 'header Refresh', page);
  for (const cookie of headers['set-cookie'] ?? []) {
    const name = cookie.split('=', 1)[0]!.trim();
    if (/;\s*httponly/i.test(cookie) && !carried.includes(name)) findings.add('cookie-http-only', name, page);
  }
  const policy = headers['content-security-policy'];
  if (policy !== undefined) checkPolicy(String(policy), page, findings, panel);
}

function checkPolicy(text: string, page: string, findings: Findings, panel: PanelOrigins): void {
  for (const policy of text.split(',')) {
    const directives = new Map(
      policy.split(';').map((part) => {
        const [name = '', ...values] = part.trim().split(/\s+/);
        return [name.toLowerCase(), values];
      }),
    );
    const ancestors = directives.get('frame-ancestors');
    if (ancestors) findings.add('frame-header', `frame-ancestors ${ancestors.join(' ')}`, page);
    const flags = directives.get('sandbox');
    if (flags && !flags.includes('allow-same-origin'))
      findings.add('policy-sandbox', `sandbox ${flags.join(' ')}`.trim(), page);
    for (const [names, origin] of [
      [['script-src-elem', 'script-src', 'default-src'], panel.script],
      [['frame-src', 'child-src', 'default-src'], panel.frame],
    ] as const) {
      const name = names.find((one) => directives.has(one));
      const sources = name === undefined ? [] : directives.get(name)!;
      if (name !== undefined && !allows(sources, origin))
        findings.add(
          'policy-panel',
          `${names[0] === 'frame-src' ? 'frame-src' : 'script-src'} ${origin}`,
          page,
        );
    }
  }
}

/** Roughly: who writes exact sources is told the exact one. A tag may carry the page's nonce; a frame cannot. */
function allows(sources: readonly string[], origin: string): boolean {
  const { protocol, host } = new URL(origin);
  return sources.some(
    (source) =>
      source === '*' ||
      source === protocol ||
      source === origin ||
      source === host ||
      /^'nonce-/.test(source),
  );
}

export function checkPage(
  { refresh, speculation }: ReadPage,
  refreshTo: string | undefined,
  page: string,
  findings: Findings,
  listed: (url: string) => Listed,
): void {
  if (speculation) findings.add('speculation-rules', 'script type="speculationrules"', page);
  if (refresh === undefined || refreshTo === undefined) return;
  const origin = URL.parse(refreshTo)?.origin ?? refreshTo;
  findings.add(listed(refreshTo) === 'domains' ? 'meta-refresh' : 'meta-refresh-off-list', origin, page);
}

const SERVICE_WORKER = /\bserviceWorker\s*(?:\?\.|\.)\s*register\s*\(/;
/** Addresses that a server has signed: with another host in them the signature is wrong. */
const SIGNED =
  /https?:(?:\\?\/){2}[\w.:-]+[^\s"'`<>\\]*[?&](?:X-Amz-Signature|X-Goog-Signature|Signature|signature|sig|hmac)=/g;
const ABSOLUTE = /\b(?:https?|wss?):(?:\\?\/){2}([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d+)?/gi;
/** Names of formats and of documents, which no script asks. */
const NAMES_ONLY =
  /(?:^|\.)(?:w3\.org|schema\.org|mozilla\.org|github\.com|npmjs\.com|reactjs\.org|react\.dev|vuejs\.org|angular\.(?:io|dev)|jquery\.(?:com|org)|example\.(?:com|org)|opensource\.org|apache\.org|developers\.google\.com|stackoverflow\.com)$/i;
const MAX_NAMED = 40;

/** @param text as the gateway rewrote it: what is on the list stands there by its session address */
export function checkScript(text: string, page: string, findings: Findings, addresses: Addresses): void {
  if (SERVICE_WORKER.test(text)) findings.add('service-worker', 'navigator.serviceWorker.register', page);
  for (const [address] of text.matchAll(SIGNED)) {
    const real = addresses.toUpstream(address.replaceAll('\\', ''));
    if (real !== undefined) findings.add('signed-address', real.split('?', 1)[0]!, page);
  }
  const named = new Set<string>();
  for (const [, host = ''] of text.matchAll(ABSOLUTE)) {
    const lower = host.toLowerCase();
    if (named.size >= MAX_NAMED) break;
    if (!NAMES_ONLY.test(lower) && !lower.includes(addresses.table.sid)) named.add(lower);
  }
  for (const host of named) findings.add('named-in-script', host, page);
}

const SENSITIVE =
  /(?:^|[^a-z])(?:iban|bic|ssn|social[-_]?security|tax[-_]?(?:id|number)|passport|birth(?:day|date)?|dob|account[-_]?(?:no|number)|insurance[-_]?number|salary|income)(?:[^a-z]|$)/i;

/** Which selectors of the site's options find something, and which fields look as if they should be found. */
export class MaskUse {
  readonly #options: SiteOptions;
  readonly #unused: Set<string>;
  readonly #unmasked = new Map<string, string>();
  #pages = 0;

  constructor(options: SiteOptions) {
    this.#options = options;
    this.#unused = new Set([...options.mask, ...options.hide, ...options.readonly]);
  }

  see($: CheerioAPI, page: string): void {
    this.#pages++;
    for (const selector of this.#unused) if ($(selector).length > 0) this.#unused.delete(selector);
    const covered = [...this.#options.mask, ...this.#options.hide, '[data-cobrowse]'].join(', ');
    for (const element of $('input, textarea, select')) {
      const field = $(element);
      const words = [field.attr('name'), field.attr('id'), field.attr('autocomplete')]
        .filter(Boolean)
        .join(' ');
      if (!SENSITIVE.test(words) || field.attr('type') === 'password') continue;
      if (field.is(covered) || field.closest(covered).length > 0) continue;
      const name = field.attr('name') ?? field.attr('id') ?? '';
      this.#unmasked.set(`${element.tagName}[name="${name}"]`, page);
    }
  }

  report(findings: Findings): void {
    if (this.#pages === 0) return;
    for (const selector of this.#unused) findings.add('mask-unused', selector);
    for (const [field, page] of this.#unmasked) findings.add('input-unmasked', field, page);
  }
}
