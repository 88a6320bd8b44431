// Events of the page as the recorder hears them: on the document and every shadow root, before the page's own listeners.

/** Listens on each root that it is given, until it is stopped. */
export interface RootEvents {
  root(root: Document | ShadowRoot): void;
  stop(): void;
}

/** Capturing, because many of these events do not bubble and a page may stop the others; passive, so that nothing waits for us. */
export function listenOnRoots(types: readonly string[], heard: (event: Event) => void): RootEvents {
  const listening: (Document | ShadowRoot)[] = [];
  return {
    root(root) {
      listening.push(root);
      for (const type of types) root.addEventListener(type, heard, { capture: true, passive: true });
    },
    stop() {
      for (const root of listening)
        for (const type of types) root.removeEventListener(type, heard, { capture: true });
    },
  };
}
