// The port to the shell: the hello, and both directions of messages. Our own messages between frames are kept from the page.
import { FRAME_HELLO, type FromPage, PAGE_HELLO, type ToPage } from '../protocol/ports.ts';
import type { Realm } from './realm.ts';

/** An open port. */
export interface PagePort {
  /** One-time name of this document, by which its parent's recorder ties it to an iframe. */
  readonly nonce: string;
  send(message: FromPage): void;
  close(): void;
}

/**
 * Says hello to the shell, and to the parent document if that is one of the site's. The page may read and forge all of this:
 * the port carries nothing that is secret, and the shell and the gateway check what comes.
 * @param inner the document has no script of its own: its parent's script speaks for it, so the browser names the parent as
 *   the hello's source
 */
export function openPort(realm: Realm, hear: (message: ToPage) => void, inner = false): PagePort {
  const { window, natives, config } = realm;
  const nonce = natives.random();
  const { port1, port2 } = new natives.MessageChannel();
  natives.listen(port1, 'message', (event: Event) => hear((event as MessageEvent).data as ToPage));
  port1.start();
  if (natives.top !== window)
    natives.top.postMessage({ tandem: PAGE_HELLO, nonce, ...(inner ? { inner } : {}) }, config.shell, [
      port2,
    ]);
  if (!inner && !realm.isTop) {
    const parent = window.location.ancestorOrigins?.[0];
    // a sandboxed parent has no origin to address; it is not shared either
    if (parent !== undefined && parent !== 'null')
      natives.postTo(natives.parent, { tandem: FRAME_HELLO, nonce }, parent);
  }
  return {
    nonce,
    send: (message) => natives.post(port1, message),
    close: () => port1.close(),
  };
}

/** Hears the hellos of child documents; registered before any listener of the page, which never sees them. */
export function hearFrames(realm: Realm, pair: (source: Window, nonce: string) => void): void {
  const { natives } = realm;
  realm.listen(realm.window, 'message', (event) => {
    const { data, source } = event as MessageEvent<{ tandem?: unknown; nonce?: unknown } | null>;
    if (typeof data !== 'object' || data === null || data.tandem !== FRAME_HELLO) return;
    natives.stopImmediate(event);
    if (typeof data.nonce === 'string' && data.nonce.length <= 64 && source)
      pair(source as Window, data.nonce);
  });
}
