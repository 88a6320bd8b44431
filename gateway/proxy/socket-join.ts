// The two sides of a WebSocket, joined by the message rewriters: streamed, with back-pressure, and ended together.
import { randomBytes } from 'node:crypto';
import { type Duplex, pipeline, Transform } from 'node:stream';
import { findLiterals } from '../rewrite/literals.ts';
import { findSessionAddresses } from '../rewrite/reverse.ts';
import { FrameError, SocketMessages } from '../rewrite/socket-messages.ts';
import { StreamingEdits } from '../rewrite/splice.ts';
import type { Place } from './locate.ts';

/**
 * Takes the plain pipes between the two away and puts mapped ones in their place: texts of the browser reach the upstream
 * with real addresses, those of the upstream reach the browser with session addresses.
 */
export function joinSockets(
  browser: Duplex,
  upstream: Duplex,
  { addresses, session, upstream: { scheme } }: Place,
): void {
  browser.unpipe(upstream);
  upstream.unpipe(browser);
  const back = findSessionAddresses(addresses);
  const inwards = findLiterals({
    addresses,
    scheme,
    bareHosts: false,
    keep: session.site.options.keepLiterals,
  });
  const newKey = () => randomBytes(4);
  const up = new SocketMessages({ masked: true, newKey, rewriter: () => new StreamingEdits(back) });
  const down = new SocketMessages({ masked: false, newKey, rewriter: () => new StreamingEdits(inwards) });
  const over = () => {
    // An error has destroyed both already; the end of one side is for the other to answer.
  };
  // Each is the end of one and the beginning of the other, which is more than ten listeners on a TLS socket.
  for (const socket of [browser, upstream]) socket.setMaxListeners(20);
  pipeline(browser, new Mapped(up, browser), upstream, over);
  pipeline(upstream, new Mapped(down, upstream), browser, over);
}

class Mapped extends Transform {
  readonly #messages: SocketMessages;
  readonly #source: Duplex;

  constructor(messages: SocketMessages, source: Duplex) {
    super();
    this.#messages = messages;
    this.#source = source;
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    try {
      for (const bytes of this.#messages.write(chunk)) this.push(bytes);
      done();
    } catch (error) {
      if (!(error instanceof FrameError)) {
        done(error as Error);
        return;
      }
      // The other side is told why; nothing more is taken from this one.
      this.push(this.#messages.closing(error.code));
      this.push(null);
      this.#source.pause();
      setImmediate(() => this.#source.destroy());
    }
  }
}
