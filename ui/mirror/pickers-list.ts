// The drop-down of a select, drawn above the mirror: a list box with groups, keys and typing ahead.
import { isTag } from './input/place.ts';
import type { OpenPicker } from './pickers.ts';

/** Typed letters belong together up to this pause, ms. */
const TYPE_AHEAD_MS = 800;
const GAP = 2;
const MARGIN = 4;

/**
 * Opens the list of a select.
 * @param place where the select is now; undefined once it is gone
 * @param choose gets the index of the chosen option
 * @param closed called when the person closed it, by choice or Escape
 */
export function openList(
  root: HTMLElement,
  select: HTMLSelectElement,
  name: string,
  place: () => DOMRect | undefined,
  choose: (index: number) => void,
  closed: () => void,
): OpenPicker {
  const box = document.createElement('div');
  box.className = 'list';
  box.tabIndex = 0;
  box.setAttribute('role', 'listbox');
  box.setAttribute('aria-label', name);
  const rows: { row: HTMLElement; index: number; text: string; enabled: boolean }[] = [];
  let current = 0;
  let request = 0;
  let typed = '';
  let typedAt = 0;

  const addOption = (option: HTMLOptionElement, into: HTMLElement, disabled: boolean): void => {
    if (option.hidden) return;
    const row = document.createElement('div');
    const enabled = !disabled && !option.disabled;
    const text = option.label || option.text;
    row.id = `tandem-option-${option.index}`;
    row.className = 'option';
    row.setAttribute('role', 'option');
    row.setAttribute('aria-selected', String(option.index === select.selectedIndex));
    if (!enabled) row.setAttribute('aria-disabled', 'true');
    row.textContent = text;
    into.append(row);
    if (option.index === select.selectedIndex) current = rows.length;
    rows.push({ row, index: option.index, text: text.trim().toLowerCase(), enabled });
  };
  const addAll = (parent: Element, into: HTMLElement, disabled: boolean): void => {
    for (const child of parent.children) {
      if (isTag(child, 'option')) addOption(child, into, disabled);
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
  addAll(select, box, false);

  const remove = (): void => {
    cancelAnimationFrame(request);
    box.remove();
  };
  const finish = (index?: number): void => {
    remove();
    if (index !== undefined && index !== select.selectedIndex) choose(index);
    closed();
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
  const pick = (at: number): void => {
    if (rows[at]?.enabled) finish(rows[at].index);
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
    else if (key === 'Enter' || (key === ' ' && !typed) || key === 'Tab') pick(current);
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
    const below = innerHeight - rect.bottom - MARGIN;
    const above = rect.top - MARGIN;
    const upwards = below < Math.min(box.scrollHeight, 200) && above > below;
    box.style.minWidth = `${rect.width}px`;
    box.style.maxHeight = `${Math.max(Math.min(upwards ? above : below, 360), 60)}px`;
    box.style.left = `${Math.max(MARGIN, Math.min(rect.left, innerWidth - box.offsetWidth - MARGIN))}px`;
    box.style.top = upwards ? 'auto' : `${rect.bottom + GAP}px`;
    box.style.bottom = upwards ? `${innerHeight - rect.top + GAP}px` : 'auto';
    request = requestAnimationFrame(follow);
  };
  root.append(box);
  follow();
  mark(current);
  box.focus({ preventScroll: true });
  return { close: remove };
}
