// What the proxy needs of its surroundings: a session, the operator's settings, sentences and limits; gateway.ts puts them together.
import type { IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';
import type { Addresses } from '../../protocol/address.ts';
import type { Carry } from '../../protocol/ports.ts';
import type { Reason } from '../../protocol/reasons.ts';
import type { ContentCoding } from '../content-coding.ts';
import type { Log } from '../log.ts';
import type { Jar } from '../session/jar.ts';
import type { Config, Site } from '../sites/config.ts';
import type { Places } from '../sites/places.ts';
import type { AgentOptions } from './agents.ts';
import type { NoteBlocked } from './blocked.ts';

/** A session as far as proxied traffic needs it. */
export interface ProxySession {
  readonly sid: string;
  readonly site: Site;
  readonly addresses: Addresses;
  readonly jar: Jar;
  readonly ended: boolean;
  /** Bytes that the leader got, for followers. */
  readonly resources: KeptResources;
  /** Whether this is the session's page pass; in constant time. */
  passIs(value: string): boolean;
  /** Whether the first document of this origin, the one of Start, is still to come. */
  carries?(origin: string): boolean;
  /** State carried over at Start, once, for the first document of the start origin. */
  takeCarry(origin: string): Carry | undefined;
}

export interface KeptResources {
  wants(url: string, type: string): boolean;
  /**
   * @param body decoded; whole, or in parts
   * @returns what was kept, if it was
   */
  keep(
    url: string,
    type: string,
    body: Buffer | readonly Buffer[],
  ): { type: string; body: Buffer } | undefined;
  keptOf(url: string): { type: string; body: Buffer } | undefined;
}

export interface ProxyDeps {
  registry: { readonly config: Pick<Config, 'upstreamHeader'> };
  places: Places;
  findSession(sid: string): ProxySession | undefined;
  log: Log;
  /** The script put first into every document. */
  assets: {
    readonly injectScript: { body: Buffer; hash: string; packed?: Record<ContentCoding, Buffer> };
  };
  sentence(reason: Reason, params?: Record<string, string>, acceptLanguage?: string): string;
  limits?: Partial<ProxyLimits>;
  /** Who vouches for upstreams; the public authorities where it says nothing. */
  authorities?: AgentOptions['authorities'];
  /** Sees the answer of an upstream as it came. @param url real URL that was asked for */
  observe?: (url: string, response: IncomingMessage) => void;
  /** Told of what was asked for and is not on the list; not more often than a session needs. */
  blocked?: NoteBlocked;
  /** Name resolution; `dns.lookup` unless a test gives its own. Its answers are filtered in any case. */
  lookup?: LookupFunction;
}

/** Milliseconds and bytes; the defaults are those of security.md 2.7. */
export interface ProxyLimits {
  connectMs: number;
  /** Until an answer begins, when the site has no `answerSeconds`. */
  firstByteMs: number;
  /** The same for what a script asks for: it may be a long poll, which the upstream answers when there is something to say. */
  heldMs: number;
  idleMs: number;
  requestBodyBytes: number;
  rewriteBytes: number;
  /** Decoded bytes for one encoded byte, from the first MiB on. */
  ratio: number;
  headerLines: number;
  /** Requests without a pass, per second and session. */
  anonymousPerSecond: number;
}

export const PROXY_LIMITS: ProxyLimits = {
  connectMs: 5_000,
  firstByteMs: 30_000,
  heldMs: 120_000,
  idleMs: 60_000,
  requestBodyBytes: 25 * 1024 * 1024,
  rewriteBytes: 16 * 1024 * 1024,
  ratio: 200,
  headerLines: 100,
  anonymousPerSecond: 100,
};

/** How long an upstream may take to begin its answer: a site that needs more for its reports than others says so. */
export function patience(
  { site }: ProxySession,
  destination: string | undefined,
  { firstByteMs, heldMs }: ProxyLimits,
): number {
  return Math.max(destination === 'empty' ? heldMs : firstByteMs, (site.options.answerSeconds ?? 0) * 1000);
}
