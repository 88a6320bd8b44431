// One WebSocket that comes back: backoff with full jitter, half-open detection, and an end where coming back makes no sense.
import { CLOSE } from '../protocol/close-codes.ts';

export type LinkStatus = 'connecting' | 'open' | 'reconnecting' | 'closed';

interface LiveSocketOptions {
  url: string;
  /**
   * Runs before each connection (fresh credentials) and yields its first message, if there is one.
   * What it throws ends or delays the next attempt: see `mayRetry`.
   */
  hello: () => Promise<string | undefined>;
  /** Whether an error of `hello` is worth another attempt. */
  mayRetry: (error: unknown) => boolean;
  onText: (json: string) => void;
  onBinary?: (bytes: ArrayBuffer) => void;
  /** `error` is what `hello` threw, `code` the close code: when the other side closed the link for good. Not called by `stop`. */
  onStatus: (status: LinkStatus, why: { code?: number; error?: unknown }) => void;
  /** Sent every `PULSE_MS`; any answer counts as a sign of life. Absent: no half-open detection. */
  pulse?: () => string;
}

export interface LiveSocket {
  /** False when it could not be sent because the link is down. */
  send(message: string | Uint8Array<ArrayBuffer>): boolean;
  stop(): void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const PULSE_MS = 2_000;
/** Silence after which a link counts as dead although nobody closed it. */
const SILENCE_MS = 6_500;

/** Close codes after which the same credentials will not do. */
const FINAL: ReadonlySet<number> = new Set([
  CLOSE.done,
  CLOSE.malformed,
  CLOSE.forbidden,
  CLOSE.replaced,
  CLOSE.ended,
]);

export function startLiveSocket(options: LiveSocketOptions): LiveSocket {
  let socket: WebSocket | undefined;
  let stopped = false;
  let attempts = 0;
  let refusedLogins = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let heardAt = 0;

  const release = (): void => {
    stopped = true;
    clearTimeout(timer);
    clearInterval(beat);
    removeEventListener('online', wake);
    removeEventListener('offline', lose);
  };
  const end = (why: { code?: number; error?: unknown }): void => {
    release();
    options.onStatus('closed', why);
  };

  const retry = (): void => {
    if (stopped) return;
    options.onStatus('reconnecting', {});
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempts++);
    clearTimeout(timer);
    timer = setTimeout(connect, Math.random() * longest);
  };

  async function connect(): Promise<void> {
    let first: string | undefined;
    try {
      first = await options.hello();
    } catch (error) {
      if (stopped) return;
      if (options.mayRetry(error)) retry();
      else end({ error });
      return;
    }
    if (stopped) return;
    const opened = new WebSocket(options.url);
    opened.binaryType = 'arraybuffer';
    socket = opened;
    opened.onopen = () => {
      heardAt = performance.now();
      if (first !== undefined) opened.send(first);
    };
    opened.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      heardAt = performance.now();
      if (attempts > 0 || refusedLogins > 0) {
        attempts = 0;
        refusedLogins = 0;
      }
      if (typeof data === 'string') options.onText(data);
      else options.onBinary?.(data);
    };
    opened.onclose = ({ code }) => {
      if (socket !== opened) return;
      socket = undefined;
      if (stopped) return;
      // A nonce may have grown old: one fresh one is worth a try, a second refusal is meant.
      if (FINAL.has(code) || (code === CLOSE.unauthenticated && ++refusedLogins > 1)) end({ code });
      else retry();
    };
  }

  function wake(): void {
    if (socket || stopped) return;
    clearTimeout(timer);
    void connect();
  }

  /** Nobody will close this link any more, nor say that it is gone. */
  function lose(): void {
    const dead = socket;
    if (!dead) return;
    socket = undefined;
    dead.close();
    retry();
  }

  const beat = setInterval(() => {
    if (socket?.readyState !== WebSocket.OPEN || !options.pulse) return;
    // Timers of hidden pages are slowed down: silence proves nothing there.
    if (!document.hidden && performance.now() - heardAt > SILENCE_MS) {
      lose();
      return;
    }
    socket.send(options.pulse());
  }, PULSE_MS);
  addEventListener('online', wake);
  // Without a network the browser says so at once; silence would tell it seconds later.
  addEventListener('offline', lose);
  options.onStatus('connecting', {});
  void connect();

  return {
    send(message) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(message);
      return true;
    },
    stop() {
      if (stopped) return;
      release();
      const open = socket;
      socket = undefined;
      open?.close(CLOSE.done);
    },
  };
}
