// How what is told of one animation adds up: its keyframes and timing once, where it has got to by the time that has passed.
import type { AnimationState } from './nodes.ts';

/** The whole state, when it was known as `before`: keyframes and timing stay as they were where they are not told again. */
export function toldOn(before: AnimationState | undefined, told: AnimationState): AnimationState {
  const state: AnimationState = { ...told };
  if (!state.keyframes && before?.keyframes) state.keyframes = before.keyframes;
  if (!state.timing && before?.timing) state.timing = before.timing;
  return state;
}

/** The state some ms after it was told: what runs has gone on. */
export function goneOn(state: AnimationState, ms: number): AnimationState {
  const { time, play, rate } = state;
  return time === undefined || play !== 'running' ? state : { ...state, time: time + ms * rate };
}
