// Where two plain values first differ, in words: a diff of whole pages would take longer than the test.

/** Undefined when they are equal. */
export function firstDifference(one: unknown, other: unknown, path = ''): string | undefined {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return Object.is(one, other) ? undefined : `${path}: ${showBoth(one, other)}`;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const name of names) {
    const found = firstDifference(
      (one as Record<string, unknown>)[name],
      (other as Record<string, unknown>)[name],
      `${path}.${name}`,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function showBoth(one: unknown, other: unknown): string {
  if (typeof one !== 'string' || typeof other !== 'string') return `${show(one)} here, ${show(other)} there`;
  // A style sheet may differ in its last line.
  let at = 0;
  while (one[at] === other[at]) at++;
  const from = Math.max(0, at - 100);
  const where = from > 0 ? `…from ${from} on: ` : '';
  return `${where}${show(one.slice(from))} here, ${show(other.slice(from))} there`;
}

function show(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 300) ?? 'nothing';
}
