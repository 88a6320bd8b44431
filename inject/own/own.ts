// Our own drawings inside a page: marked, so that the recorder leaves them out.

const own = new WeakSet<Node>();

/** True for the roots of what we put into a page; the recorder skips them with all below. */
export function isOwn(node: Node): boolean {
  return own.has(node);
}

/** Marks a node before it is inserted. */
export function markOwn(node: Node): void {
  own.add(node);
}
