// Where two lists differ: what they have in common at head and tail is left alone.

/** `removed` entries of `before` from `start` on became `inserted`; undefined when nothing changed. */
export function changedPart<A, B>(
  before: readonly A[],
  after: readonly B[],
  isSame: (one: A, other: B) => boolean,
): { start: number; removed: number; inserted: B[] } | undefined {
  let start = 0;
  while (start < before.length && start < after.length && isSame(before[start]!, after[start]!)) start++;
  let tail = 0;
  while (
    tail < before.length - start &&
    tail < after.length - start &&
    isSame(before[before.length - 1 - tail]!, after[after.length - 1 - tail]!)
  )
    tail++;
  const removed = before.length - start - tail;
  const inserted = after.slice(start, after.length - tail);
  return removed === 0 && inserted.length === 0 ? undefined : { start, removed, inserted };
}
