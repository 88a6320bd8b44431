// Listeners of one kind of change: who asked is told, and a listener that fails does not silence the others.

export class Emitter<Change> {
  readonly #listeners = new Set<(change: Change) => void>();

  /** @returns what takes the listener off again */
  on(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(change: Change): void {
    // A copy: a listener may take itself or others off while it is told.
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        // It must not stop the end of a session half-way, nor the process: said aloud, and on.
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }
}
