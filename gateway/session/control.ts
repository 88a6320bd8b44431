// Control: who may act on the page. Exactly one participant holds it at any time; the customer has it at the start.

/** What is kept of it. */
export interface ControlRecord {
  holder: string;
  epoch: number;
}

/** Where the holder is decided for all nodes: compare and set by epoch. */
export interface ControlStore {
  /** Writes `next` where what is kept is of the epoch `expect`. @returns undefined when it did, else what is kept instead */
  swap(expect: number, next: ControlRecord): Promise<ControlRecord | undefined>;
}

/** Attempts to write what takes control from a follower, for the case that others decide at the same time. */
const ATTEMPTS = 8;

/**
 * Each change of holder counts `epoch` up and names the epoch it was decided on, so that of two that cross each other only
 * the first one counts (compare and set). What gives control to a follower waits for the store; what takes it from him is in
 * force at once and written after: a store that is slow or away may keep an agent out, never in.
 */
export class Control {
  readonly customer: string;
  readonly #store: ControlStore | undefined;
  #holder: string;
  #epoch: number;
  /** Epoch of what the store has, as far as is known here. */
  #kept: number;
  /** Writes go one after the other. */
  #writing: Promise<void> = Promise.resolve();
  /** Givings that wait for the store. */
  #giving = 0;
  readonly #asking = new Set<string>();

  /**
   * @param customer pid of the customer, to whom control falls back
   * @param store without one, what is decided here counts
   */
  constructor(
    customer: string,
    kept: ControlRecord = { holder: customer, epoch: 1 },
    store?: ControlStore | undefined,
  ) {
    this.customer = customer;
    this.#store = store;
    this.#holder = kept.holder;
    this.#epoch = kept.epoch;
    this.#kept = kept.epoch;
  }

  get holder(): string {
    return this.#holder;
  }
  get epoch(): number {
    return this.#epoch;
  }
  get asking(): string[] {
    return [...this.#asking];
  }
  get record(): ControlRecord {
    return { holder: this.#holder, epoch: this.#epoch };
  }

  /** The one way control changes hands. @returns false when `expect` is no longer the epoch */
  change(expect: number, holder: string): boolean {
    if (expect !== this.#epoch) return false;
    this.#asking.delete(holder);
    if (holder === this.#holder) return true;
    this.#holder = holder;
    this.#epoch++;
    return true;
  }

  /** A wish for control. @returns false when he holds it or has asked already */
  ask(pid: string): boolean {
    if (pid === this.#holder || this.#asking.has(pid)) return false;
    this.#asking.add(pid);
    return true;
  }

  /** By the customer. @returns false when it changed hands meanwhile, here or on another node: nothing is given then */
  async give(pid: string): Promise<boolean> {
    const expect = this.#epoch;
    if (pid === this.#holder) return this.change(expect, pid);
    this.#giving++;
    try {
      const other = await this.#swap(expect, { holder: pid, epoch: expect + 1 });
      if (other) this.#adopt(other);
      // Taken back while it was being written: that stands, and is written over it.
      return !other && this.change(expect, pid);
    } finally {
      this.#giving--;
    }
  }

  /** By the customer. @returns whether he had asked */
  refuse(pid: string): boolean {
    return this.#asking.delete(pid);
  }

  /** By the customer, at once and without asking. Open wishes are answered by it too. */
  takeBack(): void {
    this.#asking.clear();
    if (this.#holder !== this.customer) this.change(this.#epoch, this.customer);
    else if (this.#giving === 0) return;
    // He has it, but somebody is just about to get it: what was decided on the epoch of before counts no more.
    else this.#epoch++;
    this.#settle(() => true);
  }

  /** By the holder: back to the customer. @returns false when he does not hold it (any more) */
  release(pid: string): boolean {
    if (pid !== this.#holder) return false;
    const released = this.change(this.#epoch, this.customer);
    this.#settle(({ holder }) => holder === pid);
    return released;
  }

  /** He is gone: what he held falls back, what he asked is forgotten. @returns whether anything changed */
  left(pid: string): boolean {
    const asked = this.#asking.delete(pid);
    const held = pid === this.#holder && pid !== this.customer;
    if (held) this.change(this.#epoch, this.customer);
    if (held) this.#settle(({ holder }) => holder === pid);
    return asked || held;
  }

  /** Everything decided so far is written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /**
   * Brings the store to what is in force here.
   * @param over whether that stands over what the store has instead
   */
  #settle(over: (other: ControlRecord) => boolean): void {
    this.#queue(async () => {
      for (let attempt = 0; attempt < ATTEMPTS && this.#holder === this.customer; attempt++) {
        if (this.#epoch <= this.#kept) this.#epoch = this.#kept + 1;
        const other = await this.#store?.swap(this.#kept, this.record);
        if (!other) {
          this.#kept = this.#epoch;
          return;
        }
        if (!over(other)) {
          this.#adopt(other);
          return;
        }
        this.#kept = other.epoch;
      }
    }).catch(() => {
      // The store is away. What is in force here stays in force; the next change writes it.
    });
  }

  #swap(expect: number, next: ControlRecord): Promise<ControlRecord | undefined> {
    return this.#queue(async () => {
      if (this.#epoch !== expect) return this.record;
      const other = await this.#store?.swap(this.#kept, next);
      if (!other) this.#kept = next.epoch;
      return other;
    });
  }

  #queue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(work);
    this.#writing = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  /** Decided elsewhere. */
  #adopt(other: ControlRecord): void {
    this.#kept = other.epoch;
    if (other.epoch < this.#epoch) return;
    this.#holder = other.holder;
    this.#epoch = other.epoch;
    this.#asking.delete(other.holder);
  }
}
