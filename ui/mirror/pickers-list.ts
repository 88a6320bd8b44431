// The drop-down of a select, drawn above the mirror: a list box with groups, keys and typing ahead.
import { isTag } from './input/place.ts';
import type { OpenPicker } from './pickers.ts';
import { placeBeside } from './pickers-place.ts';

/** Typed letters belong together up to this pause, ms. */
const TYPE_AHEAD_MS = 800;
/** Longest list, px. */
const LONGEST = 360;

/**
 * Opens the list of a select or datalist.
 * @param wanted which options are shown, all unless given
 * @param place where the select is now; undefined once it is gone
 * @param choose gets the index of the chosen option
 * @param closed called when the person closed it, by choice or Escape
 */
export function openList(
  root: HTMLElement,
  source: HTMLSelectElement | HTMLDataListElement,
  name: string,
  place: () => DOMRect | undefined,
  choose: (index: number) => void,
  closed: (tab?: KeyboardEvent) => void,
  wanted: (option: HTMLOptionElement) => boolean = () => true,
): OpenPicker {
  const box = document.createElement('div');
  box.className = 'list';
  box.tabIndex = 0;
  box.setAttribute('role', 'listbox');
  box.setAttribute('aria-label', name);
  const rows: { row: HTMLElement; index: number; text: string; enabled: boolean }[] = [];
  let current = 0;
  let count = 0;
  let request = 0;
  let typed = '';
  let typedAt = 0;

  const chosen = isTag(source, 'select') ? source.selectedIndex : -1;

  const addOption = (
    option: HTMLOptionElement,
    index: number,
    into: HTMLElement,
    disabled: boolean,
  ): void => {
    if (option.hidden || !wanted(option)) return;
    const row = document.createElement('div');
    const enabled = !disabled && !option.disabled;
    const text = option.label || option.text;
    row.id = `tandem-option-${index}`;
    row.className = 'option';
    row.setAttribute('role', 'option');
    row.setAttribute('aria-selected', String(index === chosen));
    if (!enabled) row.setAttribute('aria-disabled', 'true');
    row.textContent = text;
    into.append(row);
    if (index === chosen) current = rows.length;
    rows.push({ row, index, text: text.trim().toLowerCase(), enabled });
  };
  const addAll = (parent: Element, into: HTMLElement, disabled: boolean): void => {
    for (const child of parent.children) {
      if (isTag(child, 'option')) addOption(child, count++, into, disabled);
      else if (isTag(child, 'optgroup')) {
        const group = document.createElement('div');
        group.setAttribute('role', 'group');
        group.setAttribute('aria-label', child.label);
        const title = document.createElement('div');
        title.className = 'group';
        title.setAttribute('aria-hidden', 'true');
        title.textContent = child.label;
        group.append(title);
        into.append(group);
        addAll(child, group, child.disabled);
      } else if (isTag(child, 'hr')) into.append(document.createElement('hr'));
    }
  };
  addAll(source, box, false);

  const remove = (): void => {
    cancelAnimationFrame(request);
    box.remove();
  };
  const finish = (index?: number, tab?: KeyboardEvent): void => {
    remove();
    if (index !== undefined && index !== chosen) choose(index);
    closed(tab);
  };
  const mark = (at: number): void => {
    rows[current]?.row.classList.remove('current');
    current = at;
    const row = rows[current]?.row;
    if (!row) return;
    row.classList.add('current');
    row.scrollIntoView({ block: 'nearest' });
    box.setAttribute('aria-activedescendant', row.id);
  };
  const step = (from: number, by: 1 | -1): void => {
    for (let at = from; at >= 0 && at < rows.length; at += by)
      if (rows[at]!.enabled) {
        mark(at);
        return;
      }
  };
  const pick = (at: number, tab?: KeyboardEvent): void => {
    if (rows[at]?.enabled) finish(rows[at].index, tab);
  };
  const typeAhead = (letter: string, now: number): void => {
    typed = now - typedAt > TYPE_AHEAD_MS ? letter : typed + letter;
    typedAt = now;
    const found = (from: number) =>
      rows.findIndex((row, at) => at >= from && row.enabled && row.text.startsWith(typed));
    const next = found(typed.length > 1 ? current : current + 1);
    const at = next >= 0 ? next : found(0);
    if (at >= 0) mark(at);
  };

  box.addEventListener('keydown', (event) => {
    const { key } = event;
    if (key === 'ArrowDown') step(current + 1, 1);
    else if (key === 'ArrowUp') step(current - 1, -1);
    else if (key === 'Home' || key === 'PageUp') step(0, 1);
    else if (key === 'End' || key === 'PageDown') step(rows.length - 1, -1);
    else if (key === 'Enter' || (key === ' ' && !typed)) pick(current);
    else if (key === 'Tab') pick(current, event);
    else if (key === 'Escape' || key === 'F6') finish();
    else if ([...key].length === 1 && !event.ctrlKey && !event.metaKey)
      typeAhead(key.toLowerCase(), event.timeStamp);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  box.addEventListener('click', (event) => {
    const at = rows.findIndex(({ row }) => row === event.target);
    if (at >= 0) pick(at);
  });
  box.addEventListener('pointermove', (event) => {
    const at = rows.findIndex(({ row, enabled }) => enabled && row === event.target);
    if (at >= 0 && at !== current) mark(at);
  });

  /** Keeps it at the select, which may move with the page. */
  const follow = (): void => {
    const rect = place();
    if (!rect) {
      finish();
      return;
    }
    box.style.minWidth = `${rect.width}px`;
    placeBeside(box, rect, LONGEST);
    request = requestAnimationFrame(follow);
  };
  root.append(box);
  follow();
  mark(current);
  box.focus({ preventScroll: true });
  return { close: remove };
}
