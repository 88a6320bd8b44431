// Scripts and style sheets in which a rewriter found nothing to change: known by their digest, they pass as the upstream sent them.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { AddressTable } from '../../protocol/address.ts';
import type { Place } from './locate.ts';

/** Larger bodies, as sent, are not held back until their digest is known. */
const MOST_BYTES = 512 * 1024;
/** Digests that are remembered, of all sessions. */
const MAX_KNOWN = 5_000;

interface Known {
  digest: string;
  /** Bytes as sent. */
  length: number;
}

/** A body that is known, or the stream of one that must be looked through. */
export type Met =
  | { body: Buffer }
  | {
      stream: Readable;
      /** To be called at the body's end. @param changed whether anything was changed in it */
      learn(changed: boolean): void;
    };

/**
 * Bodies are told apart by their bytes alone: an upstream's validator may be wrong, and one changed address that is missed would lead
 * out of the session. So a body with a known name is held until all of it is there; a browser runs none before that either.
 */
export class UnchangedBodies {
  /** By name; `changed`: there was something, so its digest is of no use, until it is forgotten here. */
  readonly #known = new Map<string, Known | 'changed'>();

  /**
   * @param name of {@link nameBody}
   * @param response as the upstream sent it; errors of it are thrown, or come out of the stream
   */
  async meet(name: string, response: Readable): Promise<Met> {
    const known = this.#known.get(name);
    if (known === 'changed') return { stream: response, learn: () => {} };
    const hash = createHash('sha256');
    let length = 0;
    let ended = false;
    async function* pass(): AsyncGenerator<Buffer, void> {
      for await (const part of response) {
        const chunk = part as Buffer;
        length += chunk.length;
        if (length <= MOST_BYTES) hash.update(chunk);
        yield chunk;
      }
      ended = true;
    }
    const chunks = pass();
    const held: Buffer[] = [];
    while (known && !ended && length <= known.length) {
      const { value } = await chunks.next();
      if (value) held.push(value);
    }
    const digest = known && ended ? hash.digest('base64') : undefined;
    if (known && digest === known.digest) {
      this.#remember(name, known);
      return { body: Buffer.concat(held, length) };
    }
    async function* all(): AsyncGenerator<Buffer, void> {
      yield* held;
      yield* chunks;
    }
    return {
      stream: Readable.from(all(), { objectMode: false }),
      learn: (changed) => {
        if (changed) this.#remember(name, 'changed');
        else if (ended && length <= MOST_BYTES)
          this.#remember(name, { digest: digest ?? hash.digest('base64'), length });
      },
    };
  }

  #remember(name: string, known: Known | 'changed'): void {
    this.#known.delete(name);
    this.#known.set(name, known);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
  }
}

const listed = new WeakMap<AddressTable, string>();

/** Of a body, with all that decides what would be changed in it. Nothing of the session: what one learned, others use. */
export function nameBody(
  kind: 'script' | 'css',
  { session, upstream, url, addresses: { table } }: Place,
): string {
  let hosts = listed.get(table);
  if (hosts === undefined) {
    hosts = JSON.stringify([table.hosts.map(([origin]) => origin), table.wild]);
    listed.set(table, hosts);
  }
  const { keepLiterals, realHosts } = session.site.options;
  return createHash('sha256')
    .update(JSON.stringify([kind, url, upstream.scheme, hosts, keepLiterals, realHosts === true]))
    .digest('base64');
}
