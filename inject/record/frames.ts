// Child frames: which iframe element holds the document that said hello with a nonce.
import type { Observer, Recording } from './recording.ts';

export interface Frames extends Observer {
  /** Ties the document that said hello to its element. */
  pair(iframe: Element, nonce: string): void;
}

export function startFramesOf(recording: Recording): Frames {
  const nonces = new WeakMap<Element, string>();
  const tell = (iframe: Element): void =>
    recording.say(`frame ${recording.idOf(iframe)}`, () => {
      const id = recording.idOf(iframe);
      const nonce = nonces.get(iframe);
      return id > 0 && nonce !== undefined ? ['frame', id, nonce] : undefined;
    });
  return {
    pair(iframe, nonce) {
      nonces.set(iframe, nonce);
      const { framed } = recording.rows;
      if (recording.dom.localName(iframe) === 'object' && !framed.has(iframe)) {
        framed.add(iframe);
        recording.renew(iframe);
        return;
      }
      // Its own row may not have gone out yet; then it is said when that does.
      if (recording.idOf(iframe) > 0) tell(iframe);
    },
    tags: /^i?frame$/,
    element(element, _tag, known) {
      if (nonces.has(element)) {
        const nonce = nonces.get(element)!;
        recording.say(`frame ${known.id}`, () =>
          recording.tree.find(known.id) === known ? ['frame', known.id, nonce] : undefined,
        );
      }
    },
  };
}
