// What only the holder of control needs above the mirror: his keyboard, pickers, and what he did before the leader has done it.
// Loaded when somebody gets control; those who only watch never load it.
import type { Input } from '../../protocol/input.ts';
import { startKeyboard } from './input/keyboard.ts';
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
      selectedText: selection.text,
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
