// Runs in a page of the cost figures: our recorder, its facts as JSON counted instead of sent.
import type { PageWindow } from '../../inject/natives.ts';
import { type Recorder, startRecorder } from '../../inject/record/index.ts';

declare global {
  interface Window {
    /** Text units said so far. */
    said: number;
    recorder: Recorder;
  }
}

window.said = 0;
window.recorder = startRecorder({
  window: window as PageWindow,
  send: (fact) => {
    window.said += JSON.stringify(fact).length;
  },
  masks: { mask: [], hide: [], readonly: [] },
  top: true,
  nonce: '',
});
