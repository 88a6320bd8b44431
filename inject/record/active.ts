// The element that the keys go to, through shadow roots.
import type { Recording } from './recording.ts';

/** Null where it is the body, or nothing. */
export function findActive(recording: Recording): Element | null {
  const { document } = recording;
  let active = document.activeElement;
  for (
    let root = active && recording.rootOf(active);
    root?.activeElement;
    root = recording.rootOf(root.activeElement)
  )
    active = root.activeElement;
  return active === document.body || active === document.documentElement ? null : active;
}
