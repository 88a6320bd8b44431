// One WebSocket of one person: decoded messages in, JSON and bytes out, with its limits, its heartbeat and its end.
import { WebSocket } from 'ws';
import { CLOSE } from '../../protocol/close-codes.ts';
import { type Decoder, decodeJson, Malformed } from '../../protocol/schema.ts';
import { asRefused } from '../errors.ts';
import type { Log } from '../log.ts';
import { Rate } from '../rate.ts';

/** The first message must have come by then, ms. */
const HELLO_WITHIN = 5_000;
/** Messages of any kind: more than any window of ours sends; pointer, input and ping together stay below half. */
const MESSAGES_PER_SECOND = 400;
/** Control frames (ping, pong) of the other side: browsers send none of their own accord. */
const PINGS_PER_SECOND = 10;
/** A half-open connection is noticed after so many unanswered heartbeats. */
const MISSED_BEATS = 2;
/** A reader that takes nothing for so long is let go, ms. */
export const STALLED_AFTER = 30_000;

export interface ConnectionOptions<Request extends { type: string }> {
  decoder: Decoder<Request>;
  /** ms between heartbeats. */
  heartbeat: number;
  /** Called for each message; what it throws closes the connection. */
  onRequest: (request: Request) => void;
  /** Binary messages; without it they are refused. */
  onBytes?: (bytes: Buffer) => void;
  onClose?: () => void;
  log: Log;
}

/** Until {@link greeted} is called, only five seconds are given. */
export class Connection<Event extends { type: string }, Request extends { type: string } = { type: string }> {
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions<Request>;
  readonly #messages = new Rate(MESSAGES_PER_SECOND, 2 * MESSAGES_PER_SECOND);
  readonly #pings = new Rate(PINGS_PER_SECOND, 2 * PINGS_PER_SECOND);
  readonly #hello: NodeJS.Timeout;
  readonly #beat: NodeJS.Timeout;
  #missed = 0;
  #backlog = 0;
  #stalledSince = 0;
  #closed = false;

  constructor(socket: WebSocket, options: ConnectionOptions<Request>) {
    this.#socket = socket;
    this.#options = options;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary));
    socket.on('pong', () => {
      this.#missed = 0;
    });
    socket.on('ping', () => {
      if (!this.#pings.take()) this.close(CLOSE.policy);
    });
    // ws has sent its own close code (1002, 1007, 1009) by then; there is nothing to add.
    socket.on('error', (error) => options.log.debug({ err: error }, 'socket error'));
    socket.on('close', () => this.#ended());
    this.#hello = setTimeout(() => this.close(CLOSE.unauthenticated), HELLO_WITHIN).unref();
    this.#beat = setInterval(() => this.#heartbeat(), options.heartbeat).unref();
  }

  /** The other side has said who it is. */
  greeted(): void {
    clearTimeout(this.#hello);
  }

  get open(): boolean {
    return !this.#closed && this.#socket.readyState === WebSocket.OPEN;
  }

  /** Bytes that were sent and are not yet taken by the network. */
  get unsent(): number {
    return this.#socket.bufferedAmount;
  }

  send(event: Event): void {
    if (this.open) this.#socket.send(JSON.stringify(event));
  }

  /** Sends what may be lost: nothing is queued behind a slow reader. */
  sendLossy(event: Event): void {
    if (this.unsent < 64 * 1_024) this.send(event);
  }

  /** @param sent called when the network has taken them */
  sendBytes(bytes: Uint8Array, sent: () => void): void {
    if (this.open) this.#socket.send(bytes, { binary: true }, sent);
  }

  /** Stops reading: the other side feels it by TCP's own means. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends it with a code of protocol/close-codes.ts. */
  close(code: number, reason = ''): void {
    if (this.#closed) return;
    this.#socket.close(code, reason);
    // A peer that does not answer the close frame must not keep the socket (and the gateway's end) open.
    setTimeout(() => this.#socket.terminate(), 1_000).unref();
    this.#ended();
  }

  #ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#hello);
    clearInterval(this.#beat);
    this.#options.onClose?.();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#closed) return;
    try {
      if (isBinary) {
        // The leader's facts are held back by byte credit, not by count.
        if (!this.#options.onBytes) throw new Malformed('', 'text');
        this.#options.onBytes(data);
        return;
      }
      if (!this.#messages.take()) {
        this.close(CLOSE.policy, 'too-fast');
        return;
      }
      this.#options.onRequest(decodeJson(this.#options.decoder, data.toString('utf8')));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Does what belongs to a message but comes later; what it throws closes the connection, as it does in `onRequest`. */
  attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (error instanceof Malformed) {
      this.#options.log.info({ audit: 'malformed', at: error.path });
      this.close(CLOSE.malformed, 'malformed');
      return;
    }
    const refused = asRefused(error);
    if (refused.reason === 'internal') this.#options.log.error({ err: refused.cause }, 'message failed');
    this.close(refused.close, refused.reason);
  }

  #heartbeat(): void {
    const now = performance.now();
    const unsent = this.unsent;
    if (unsent === 0 || unsent < this.#backlog) this.#stalledSince = 0;
    else this.#stalledSince ||= now;
    this.#backlog = unsent;
    if (this.#stalledSince && now - this.#stalledSince > STALLED_AFTER) {
      this.close(CLOSE.tooSlow);
      return;
    }
    // Our ping waits behind what a slow reader has not taken yet, and while we do not read we hear no answer.
    if (unsent > 0 || this.#socket.isPaused) this.#missed = 0;
    if (this.#missed >= MISSED_BEATS) {
      this.#socket.terminate();
      this.#ended();
      return;
    }
    this.#missed++;
    if (this.open) this.#socket.ping();
  }
}
