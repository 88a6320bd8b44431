// Which element of each document has the focus, as followers see it: there go keys and text of the holder of control.
import type { MirrorMessage } from '../../protocol/mirror-messages.ts';
import type { NodeId, Op } from '../../protocol/nodes.ts';

export class Focus {
  readonly #nodes = new Map<number, NodeId>();
  #latest: number | undefined;

  take(message: MirrorMessage): void {
    if (message.type === 'mirror.frame') {
      // A page frame hangs in nothing: with it everything before is gone.
      if (message.frame.parent === undefined) this.#nodes.clear();
      this.#nodes.delete(message.frame.frame);
      this.#takeOps(message.frame.frame, message.frame.ops);
    } else if (message.type === 'mirror.changed') this.#takeOps(message.frame, message.ops);
  }

  #takeOps(frame: number, ops: Op[]): void {
    for (const op of ops) {
      if (op[0] !== 'state' || (op[1] !== 'focus' && op[1] !== 'focus-visible')) continue;
      if (op[2] !== 0) {
        this.#nodes.set(frame, op[2]);
        this.#latest = frame;
      } else if (op[1] === 'focus') this.#nodes.delete(frame);
    }
  }

  /** @param frame as the input names it; without it the document that was focused last */
  find(frame: number | undefined): { frame: number; node: NodeId } | undefined {
    const of = frame ?? this.#latest;
    const node = of === undefined ? undefined : this.#nodes.get(of);
    return of === undefined || node === undefined ? undefined : { frame: of, node };
  }
}
