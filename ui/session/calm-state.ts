// The state of a picture without flicker: what is put right at once was never wrong for anybody who looks at it.
import type { ShownState } from '../../protocol/mirror-messages.ts';

/** What is mended sooner is not worth a word, ms. */
const UNNOTICED_MS = 300;

export interface CalmState {
  readonly state: ShownState;
  take(state: ShownState): void;
  stop(): void;
}

/** @param tell hears of each change that lasts */
export function startCalmState(tell: (state: ShownState) => void): CalmState {
  let shown: ShownState = 'waiting';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = (state: ShownState): void => {
    shown = state;
    tell(state);
  };
  return {
    get state() {
      return shown;
    },
    take(state) {
      clearTimeout(timer);
      if (state === shown) return;
      if (state === 'catching-up') timer = setTimeout(() => show(state), UNNOTICED_MS);
      else show(state);
    },
    stop: () => clearTimeout(timer),
  };
}
