// Walks through a site by its links, inside the gateway's own pipeline, and notes what a session would miss or meet.
import { formatOrigin, parseOrigin } from '../../protocol/address.ts';
import { findEntry } from '../sites/addresses.ts';
import type { Site } from '../sites/config.ts';
import { checkHeaders, checkPage, checkScript, MaskUse, type PanelOrigins } from './peculiar.ts';
import { type ReadPage, type Reference, readPage, readStyle } from './read-page.ts';
import { type CheckedPage, type CheckReport, Findings, type Listed } from './report.ts';
import type { Fetched, OwnSession } from './session-of-its-own.ts';
import { snippetFor } from './snippet.ts';

export interface CrawlLimits {
  pages: number;
  /** Links away from the start page. */
  depth: number;
  milliseconds: number;
}

/** At one time. A site that is looked at is not to be put under load. */
const AT_ONCE = 4;
/** Pages that differ by their query only: lists, calendars and filters never end. */
const MAX_QUERIES = 3;
const MAX_FILES = 100;
/** Only looking: nothing is signed out of, bought or deleted. */
const HARMFUL =
  /(?:log|sign)[-_]?(?:out|off)|delete|remove|unsubscribe|cancel|(?:add|put)[-_]?to[-_]?(?:cart|basket)/i;
const NOT_A_PAGE = /\.(?:pdf|zip|gz|jpe?g|png|gif|svg|webp|mp[34]|webm|docx?|xlsx?|css|js|xml|json|ico)$/i;

export interface CrawlOptions {
  site: Site;
  session: OwnSession;
  limits: CrawlLimits;
  panel: PanelOrigins;
  signal: AbortSignal;
}

export async function crawl(options: CrawlOptions): Promise<CheckReport> {
  const walk = new Walk(options);
  return await walk.run();
}

class Walk {
  readonly #options: CrawlOptions;
  readonly #findings = new Findings();
  readonly #pages: CheckedPage[] = [];
  readonly #queue: { url: string; depth: number; page: string | undefined }[] = [];
  readonly #seen = new Set<string>();
  readonly #queries = new Map<string, number>();
  readonly #masks: MaskUse;
  #files = 0;
  #cutBy: CheckReport['cutBy'] = null;

  constructor(options: CrawlOptions) {
    this.#options = options;
    this.#masks = new MaskUse(options.site.options);
  }

  async run(): Promise<CheckReport> {
    const { site, limits } = this.#options;
    const end = performance.now() + limits.milliseconds;
    this.#queue.push({ url: site.start, depth: 0, page: undefined });
    this.#seen.add(site.start);
    while (this.#queue.length > 0 && this.#cutBy === null) {
      const some = this.#queue.splice(0, Math.min(AT_ONCE, limits.pages - this.#pages.length));
      if (some.length === 0) this.#cutBy = 'pages';
      else if (performance.now() > end || this.#options.signal.aborted) this.#cutBy = 'time';
      else await Promise.all(some.map((one) => this.#page(one.url, one.depth, one.page)));
    }
    this.#masks.report(this.#findings);
    return {
      site: site.id,
      start: site.start,
      pages: this.#pages,
      hosts: this.#findings.hosts,
      findings: this.#findings.findings,
      cutBy: this.#cutBy,
      snippet: snippetFor(site, this.#findings.hosts),
    };
  }

  async #page(url: string, depth: number, from: string | undefined): Promise<void> {
    const answer = await this.#fetch(url, 'iframe', from);
    if (!answer) {
      this.#pages.push({ url, status: 0 });
      this.#findings.add('page-error', 'no answer', url);
      return;
    }
    const { status, refused } = answer;
    this.#pages.push({ url, status, ...(refused === undefined ? {} : { refused }) });
    const { panel, site } = this.#options;
    if (answer.upstream)
      checkHeaders(answer.upstream, url, this.#findings, panel, site.handover?.cookies ?? []);
    if (refused === 'address-outside' && answer.upstream?.location !== undefined) {
      const to = URL.parse(answer.upstream.location, url);
      if (to) this.#refer({ url: to.href, kind: 'navigation' }, url);
      this.#findings.add('redirect-off-list', to?.origin ?? answer.upstream.location, url);
      return;
    }
    if (answer.location !== undefined) {
      this.#follow(answer.location, url, depth);
      return;
    }
    if (status >= 400) this.#findings.add('page-error', refused ?? String(status), url);
    if (status >= 400 || !/^(?:text\/html|application\/xhtml\+xml)\b/i.test(answer.type)) return;
    const at = this.#options.session.addresses.toSession(url, 'https') ?? url;
    const page = readPage(answer.text, at);
    checkPage(page, this.#real(page.refresh), url, this.#findings, this.#listed);
    this.#masks.see(page.$, url);
    for (const script of page.scripts)
      checkScript(script, url, this.#findings, this.#options.session.addresses);
    await this.#readReferences(page, url, depth);
  }

  async #readReferences(page: ReadPage, url: string, depth: number): Promise<void> {
    const files: Promise<void>[] = [];
    for (const reference of page.references) {
      const real = this.#refer(reference, url);
      if (real !== undefined && (reference.kind === 'script' || reference.kind === 'style'))
        files.push(this.#file(real, reference.kind, url));
    }
    for (const link of page.links) this.#follow(this.#real(link) ?? link, url, depth + 1);
    await Promise.all(files);
  }

  /** What a listed script or style sheet itself names. */
  async #file(url: string, kind: 'script' | 'style', page: string): Promise<void> {
    const bare = url.split('#', 1)[0]!;
    if (this.#seen.has(bare) || this.#files >= MAX_FILES) return;
    this.#seen.add(bare);
    this.#files++;
    const answer = await this.#fetch(bare, kind, page);
    if (answer?.status !== 200) return;
    if (kind === 'script') {
      checkScript(answer.text, page, this.#findings, this.#options.session.addresses);
      return;
    }
    const at = this.#options.session.addresses.toSession(bare, 'https') ?? bare;
    for (const reference of readStyle(answer.text, at)) this.#refer(reference, page);
  }

  /** Counts the host of a reference. @returns the real address where it is listed */
  #refer({ url, kind }: Reference, page: string): string | undefined {
    const real = this.#real(url) ?? url;
    const parsed = URL.parse(real.replace(/^ws/, 'http'));
    const origin = parsed && parseOrigin(parsed.origin);
    if (!origin) return undefined;
    const listed = this.#listed(real);
    this.#findings.host(formatOrigin(origin), listed, kind, page);
    if (listed === 'resources' && kind === 'frame') this.#findings.add('resource-shown', parsed.origin, page);
    if (page.startsWith('https:') && /^(?:http|ws):/.test(real) && kind !== 'navigation')
      this.#findings.add('mixed-content', parsed.origin, page);
    return listed === 'no' ? undefined : real;
  }

  readonly #listed = (url: string): Listed => {
    const parsed = URL.parse(url.replace(/^ws/, 'http'));
    const origin = parsed && parseOrigin(parsed.origin);
    const kind = origin && findEntry(this.#options.site, origin)?.kind;
    return kind === undefined ? 'no' : kind === 'domain' ? 'domains' : 'resources';
  };

  #real(url: string | undefined): string | undefined {
    return url === undefined ? undefined : (this.#options.session.addresses.toUpstream(url) ?? url);
  }

  #follow(url: string, page: string, depth: number): void {
    const bare = url.split('#', 1)[0]!;
    const parsed = URL.parse(bare);
    if (!parsed || depth > this.#options.limits.depth || this.#seen.has(bare)) return;
    if (this.#listed(bare) !== 'domains' || NOT_A_PAGE.test(parsed.pathname)) return;
    if (HARMFUL.test(parsed.pathname + parsed.search)) return;
    const path = parsed.origin + parsed.pathname;
    const queries = this.#queries.get(path) ?? 0;
    if (queries >= MAX_QUERIES) return;
    this.#queries.set(path, queries + 1);
    this.#seen.add(bare);
    this.#queue.push({ url: bare, depth, page });
  }

  async #fetch(
    url: string,
    dest: 'iframe' | 'script' | 'style',
    page?: string,
  ): Promise<Fetched | undefined> {
    try {
      return await this.#options.session.fetch(url, dest, page);
    } catch {
      // Our own time is up, or the connection broke: the page is said to give no answer.
      return undefined;
    }
  }
}
