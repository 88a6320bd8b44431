// What only the holder of control needs above the mirror: his keyboard, pickers, and what he did before the leader has done it.
// Loaded when somebody gets control; those who only watch never load it.
import type { Input } from '../../protocol/input.ts';
import { startKeyboard } from './input/keyboard.ts';
import { isTag } from './input/place.ts';
import type { PointerSelection } from './input/selection.ts';
import type { MirrorBelow } from './overlay-mirror.ts';
import { type PendingShow, startPending } from './overlay-pending.ts';
import { startRing } from './overlay-ring.ts';
import { createPickers, hasPicker, type Pickers, suggestionsOf } from './pickers.ts';

export interface HandsDeps {
  mirror: MirrorBelow;
  /** Above the layer that takes the input. */
  above: HTMLElement;
  /** Where the leader's caret is drawn. */
  marks: HTMLElement;
  /** The hidden field that takes the keys. */
  field: HTMLTextAreaElement;
  selection: PointerSelection;
  send(input: Input): void;
  /** Frame that the keys go to. */
  frameOfKeys(): { frame?: number };
  /** A picker was closed; by Tab, the page goes on from it. */
  onClose(tab: KeyboardEvent | undefined): void;
  /** Name of a list of choices whose field has none. */
  unnamed(): string;
  mayControl(): boolean;
  /** F6, or Escape twice. */
  leave(): void;
}

export interface Hands {
  readonly pickers: Pickers;
  readonly pending: PendingShow;
  stop(): void;
}

export function startHands(deps: HandsDeps): Hands {
  const { mirror, above, marks, field, selection, send } = deps;
  const pickers = createPickers({ root: above, mirror, send, onClose: deps.onClose, unnamed: deps.unnamed });
  const pending = startPending(mirror, marks);
  const parts = [
    pending,
    startRing(above, mirror, deps.mayControl),
    startKeyboard({
      field,
      selectedText: () => pending.selected() ?? selection.text(),
      send: (input) => send({ ...input, ...deps.frameOfKeys() }),
      openPicker(event) {
        const focused = mirror.focused?.();
        // a key right behind a click or Tab is for where that leads
        if (!focused || pending.movesFocus()) return false;
        const { key, altKey } = event;
        const opens =
          key === 'F4' ||
          (key === 'ArrowDown' && (altKey || suggestionsOf(focused) !== undefined)) ||
          (key === ' ' && hasPicker(focused));
        return opens && pickers.toggle(focused, true);
      },
      hasAccessKey(letter) {
        const page = mirror.focused?.()?.ownerDocument ?? mirror.document();
        return Boolean(page?.querySelector(`[accesskey~="${CSS.escape(letter)}" i]`));
      },
      mayHold: () => !pending.movesFocus() && !writes(mirror.focused?.()),
      onCompose: (on) => showComposed(mirror, field, on),
      leave: deps.leave,
    }),
  ];
  return {
    pickers,
    pending,
    stop() {
      pickers.close();
      for (const part of parts) part.stop();
    },
  };
}

/** Whether keys write into it; also where only its role says so, as of editors that draw their text themselves. */
function writes(element: Element | undefined): boolean {
  if (!element) return false;
  if (isTag(element, 'input'))
    return !/^(?:range|checkbox|radio|button|submit|reset|image|file|color)$/.test(element.type);
  const role = element.getAttribute('role') ?? '';
  return (
    isTag(element, 'textarea') ||
    (element as HTMLElement).isContentEditable ||
    /^(?:textbox|searchbox|combobox)$/.test(role)
  );
}

/** What an input method composes is seen where it will stand, in the hidden field itself: with the marks of the input method. */
function showComposed(mirror: MirrorBelow, field: HTMLTextAreaElement, on: boolean): void {
  field.classList.toggle('composing', on);
  field.style.width = '';
  const focused = mirror.focused?.();
  const style = focused?.ownerDocument.defaultView?.getComputedStyle(focused);
  if (!on || !focused || !style) return;
  field.style.fontFamily = style.fontFamily;
  field.style.fontWeight = style.fontWeight;
  field.style.fontSize = `${Number.parseFloat(style.fontSize) * mirror.scale()}px`;
  field.style.lineHeight = field.style.height;
  const dots = (isTag(focused, 'input') && focused.type === 'password') || mirror.isMasked?.(focused);
  field.style.setProperty('-webkit-text-security', dots ? 'disc' : 'none');
}
