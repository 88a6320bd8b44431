// What followers are told once it is quiet: digests of what has changed, so that drift, and what was lost last, is found although nothing
// more happens; and the state again, as followers who missed it would take an old page for what there is.

/** Said this long after a change, and once more: what was lost last is found by it, ms. */
const EVERY = 300;
const TIMES = 2;

export class QuietDigests {
  readonly #tellDigest: (frame: number) => void;
  readonly #tellState: () => void;
  /** How often the digest of a document is still to be told. */
  readonly #due = new Map<number, number>();
  #stateDue = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: {
    /** Tells the digest of a document, if that is still shown. */
    digest(frame: number): void;
    state(): void;
  }) {
    this.#tellDigest = deps.digest;
    this.#tellState = deps.state;
  }

  /** Followers were told something of a document. */
  changed(frame: number): void {
    this.#due.set(frame, TIMES);
    this.#soon();
  }

  /** Followers were told another state. */
  stateChanged(): void {
    this.#stateDue = TIMES;
    this.#soon();
  }

  /** All documents are gone. */
  forgetDocuments(): void {
    this.#due.clear();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.#tell(), EVERY).unref();
  }

  #tell(): void {
    this.#timer = undefined;
    if (this.#stateDue > 0) {
      this.#stateDue--;
      this.#tellState();
    }
    for (const [frame, times] of [...this.#due]) {
      this.#tellDigest(frame);
      if (times > 1) this.#due.set(frame, times - 1);
      else this.#due.delete(frame);
    }
    if (this.#due.size + this.#stateDue > 0) this.#soon();
  }
}
