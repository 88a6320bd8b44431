// Control: who may act on the page. Exactly one participant holds it at any time; the customer has it at the start.

/** What is kept of it. */
export interface ControlRecord {
  holder: string;
  epoch: number;
}

/**
 * Each change of holder counts `epoch` up and names the epoch it was decided on, so that of two that cross each other only
 * the first one counts (compare and set).
 */
export class Control {
  readonly customer: string;
  #holder: string;
  #epoch: number;
  readonly #asking = new Set<string>();

  /** @param customer pid of the customer, to whom control falls back */
  constructor(customer: string, kept: ControlRecord = { holder: customer, epoch: 1 }) {
    this.customer = customer;
    this.#holder = kept.holder;
    this.#epoch = kept.epoch;
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

  /** By the customer. */
  give(pid: string): void {
    this.change(this.#epoch, pid);
  }

  /** By the customer. @returns whether he had asked */
  refuse(pid: string): boolean {
    return this.#asking.delete(pid);
  }

  /** By the customer, at once and without asking. Open wishes are answered by it too. */
  takeBack(): void {
    this.#asking.clear();
    this.change(this.#epoch, this.customer);
  }

  /** By the holder: back to the customer. @returns false when he does not hold it (any more) */
  release(pid: string): boolean {
    if (pid !== this.#holder) return false;
    return this.change(this.#epoch, this.customer);
  }

  /** He is gone: what he held falls back, what he asked is forgotten. @returns whether anything changed */
  left(pid: string): boolean {
    const asked = this.#asking.delete(pid);
    const held = pid === this.#holder && pid !== this.customer;
    if (held) this.change(this.#epoch, this.customer);
    return asked || held;
  }
}
