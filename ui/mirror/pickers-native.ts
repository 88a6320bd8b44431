// A date, time or colour field above the mirror: the follower's own browser draws its picker.
import type { OpenPicker } from './pickers.ts';

const COPIED = ['min', 'max', 'step'] as const;
/** Smallest size of the field, px: a target a finger can meet, and a date that can be read. */
const SMALLEST = { width: 24, height: 24, date: 140 };

/**
 * Opens a field of the same type over the page's field.
 * @param place where that is now; undefined once it is gone
 * @param choose gets the value
 * @param closed called when the person is done with it
 */
export function openNativeField(
  root: HTMLElement,
  source: HTMLInputElement,
  name: string,
  place: () => DOMRect | undefined,
  choose: (value: string) => void,
  closed: () => void,
): OpenPicker {
  const field = document.createElement('input');
  field.type = source.type;
  field.className = 'native';
  field.setAttribute('aria-label', name);
  for (const attribute of COPIED) {
    const value = source.getAttribute(attribute);
    if (value !== null) field.setAttribute(attribute, value);
  }
  field.value = source.value;
  let sent = field.value;
  let request = 0;
  let gone = false;

  const commit = (): void => {
    if (field.value === sent) return;
    sent = field.value;
    choose(sent);
  };
  const remove = (): void => {
    if (gone) return;
    gone = true;
    cancelAnimationFrame(request);
    commit();
    field.remove();
  };
  const finish = (): void => {
    if (gone) return;
    remove();
    closed();
  };
  field.addEventListener('change', commit);
  field.addEventListener('blur', finish);
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') field.value = sent;
    else if (event.key !== 'Enter' && event.key !== 'F6') return;
    event.preventDefault();
    event.stopPropagation();
    finish();
  });

  const follow = (): void => {
    const rect = place();
    if (!rect) {
      finish();
      return;
    }
    const least = field.type === 'color' ? SMALLEST.width : SMALLEST.date;
    field.style.left = `${rect.left}px`;
    field.style.top = `${rect.top}px`;
    field.style.width = `${Math.max(rect.width, least)}px`;
    field.style.height = `${Math.max(rect.height, SMALLEST.height)}px`;
    request = requestAnimationFrame(follow);
  };
  root.append(field);
  follow();
  field.focus({ preventScroll: true });
  try {
    field.showPicker();
  } catch {
    // frames of another origin may not open it; the field itself is there to be used
  }
  return { close: remove };
}
