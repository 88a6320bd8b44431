// Request bodies that do not move: who sends less than a kilobyte a second holds a connection for nothing (security.md 2.7).
import type { IncomingMessage, ServerResponse } from 'node:http';

const BYTES = 30 * 1_024;
const WITHIN = 30_000;
const LOOK_EVERY = 1_000;

interface Body {
  res: ServerResponse;
  /** Bytes that the connection had brought at `at`. */
  from: number;
  at: number;
}

export class SlowBodies {
  readonly #bytes: number;
  readonly #within: number;
  readonly #now: () => number;
  readonly #watched = new Map<IncomingMessage, Body>();
  readonly #timer: NodeJS.Timeout;

  /** @param options so many bytes must come within so many ms, again and again until the body is there */
  constructor(options: { bytes?: number; within?: number; now?: () => number } = {}) {
    this.#bytes = options.bytes ?? BYTES;
    this.#within = options.within ?? WITHIN;
    this.#now = options.now ?? (() => performance.now());
    this.#timer = setInterval(() => this.look(), LOOK_EVERY).unref();
  }

  /** Watches the body of a request, if it has one. */
  watch(req: IncomingMessage, res: ServerResponse): void {
    const { 'content-length': length, 'transfer-encoding': coding } = req.headers;
    if (coding === undefined && (length === undefined || length === '0')) return;
    this.#watched.set(req, { res, from: req.socket.bytesRead, at: this.#now() });
    const done = () => this.#watched.delete(req);
    req.on('end', done);
    req.on('close', done);
  }

  /** Answers 408 to those that were too slow. */
  look(): void {
    const now = this.#now();
    for (const [req, body] of this.#watched) {
      if (now - body.at < this.#within) continue;
      const { bytesRead } = req.socket;
      // What waits here was sent in time: an upstream that does not take it holds it up, and has limits of its own.
      const ours = req.readableLength > 0;
      if (ours || bytesRead - body.from >= this.#bytes) {
        body.from = bytesRead;
        body.at = now;
        continue;
      }
      this.#watched.delete(req);
      refuse(req, body.res);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function refuse(req: IncomingMessage, res: ServerResponse): void {
  if (res.headersSent) {
    req.socket.destroy();
    return;
  }
  res.writeHead(408, { Connection: 'close', 'Content-Length': '0' });
  res.end(() => req.socket.destroy());
}
