// Whether the gateway's answers come late: then all that is shown is late, as it comes by the same way.
import { type ReadonlySignal, signal } from '@preact/signals';

/** Later than that is worth a word, ms. */
const LATE_MS = 1_000;

export interface LateAnswers {
  readonly late: ReadonlySignal<boolean>;
  /** An answer is asked for; when the one before is still to come, it is late. */
  asked(): void;
  /** @param delay from question to answer, ms */
  answered(delay: number): void;
  /** The link is down: there is nothing to wait for. */
  forget(): void;
}

export function watchAnswers(): LateAnswers {
  const late = signal(false);
  let waits = false;
  return {
    late,
    asked() {
      if (waits) late.value = true;
      waits = true;
    },
    answered(delay) {
      waits = false;
      late.value = delay > LATE_MS;
    },
    forget() {
      waits = false;
      late.value = false;
    },
  };
}
