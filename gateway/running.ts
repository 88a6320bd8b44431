// What is on its way for each session: answers and upgraded sockets of its page hosts, cut when the session ends.

interface Cuttable {
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

export class Running {
  readonly #bySid = new Map<string, Set<Cuttable>>();

  /** Remembered until it closes by itself. */
  add(sid: string, thing: Cuttable): void {
    let things = this.#bySid.get(sid);
    if (!things) {
      things = new Set();
      this.#bySid.set(sid, things);
    }
    const known = things;
    known.add(thing);
    thing.once('close', () => {
      known.delete(thing);
      if (known.size === 0 && this.#bySid.get(sid) === known) this.#bySid.delete(sid);
    });
  }

  /** Cuts everything of a session: a download or event stream must not outlive it. */
  cut(sid: string): void {
    for (const thing of [...(this.#bySid.get(sid) ?? [])]) thing.destroy();
    this.#bySid.delete(sid);
  }
}
