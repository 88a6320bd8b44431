// A long batch of the recorder comes in parts: they are put together here.
import type { Op } from '../../protocol/nodes.ts';
import { malformed } from './malformed.ts';

/** Messages that one batch may be spread over. */
const MAX_PARTS = 400;

export class Parts {
  #ops: Op[] = [];
  #count = 0;

  /** @returns the whole batch, or undefined while more is to come @throws {Refused} `malformed` */
  collect(ops: readonly Op[], more: boolean): Op[] | undefined {
    for (const op of ops) {
      if (op[0] !== 'inserts') {
        this.#ops.push(op);
        continue;
      }
      const before = this.#ops.at(-1);
      if (before?.[0] !== 'children') throw malformed('more inserts of nothing');
      before[4].push(...op[1]);
    }
    if (more) {
      if (++this.#count > MAX_PARTS) throw malformed('a batch without end');
      return undefined;
    }
    const whole = this.#ops;
    this.drop();
    return whole;
  }

  /** Forgets what has come of a batch that will not be whole. */
  drop(): void {
    this.#ops = [];
    this.#count = 0;
  }
}
