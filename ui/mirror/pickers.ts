// Pickers of our own above the mirror, for fields whose real picker would open on the leader's screen: lists, dates, colours, sliders.
import type { Input } from '../../protocol/input.ts';
import { startPerFrame } from './input/frames.ts';
import { composedParent, isTag, localPoint, type Place } from './input/place.ts';
import type { MirrorBelow } from './overlay-mirror.ts';
import { openList } from './pickers-list.ts';
import { openNativeField } from './pickers-native.ts';

type ValueInput = Extract<Input, { type: 'input.value' }>;

/** A picker that is open. */
export interface OpenPicker {
  close(): void;
}

/** Pickers of the view; at most one is open. */
export interface Pickers {
  /**
   * Opens the picker of a field, or closes it where it is open; false when it has none.
   * @param byKey also the list of what a text field proposes, which a press leaves closed
   */
  toggle(element: Element, byKey?: boolean): boolean;
  /** Presses that set a value by themselves: options of an open list box, sliders. */
  grab(place: Place, event: PointerEvent): { move(event: PointerEvent): void } | undefined;
  close(): void;
  /** A press elsewhere closes it; one on its field is left to `toggle`. */
  closeUnlessOf(element: Element): void;
  readonly isOpen: boolean;
}

const NATIVE_TYPES = new Set(['date', 'time', 'datetime-local', 'month', 'week', 'color']);

export interface PickerDeps {
  /** Where pickers are put, above the layer. */
  root: HTMLElement;
  mirror: MirrorBelow;
  send(input: ValueInput): void;
  /** The keyboard goes back to the page, with the Tab that led out of the picker. */
  onClose(tab?: KeyboardEvent): void;
  /** Name for the list when the field has none. */
  unnamed(): string;
}

/** Makes the pickers of a view. */
export function createPickers({ root, mirror, send, onClose, unnamed }: PickerDeps): Pickers {
  let open: { element: Element; picker: OpenPicker } | undefined;

  const sendValue = (element: Element, value: Pick<ValueInput, 'value' | 'selected' | 'checked'>): void => {
    const id = mirror.idOf(element);
    if (id) send({ type: 'input.value', ...id, ...value });
  };
  const close = (): void => {
    const was = open;
    open = undefined;
    was?.picker.close();
  };
  const closed = (tab?: KeyboardEvent): void => {
    open = undefined;
    onClose(tab);
  };

  const openSuggestions = (
    field: HTMLInputElement,
    list: HTMLDataListElement,
    name: string,
    rect: () => DOMRect | undefined,
  ): OpenPicker => {
    const begun = field.value.trim().toLowerCase();
    const fits = ({ value, label }: HTMLOptionElement): boolean =>
      value.toLowerCase().includes(begun) || label.toLowerCase().includes(begun);
    const take = (index: number): void => {
      const value = list.options[index]?.value;
      if (value !== undefined) sendValue(field, { value });
    };
    return openList(root, list, name, rect, take, closed, fits);
  };

  return {
    get isOpen() {
      return open !== undefined;
    },
    close,
    closeUnlessOf(element) {
      if (open?.element !== element) close();
    },
    toggle(element, byKey = false) {
      const again = open?.element === element;
      close();
      if (!(hasPicker(element) || (byKey && suggestionsOf(element))) || element.matches(':disabled'))
        return false;
      if (again) {
        onClose();
        return true;
      }
      const name = nameOf(element) || unnamed();
      const rect = (): DOMRect | undefined => (element.isConnected ? mirror.rectOf(element) : undefined);
      const suggestions = suggestionsOf(element);
      const picker = isTag(element, 'select')
        ? openList(root, element, name, rect, (index) => sendValue(element, { selected: [index] }), closed)
        : suggestions
          ? openSuggestions(element as HTMLInputElement, suggestions, name, rect)
          : openNativeField(
              root,
              element as HTMLInputElement,
              name,
              rect,
              (value) => sendValue(element, { value }),
              closed,
            );
      open = { element, picker };
      return true;
    },
    grab(place, event) {
      const { element } = place;
      const select = listBoxOf(element);
      if (select && isTag(element, 'option')) {
        sendValue(select, { selected: chosenBy(select, element, event) });
        return { move: () => {} };
      }
      if (!isTag(element, 'input') || element.type !== 'range' || element.matches(':disabled'))
        return undefined;
      const values = startPerFrame<string>((value) => sendValue(element, { value }));
      const move = ({ clientX, clientY }: PointerEvent): void =>
        values.push(sliderValue(mirror, element, clientX, clientY));
      move(event);
      return { move };
    },
  };
}

/** What a text field proposes, where its page has a list for it. */
export function suggestionsOf(element: Element): HTMLDataListElement | undefined {
  if (!isTag(element, 'input') || element.readOnly) return undefined;
  return element.list && element.list.options.length > 0 ? element.list : undefined;
}

/** Whether pressing it opens a picker: a drop-down or a field with a picker of the browser. */
export function hasPicker(element: Element): boolean {
  if (isTag(element, 'select')) return !isListBox(element);
  return isTag(element, 'input') && NATIVE_TYPES.has(element.type) && !element.readOnly;
}

const isListBox = (select: HTMLSelectElement): boolean => select.multiple || select.size > 1;

function listBoxOf(element: Element): HTMLSelectElement | undefined {
  for (let at: Element | undefined = element; at; at = composedParent(at))
    if (isTag(at, 'select')) return isListBox(at) && !at.disabled ? at : undefined;
  return undefined;
}

/** Options chosen after a press on one, with Ctrl and Shift as list boxes have them. */
function chosenBy(select: HTMLSelectElement, option: HTMLOptionElement, event: PointerEvent): number[] {
  const options = [...select.options];
  const at = options.indexOf(option);
  const before = options.flatMap(({ selected }, index) => (selected ? [index] : []));
  if (!select.multiple) return [at];
  if (event.ctrlKey || event.metaKey)
    return option.selected ? before.filter((index) => index !== at) : [...before, at].sort((a, b) => a - b);
  const from = before[0];
  if (!event.shiftKey || from === undefined) return [at];
  const [low, high] = [Math.min(from, at), Math.max(from, at)];
  return Array.from({ length: high - low + 1 }, (_, step) => low + step);
}

/** Half the width of a slider's thumb in Chromium, px. */
const HALF_THUMB = 8;

function sliderValue(
  mirror: MirrorBelow,
  slider: HTMLInputElement,
  clientX: number,
  clientY: number,
): string {
  const point = localPoint(mirror, slider, clientX, clientY);
  const box = slider.getBoundingClientRect();
  const style = slider.ownerDocument.defaultView?.getComputedStyle(slider);
  const vertical = style?.writingMode.startsWith('vertical') ?? false;
  const length = (vertical ? box.height : box.width) - 2 * HALF_THUMB;
  const offset = (vertical ? point.y - box.top : point.x - box.left) - HALF_THUMB;
  const part = Math.min(Math.max(offset / Math.max(length, 1), 0), 1);
  const [min, max] = [Number(slider.min || 0), Number(slider.max || 100)];
  const along = style?.direction === 'rtl' ? 1 - part : part;
  const exact = min + along * (max - min);
  const step = slider.step === 'any' ? 0 : Number(slider.step) || 1;
  // the leader's field rounds as well; this only keeps the message short
  const value = step > 0 ? min + Math.round((exact - min) / step) * step : exact;
  return String(Number(Math.min(value, max).toFixed(10)));
}

/** Accessible name of a field of the mirror, simply. */
function nameOf(element: Element): string {
  const labels = (element as HTMLInputElement).labels;
  const text =
    element.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element.getAttribute('title') ?? '';
  return text.trim().replace(/\s+/g, ' ').slice(0, 200);
}
