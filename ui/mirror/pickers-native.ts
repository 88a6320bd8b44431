// A date, time or colour field above the mirror: the follower's own browser takes the digits, a calendar of ours lies below.
import type { OpenPicker } from './pickers.ts';
import { createCalendar } from './pickers-calendar.ts';
import { placeBeside } from './pickers-place.ts';

const COPIED = ['min', 'max', 'step'] as const;
/** Smallest size of the field, px: a target a finger can meet, and a date that can be read. */
const SMALLEST = { width: 24, height: 24, date: 140 };

/**
 * Opens a field of the same type over the page's field.
 * @param place where that is now; undefined once it is gone
 * @param choose gets the value
 * @param closed called when the person is done with it; with the Tab that led out of it, if one did
 */
export function openNativeField(
  root: HTMLElement,
  source: HTMLInputElement,
  name: string,
  place: () => DOMRect | undefined,
  choose: (value: string) => void,
  closed: (tab?: KeyboardEvent) => void,
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
  const box = document.createElement('div');
  box.append(field);
  let sent = field.value;
  let request = 0;
  let gone = false;
  let tab: KeyboardEvent | undefined;

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
    box.remove();
  };
  const finish = (): void => {
    if (gone) return;
    remove();
    closed(tab);
  };
  const calendar = createCalendar(field, finish);
  if (calendar) box.append(calendar.element);

  field.addEventListener('change', commit);
  field.addEventListener('input', () => calendar?.update());
  box.addEventListener('focusout', ({ relatedTarget }) => {
    if (!box.contains(relatedTarget as Node | null)) finish();
  });
  box.addEventListener('keydown', (event) => {
    const { key, altKey } = event;
    tab = key === 'Tab' ? event : undefined;
    if (key === 'Escape') field.value = sent;
    else if (calendar && ((altKey && key === 'ArrowDown') || key === 'F4')) {
      calendar.focus();
      event.preventDefault();
      return;
    } else if (key !== 'F6' && !(key === 'Enter' && event.target === field)) return;
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
    if (calendar) placeBeside(calendar.element, field.getBoundingClientRect());
    request = requestAnimationFrame(follow);
  };
  root.append(box);
  follow();
  field.focus({ preventScroll: true });
  try {
    // of these only the one for colours opens in a frame of another origin
    if (!calendar) field.showPicker();
  } catch {
    // the field itself is there to be used
  }
  return { close: remove };
}
