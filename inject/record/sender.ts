// Facts on their way out: put together while they are made, and sent message by message, each far below 64 KiB of JSON.
import type { Insert, NodeId, NodeRow, Op } from '../../protocol/nodes.ts';
import type { PageFact } from '../../protocol/page-facts.ts';

/** Estimated bytes of JSON in one message. Real ones may be double in the worst case. */
const FULL = 24_000;
/** Messages of one batch; the gateway takes 400. */
const MAX_PARTS = 350;

export class Sender {
  /** Messages sent of what is under way. */
  parts = 0;
  readonly #send: (fact: PageFact) => void;
  /** What all messages of what is under way say; undefined in a snapshot. */
  #kind: { type: 'frame.changed' | 'frame.repaired'; of?: number } | undefined;
  #ops: Op[] = [];
  /** What the operation before inserts, and the rows of it in this message. */
  #inserts: Insert[] | undefined;
  #rows: NodeRow[] | undefined;
  #size = 0;
  /** Id of the next row of a snapshot that was not sent yet. */
  #first: NodeId = 1;

  constructor(send: (fact: PageFact) => void) {
    let seq = 0;
    this.#send = (fact) => send({ ...fact, seq: ++seq } as PageFact);
  }

  /** A document begins, and its snapshot: rows follow. What was under way is dropped. */
  open(fact: PageFact): void {
    this.#clear();
    this.#send(fact);
    this.parts = 0;
    this.#kind = undefined;
    this.#first = 1;
  }

  /** Changes begin, or with a number what is said again. */
  begin(of?: number): void {
    this.#clear();
    this.parts = 0;
    this.#kind = of === undefined ? { type: 'frame.changed' } : { type: 'frame.repaired', of };
  }

  /** More than the gateway takes as one batch, soon. */
  get isOverlong(): boolean {
    return this.#kind !== undefined && this.parts > MAX_PARTS;
  }

  /** Nothing was said yet. */
  get isEmpty(): boolean {
    return this.parts === 0 && this.#ops.length === 0;
  }

  op(op: Op): void {
    this.#room(weigh(op));
    this.#ops.push(op);
    this.#inserts = this.#rows = undefined;
  }

  /** A splice; the rows that it inserts follow. */
  children(parent: NodeId, start: number, removed: number): void {
    const inserts: Insert[] = [];
    this.op(['children', parent, start, removed, inserts]);
    this.#inserts = inserts;
  }

  /** A row of the snapshot or splice that began before. @param next its id; of one that moves, the id that the next new one gets */
  row(row: NodeRow, next: NodeId): void {
    this.#room(weigh(row));
    if (!this.#rows) {
      this.#rows = [];
      if (this.#kind) {
        if (!this.#inserts) {
          this.#inserts = [];
          this.#ops.push(['inserts', this.#inserts]);
        }
        this.#inserts.push({ first: next, rows: this.#rows });
      }
    }
    this.#rows.push(row);
  }

  /** Everything was said. @param last what the last message says besides */
  end(last: { digest?: number; ranges?: number[] } = {}): void {
    this.#flush(this.#kind ? last : { last: true });
  }

  #room(weight: number): void {
    if (this.#size > 0 && this.#size + weight > FULL)
      this.#flush(this.#kind ? { more: true } : { last: false });
    this.#size += weight;
  }

  #flush(rest: object): void {
    const { length } = this.#rows ?? [];
    const kind = this.#kind;
    const said = kind
      ? { ...kind, ...(kind.of !== undefined && { part: this.parts }), ops: this.#ops }
      : { type: 'frame.snapshot', first: this.#first, rows: this.#rows ?? [] };
    this.#first += length;
    this.parts++;
    this.#clear();
    this.#send({ ...said, ...rest } as PageFact);
  }

  #clear(): void {
    this.#ops = [];
    this.#inserts = this.#rows = undefined;
    this.#size = 0;
  }
}

const PLAIN = /^[ !#-[\]-~]*$/;

/** About how many bytes of JSON a value makes. */
function weigh(value: unknown): number {
  if (typeof value === 'string') return (PLAIN.test(value) ? value.length : value.length * 3) + 3;
  if (typeof value !== 'object' || value === null) return 11;
  let weight = 2;
  if (Array.isArray(value)) for (const item of value) weight += weigh(item);
  else for (const name in value) weight += name.length + 4 + weigh((value as Record<string, unknown>)[name]);
  return weight;
}
