// Images, style sheets, fonts and media of a session under unguessable ids: followers load them from the view host, never from a page host.
import { createHmac, randomBytes } from 'node:crypto';
import { type Addresses, parseOrigin } from '../../protocol/address.ts';
import { sniffType } from './sniff.ts';

/** Bytes kept for followers, of all resources and of one. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;
const MAX_ONE_BYTES = 2 * 1024 * 1024;
/** Bytes that pages made themselves, of all and of one: nobody could give them again, so they have a budget of their own. */
const MAX_OWN_BYTES = 16 * 1024 * 1024;
const MAX_ONE_OWN_BYTES = 2 * 1024 * 1024;
/** How long a follower waits for bytes that were named but have not come whole, ms. */
const OWN_WAIT = 10_000;
/** Followers' requests that wait at one time. */
const MAX_WAITING = 500;
/** Ids of a session; a page that makes more has the oldest forgotten. */
const MAX_IDS = 20_000;

export interface KeptBytes {
  /** Content type, as the upstream said. */
  type: string;
  body: Buffer;
}

export interface Resource {
  /** Absolute, of the upstream; the page's own name for bytes that it made itself, which no upstream has. */
  url: string;
  own: boolean;
  kept?: KeptBytes;
}

/** Addresses of one document as followers may load them. */
export interface ResourceIds {
  /** Undefined for what followers may not load. */
  idOf(url: string): string | undefined;
  upstreamUrl(url: string): string | undefined;
}

/** Names of bytes that a page made: its `blob:` addresses, and the recorder's names for canvases and fonts. */
const OWN_NAME = /^(?:blob|tandem):/i;
/** Pictures of one canvas are numbered; all but the last two are of no use. */
const SERIES = /^(tandem:.*\.)(\d+)$/;

/** What a follower may load by content type; SVG is an image, its script cannot run there. */
const TYPES =
  /^(?:image\/(?:png|jpe?g|gif|webp|avif|bmp|svg\+xml|x-icon|vnd\.microsoft\.icon|apng)|text\/css|font\/[\w.+-]+|application\/(?:x-)?font-[\w.+-]+|application\/vnd\.ms-fontobject|(?:video|audio)\/[\w.+-]+)\s*(?:;|$)/i;

/** Whether a content type is one of image, style, font or media. */
export function isResourceType(type: string): boolean {
  return TYPES.test(type.trim());
}

export class Resources {
  readonly #addresses: Addresses;
  readonly #secret = randomBytes(32);
  readonly #byId = new Map<string, string>();
  readonly #idByUrl = new Map<string, string>();
  /** In order of use, the longest unused first. */
  readonly #kept = new Map<string, KeptBytes & { length: number }>();
  #keptBytes = 0;
  /** By id. Undefined: came, and was refused. */
  readonly #own = new Map<string, { frame: number; kept: KeptBytes | undefined }>();
  #ownBytes = 0;
  readonly #waiting = new Set<{ id: string; done: (kept: KeptBytes | undefined) => void }>();

  constructor(options: { addresses: Addresses }) {
    this.#addresses = options.addresses;
  }

  /**
   * The path `/r/<id>` under which followers may load a URL (session address or upstream's); undefined for one that is
   * not of a listed host.
   */
  idOf(url: string): string | undefined {
    const upstream = this.upstreamUrl(url);
    if (upstream === undefined) return undefined;
    return this.#pathOf(upstream);
  }

  #hash(text: string): string {
    return createHmac('sha256', this.#secret).update(text).digest('base64url').slice(0, 22);
  }

  #pathOf(upstream: string): string {
    let id = this.#idByUrl.get(upstream);
    if (id === undefined) {
      id = this.#hash(upstream);
      if (this.#byId.size >= MAX_IDS) {
        const [oldest, its] = this.#byId.entries().next().value!;
        this.#byId.delete(oldest);
        this.#idByUrl.delete(its);
      }
      this.#byId.set(id, upstream);
      this.#idByUrl.set(upstream, id);
    }
    return `/r/${id}`;
  }

  /** The upstream's URL without fragment; undefined where the host is not listed in this session. */
  upstreamUrl(url: string): string | undefined {
    const cut = url.indexOf('#');
    const bare = cut < 0 ? url : url.slice(0, cut);
    const mapped = this.#addresses.toUpstream(bare) ?? bare;
    let parsed: URL;
    try {
      parsed = new URL(mapped);
    } catch {
      return undefined;
    }
    if ((parsed.protocol !== 'http:' && parsed.protocol !== 'https:') || parsed.username || parsed.password)
      return undefined;
    const origin = parseOrigin(parsed.origin);
    return origin && this.#addresses.kindOf(origin) !== undefined ? parsed.href : undefined;
  }

  find(id: string): Resource | undefined {
    const url = this.#byId.get(id);
    if (url === undefined) return undefined;
    if (url.startsWith(OWN)) {
      const kept = this.#own.get(id)?.kept;
      return { url, own: true, ...(kept ? { kept } : {}) };
    }
    const kept = this.#kept.get(url);
    if (!kept) return { url, own: false };
    this.#kept.delete(url);
    this.#kept.set(url, kept);
    return { url, own: false, kept };
  }

  /** The addresses of one document: `blob:` ones are its own, those of other documents are not within its reach. */
  ofFrame(frame: number): ResourceIds {
    return {
      idOf: (url) => (OWN_NAME.test(url) ? this.#pathOf(ownKey(frame, url)) : this.idOf(url)),
      upstreamUrl: (url) => this.upstreamUrl(url),
    };
  }

  /** Keeps bytes that a page made. What is neither picture nor font, or too large, is refused, and nobody waits for it. */
  keepOwn(frame: number, name: string, body: Buffer): void {
    const id = this.#hash(ownKey(frame, name));
    this.#dropOwn(id);
    const type = body.length > MAX_ONE_OWN_BYTES ? undefined : sniffType(body);
    const kept = type === undefined ? undefined : { type, body };
    this.#own.set(id, { frame, kept });
    this.#ownBytes += kept?.body.length ?? 0;
    const [, series, number] = SERIES.exec(name) ?? [];
    if (series !== undefined) this.#dropOwn(this.#hash(ownKey(frame, `${series}${Number(number) - 2}`)));
    for (const oldest of this.#own.keys()) {
      if (this.#ownBytes <= MAX_OWN_BYTES && this.#own.size <= MAX_IDS) break;
      this.#dropOwn(oldest);
    }
    for (const waiting of this.#waiting) if (waiting.id === id) waiting.done(kept);
  }

  /** Bytes that a page named and is about to send; undefined when they do not come, or are refused. */
  async waitForOwn(id: string): Promise<KeptBytes | undefined> {
    const present = this.#own.get(id);
    if (present) return present.kept;
    if (this.#waiting.size >= MAX_WAITING) return undefined;
    return await new Promise((resolve) => {
      const waiting = {
        id,
        done: (kept: KeptBytes | undefined) => {
          clearTimeout(timer);
          this.#waiting.delete(waiting);
          resolve(kept);
        },
      };
      const timer = setTimeout(() => waiting.done(undefined), OWN_WAIT).unref();
      this.#waiting.add(waiting);
    });
  }

  /** A document is gone: what it made goes with it. */
  forgetFrame(frame: number): void {
    for (const [id, own] of this.#own) if (own.frame === frame) this.#dropOwn(id);
  }

  #dropOwn(id: string): void {
    this.#ownBytes -= this.#own.get(id)?.kept?.body.length ?? 0;
    this.#own.delete(id);
  }

  /** Whether the proxy should keep a body that the leader gets. */
  wants(url: string, type: string): boolean {
    return isResourceType(type) && this.upstreamUrl(url) !== undefined;
  }

  /** What is kept of a URL, without a request of a follower. */
  keptOf(url: string): KeptBytes | undefined {
    const upstream = this.upstreamUrl(url);
    return upstream === undefined ? undefined : this.#kept.get(upstream);
  }

  /**
   * Keeps the bytes the leader got, as long as the budget lasts; the longest unused go first.
   * @param body its parts too: they are joined when a follower first asks, which for most is never
   */
  keep(url: string, type: string, body: Buffer | readonly Buffer[]): KeptBytes | undefined {
    const upstream = this.upstreamUrl(url);
    const kept = Buffer.isBuffer(body) ? { type, body, length: body.length } : new Parts(type, body);
    if (upstream === undefined || kept.length > MAX_ONE_BYTES || !isResourceType(type)) return undefined;
    this.#drop(upstream);
    this.#kept.set(upstream, kept);
    this.#keptBytes += kept.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= MAX_KEPT_BYTES) break;
      this.#drop(oldest);
    }
    return kept;
  }

  #drop(url: string): void {
    const kept = this.#kept.get(url);
    if (!kept) return;
    this.#keptBytes -= kept.length;
    this.#kept.delete(url);
  }

  /** Bytes held just now. */
  get bytes(): number {
    return this.#keptBytes + this.#ownBytes;
  }

  clear(): void {
    this.#byId.clear();
    this.#idByUrl.clear();
    this.#kept.clear();
    this.#keptBytes = 0;
    this.#own.clear();
    this.#ownBytes = 0;
    for (const waiting of this.#waiting) waiting.done(undefined);
  }
}

class Parts implements KeptBytes {
  readonly type: string;
  readonly length: number;
  #parts: readonly Buffer[];

  constructor(type: string, parts: readonly Buffer[]) {
    this.type = type;
    this.length = parts.reduce((sum, part) => sum + part.length, 0);
    this.#parts = parts;
  }

  get body(): Buffer {
    if (this.#parts.length !== 1) this.#parts = [Buffer.concat(this.#parts)];
    return this.#parts[0]!;
  }
}

const OWN = '\0';

/** No URL begins so. */
function ownKey(frame: number, name: string): string {
  return `${OWN}${frame} ${name}`;
}
