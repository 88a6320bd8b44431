// Text towards the browser: headers with the first of it, compressed as the upstream's body was, with back-pressure.
import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Refused } from '../errors.ts';
import { type Coding, createEncoder, type Encoder } from './codings.ts';

/** What was compressed is sent on when nothing more has come for so long, ms. */
const FLUSH_AFTER = 5;

export interface SinkOptions {
  status: number;
  /** Coding and length are written into them. */
  headers: OutgoingHttpHeaders;
}

/** Of one response; whoever ends it waits until all of it is out. */
export class Sink {
  readonly #response: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #options: SinkOptions;
  readonly #encoder: Encoder | undefined;
  encoding: 'latin1' | 'utf8' = 'latin1';
  #held = '';
  #flushTimer: NodeJS.Timeout | undefined;

  constructor(
    response: IncomingMessage,
    res: ServerResponse,
    options: SinkOptions,
    coding: Coding | undefined,
  ) {
    this.#response = response;
    this.#res = res;
    this.#options = options;
    this.#encoder = coding === undefined ? undefined : createEncoder(coding);
    if (coding !== undefined) options.headers['content-encoding'] = coding;
  }

  /** @param hold do not send it yet */
  async write(text: string, hold: boolean): Promise<void> {
    this.#held = this.#held === '' ? text : this.#held + text;
    if (hold || this.#held === '') return;
    const out = this.#held;
    this.#held = '';
    const first = this.#begin();
    const stream = this.#encoder?.stream ?? this.#res;
    const drained = stream.write(out, this.encoding);
    if (this.#encoder) this.#flushSoon(first);
    if (!drained && !this.#res.destroyed) await drainOrClose(stream, this.#res);
    if (this.#res.destroyed) throw new Refused('upstream-broken', {}, 'the browser has gone');
  }

  async end(text: string): Promise<void> {
    const out = this.#held + text;
    this.#held = '';
    clearTimeout(this.#flushTimer);
    if (!this.#res.headersSent && !this.#encoder) {
      this.#options.headers['content-length'] = Buffer.byteLength(out, this.encoding);
    }
    this.#begin();
    (this.#encoder?.stream ?? this.#res).end(out, this.encoding);
    await this.#out();
  }

  /** The whole body in the bytes that the upstream sent, still packed. */
  async endAsItCame(body: Buffer): Promise<void> {
    this.abort();
    const { status, headers } = this.#options;
    this.#res.statusMessage = this.#response.statusMessage ?? '';
    this.#res.writeHead(status, { ...headers, 'content-length': body.length });
    this.#res.end(body);
    await this.#out();
  }

  abort(): void {
    clearTimeout(this.#flushTimer);
    this.#encoder?.stream.destroy();
  }

  /** @returns whether the headers went out just now */
  #begin(): boolean {
    if (this.#res.headersSent) return false;
    const { status, headers } = this.#options;
    this.#res.statusMessage = this.#response.statusMessage ?? '';
    this.#res.writeHead(status, headers);
    this.#encoder?.stream.pipe(this.#res);
    return true;
  }

  async #out(): Promise<void> {
    if (!this.#res.writableFinished && !this.#res.destroyed) await once(this.#res, 'close');
  }

  #flushSoon(now: boolean): void {
    clearTimeout(this.#flushTimer);
    if (now) this.#encoder?.flush();
    else this.#flushTimer = setTimeout(() => this.#encoder?.flush(), FLUSH_AFTER);
  }
}

/** Waits until there is room again, or the browser has gone. */
export function drainOrClose(stream: NodeJS.WritableStream, res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      res.off('close', done);
      resolve();
    };
    stream.once('drain', done);
    res.once('close', done);
  });
}
