// Facts on their way out: the snapshot in slices with pauses between, long batches in several messages, each far below 64 KiB of JSON.
import type { Insert, NodeLiteral, NodeRow, Op } from '../../protocol/nodes.ts';
import type { PageFact } from '../../protocol/page-facts.ts';
import type { Dom } from './dom.ts';

/** Estimated bytes of JSON in one message. Real ones may be double in the worst case. */
const SLICE = 24_000;
/** The page gets its turn after this long, ms. */
const YIELD_AFTER = 8;

export class Sender {
  readonly #send: (fact: PageFact) => void;
  readonly #dom: Dom;
  readonly #onIdle: () => void;
  #rows: NodeRow[] = [];
  #at = 0;
  #open = false;
  #held = false;
  #stopped = false;
  readonly #channel: MessageChannel;

  /** @param onIdle called when a snapshot has gone out */
  constructor(send: (fact: PageFact) => void, dom: Dom, onIdle: () => void) {
    let seq = 0;
    this.#send = (fact) => send({ ...fact, seq: ++seq } as PageFact);
    this.#dom = dom;
    this.#onIdle = onIdle;
    this.#channel = new dom.MessageChannel();
    this.#channel.port1.onmessage = () => this.#sendSlices();
  }

  /** A snapshot is still going out: changes wait. */
  get busy(): boolean {
    return this.#open;
  }

  open(fact: PageFact): void {
    this.#send(fact);
  }

  clear(): void {
    this.#rows = [];
    this.#open = false;
  }

  snapshot(rows: NodeRow[]): void {
    this.#rows = rows;
    this.#at = 0;
    this.#open = true;
    this.#sendSlices();
  }

  hold(): void {
    this.#held = true;
  }

  flow(): void {
    this.#held = false;
    if (this.#open) this.#sendSlices();
  }

  stop(): void {
    this.#stopped = true;
    this.#channel.port1.close();
  }

  #sendSlices(): void {
    const began = this.#dom.now();
    while (this.#open && !this.#held && !this.#stopped) {
      const first = this.#at + 1;
      const rows: NodeRow[] = [];
      for (let size = 0; size < SLICE && this.#at < this.#rows.length; ) {
        const row = this.#rows[this.#at]!;
        size += weigh(row);
        if (rows.length > 0 && size > SLICE * 1.2) break;
        rows.push(row);
        this.#at++;
      }
      const last = this.#at === this.#rows.length;
      if (last) this.clear();
      this.#send({ type: 'frame.snapshot', first, rows, last });
      if (last) {
        this.#onIdle();
        return;
      }
      if (this.#dom.now() - began > YIELD_AFTER) {
        this.#channel.port2.postMessage(null);
        return;
      }
    }
  }

  /** One batch; with `repaired`, what is said again. */
  change(ops: Op[], digest: number | undefined, repaired?: { of: number; ranges: number[] }): void {
    let part: Op[] = [];
    let size = 0;
    let count = 0;
    const send = (rest: object): void =>
      this.#send({
        type: repaired ? 'frame.repaired' : 'frame.changed',
        ...(repaired && { of: repaired.of, part: count++ }),
        ops: part,
        ...rest,
      } as PageFact);
    const flush = (): void => {
      send({ more: true });
      part = [];
      size = 0;
    };
    const add = (op: Op, weight: number): void => {
      if (size > 0 && size + weight > SLICE) flush();
      part.push(op);
      size += weight;
    };
    for (const op of ops) {
      const weight = weigh(op);
      if (op[0] !== 'children' || weight <= SLICE) add(op, weight);
      else {
        add(['children', op[1], op[2], op[3], []], 40);
        for (const inserts of splitInserts(op[4])) add(['inserts', inserts], SLICE);
      }
    }
    send({ ...(repaired && { ranges: repaired.ranges }), ...(digest === undefined ? {} : { digest }) });
  }
}

function splitInserts(inserts: readonly Insert[]): Insert[][] {
  const parts: Insert[][] = [[]];
  let size = 0;
  const room = (weight: number): Insert[] => {
    if (size > 0 && size + weight > SLICE) {
      parts.push([]);
      size = 0;
    }
    size += weight;
    return parts.at(-1)!;
  };
  for (const insert of inserts) {
    if (typeof insert === 'number') {
      room(11).push(insert);
      continue;
    }
    let id = insert.first;
    let literal: NodeLiteral | undefined;
    let holder: Insert[] | undefined;
    for (const row of insert.rows) {
      const part = room(weigh(row));
      if (part !== holder || !literal) {
        literal = { first: id, rows: [] };
        part.push(literal);
        holder = part;
      }
      literal.rows.push(row);
      if (typeof row !== 'number') id++;
    }
  }
  return parts;
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
