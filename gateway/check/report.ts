// What `tandem check` found of a site: hosts, pages, findings; plain data, the same for people and for --json.
import type { BlockedKind } from '../../protocol/blocked.ts';

/** How a host is listed for the site. */
export type Listed = 'domains' | 'resources' | 'no';

export interface CheckedHost {
  /** `https://cdn.example[:port]`. */
  origin: string;
  listed: Listed;
  /** References by what they are for. */
  kinds: Partial<Record<BlockedKind, number>>;
  /** Pages that name it, the first few. */
  pages: string[];
}

export interface CheckedPage {
  url: string;
  status: number;
  /** Why the gateway itself refused it, as a reason code. */
  refused?: string;
}

/** `problem`: does not work in a session; `warning`: may not, or needs a look; `note`: works, and is good to know. */
export type Severity = 'problem' | 'warning' | 'note';

export const FINDINGS = {
  'page-error': 'problem',
  'redirect-off-list': 'problem',
  'resource-shown': 'problem',
  'meta-refresh-off-list': 'problem',
  'policy-panel': 'warning',
  'policy-sandbox': 'warning',
  'signed-address': 'warning',
  'mixed-content': 'warning',
  'service-worker': 'warning',
  'cookie-http-only': 'warning',
  'mask-unused': 'warning',
  'input-unmasked': 'warning',
  'frame-header': 'note',
  'speculation-rules': 'note',
  'meta-refresh': 'note',
  'named-in-script': 'note',
} as const satisfies Record<string, Severity>;
export type FindingKind = keyof typeof FINDINGS;

export interface Finding {
  kind: FindingKind;
  severity: Severity;
  /** What it is about: a header's value, names of cookies, an address, a selector. Never a value that names a person. */
  what: string;
  /** Where, the first few. */
  pages: string[];
}

export interface CheckReport {
  site: string;
  start: string;
  pages: CheckedPage[];
  hosts: CheckedHost[];
  findings: Finding[];
  /** Which limit ended the crawl before all pages were seen. */
  cutBy: 'pages' | 'time' | null;
  /** YAML for the hosts that are missing; '' when none is. */
  snippet: string;
}

const MAX_PAGES_NAMED = 5;

/** Collects while the crawl runs; the same thing of many pages is one entry. */
export class Findings {
  readonly #hosts = new Map<string, CheckedHost>();
  readonly #findings = new Map<string, Finding>();

  host(origin: string, listed: Listed, kind: BlockedKind, page: string): void {
    let host = this.#hosts.get(origin);
    if (!host) {
      host = { origin, listed, kinds: {}, pages: [] };
      this.#hosts.set(origin, host);
    }
    host.kinds[kind] = (host.kinds[kind] ?? 0) + 1;
    name(host.pages, page);
  }

  add(kind: FindingKind, what: string, page?: string): void {
    const key = `${kind} ${what}`;
    let finding = this.#findings.get(key);
    if (!finding) {
      finding = { kind, severity: FINDINGS[kind], what, pages: [] };
      this.#findings.set(key, finding);
    }
    if (page !== undefined) name(finding.pages, page);
  }

  /** What is missing first, then by name. */
  get hosts(): CheckedHost[] {
    const order: Listed[] = ['no', 'domains', 'resources'];
    return [...this.#hosts.values()].sort(
      (a, b) => order.indexOf(a.listed) - order.indexOf(b.listed) || a.origin.localeCompare(b.origin),
    );
  }

  /** In the order of the table above. */
  get findings(): Finding[] {
    const order = Object.keys(FINDINGS);
    return [...this.#findings.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  }
}

function name(pages: string[], page: string): void {
  if (pages.length < MAX_PAGES_NAMED && !pages.includes(page)) pages.push(page);
}

/** A host is missing when something of a page is loaded from it or shown in it; links that lead away are no fault. */
export function isMissing({ listed, kinds }: CheckedHost): boolean {
  return listed === 'no' && Object.keys(kinds).some((kind) => kind !== 'navigation');
}
