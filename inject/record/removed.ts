// What the page took away a moment ago: a follower may have pressed it before he could see that.
import type { NodeId } from '../../protocol/nodes.ts';
import { ELEMENT } from './dom.ts';
import type { Recording } from './recording.ts';

/** What was taken away is kept for once to twice as long, ms. */
const KEPT = 1_000;
/** Of more that is taken away within that time, the rest is not kept. */
const MOST = 1_000;

export class Removed {
  readonly #recording: Recording;
  #before: Node[] = [];
  #now: Node[] = [];
  #timer: number | undefined;

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** A node is out of the document, with all that hangs on it. */
  add(top: Node): void {
    if (this.#now.length === MOST) return;
    this.#now.push(top);
    this.#timer ??= this.#recording.dom.setTimeout(() => this.#age(), KEPT);
  }

  /** The node that had that id last, unless it was sent again since, or went too long ago. */
  find(id: NodeId): Node | undefined {
    for (const tops of [this.#now, this.#before])
      for (const top of tops) {
        const found = this.#findIn(top, id);
        if (found) return found;
      }
    return undefined;
  }

  /** Ids begin anew. */
  clear(): void {
    this.#before = [];
    this.#now = [];
    this.#recording.dom.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #findIn(top: Node, id: NodeId): Node | undefined {
    const { dom, tree } = this.#recording;
    const stack = [top];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (tree.lastIdOf(node) === id) return node;
      for (let child = dom.lastChild(node); child; child = dom.previousSibling(child)) stack.push(child);
      const root = dom.nodeType(node) === ELEMENT ? this.#recording.rootOf(node as Element) : null;
      if (root) stack.push(root);
    }
    return undefined;
  }

  #age(): void {
    this.#before = this.#now;
    this.#now = [];
    const isEmpty = this.#before.length === 0;
    this.#timer = isEmpty ? undefined : this.#recording.dom.setTimeout(() => this.#age(), KEPT);
  }
}
