// Where a list or calendar goes: below its field, or above where there is more room.

const GAP = 2;
const MARGIN = 4;

/** Puts a box of its own size beside a field, both in coordinates of the view; one that is too long scrolls. */
export function placeBeside(box: HTMLElement, rect: DOMRect, longest = Number.POSITIVE_INFINITY): void {
  const below = innerHeight - rect.bottom - MARGIN;
  const above = rect.top - MARGIN;
  const upwards = below < Math.min(box.scrollHeight, longest, 360) && above > below;
  box.style.maxHeight = `${Math.max(Math.min(upwards ? above : below, longest), 60)}px`;
  box.style.left = `${Math.max(MARGIN, Math.min(rect.left, innerWidth - box.offsetWidth - MARGIN))}px`;
  box.style.top = upwards ? 'auto' : `${rect.bottom + GAP}px`;
  box.style.bottom = upwards ? `${innerHeight - rect.top + GAP}px` : 'auto';
}
