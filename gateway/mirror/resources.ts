// Images, style sheets, fonts and media of a session under unguessable ids: followers load them from the view host, never from a page host.
import { createHmac, randomBytes } from 'node:crypto';
import { type Addresses, parseOrigin } from '../../protocol/address.ts';

/** Bytes kept for followers, of all resources and of one. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;
const MAX_ONE_BYTES = 2 * 1024 * 1024;
/** Ids of a session; a page that makes more has the oldest forgotten. */
const MAX_IDS = 20_000;

export interface KeptBytes {
  /** Content type, as the upstream said. */
  type: string;
  body: Buffer;
}

export interface Resource {
  /** Absolute, of the upstream. */
  url: string;
  kept?: KeptBytes;
}

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
  readonly #kept = new Map<string, KeptBytes>();
  #keptBytes = 0;

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
    let id = this.#idByUrl.get(upstream);
    if (id === undefined) {
      id = createHmac('sha256', this.#secret).update(upstream).digest('base64url').slice(0, 22);
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
    const kept = this.#kept.get(url);
    if (!kept) return { url };
    this.#kept.delete(url);
    this.#kept.set(url, kept);
    return { url, kept };
  }

  /** Whether the proxy should keep a body that the leader gets. */
  wants(url: string, type: string): boolean {
    return isResourceType(type) && this.upstreamUrl(url) !== undefined;
  }

  /** Keeps the bytes the leader got, as long as the budget lasts; the longest unused go first. */
  keep(url: string, type: string, body: Buffer): void {
    const upstream = this.upstreamUrl(url);
    if (upstream === undefined || body.length > MAX_ONE_BYTES || !isResourceType(type)) return;
    this.#drop(upstream);
    this.#kept.set(upstream, { type, body });
    this.#keptBytes += body.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= MAX_KEPT_BYTES) break;
      this.#drop(oldest);
    }
  }

  #drop(url: string): void {
    const kept = this.#kept.get(url);
    if (!kept) return;
    this.#keptBytes -= kept.body.length;
    this.#kept.delete(url);
  }

  /** Bytes held just now. */
  get bytes(): number {
    return this.#keptBytes;
  }

  clear(): void {
    this.#byId.clear();
    this.#idByUrl.clear();
    this.#kept.clear();
    this.#keptBytes = 0;
  }
}
