// Who holds control, as the store decides it: one entry a session, written only by who knew what was there.
import type { Store } from '../store/store.ts';
import type { ControlRecord, ControlStore } from './control.ts';

/** Namespace of the entries; their keys are sids. */
export const CONTROL_SPACE = 'control';

/** @param expires of the session, ms since the epoch */
export function keepControlIn(store: Store, sid: string, expires: number): ControlStore {
  return {
    async swap(expect, next) {
      const kept = await store.get<ControlRecord>(CONTROL_SPACE, sid);
      if (kept && kept.value.epoch !== expect) return kept.value;
      const version = await store.put(CONTROL_SPACE, sid, next, {
        seal: sid,
        expires,
        expect: kept?.version ?? 0,
      });
      if (version !== undefined) return undefined;
      // Another node was faster. Nothing there: the session has ended, and there is nothing to hold any more.
      return (await store.get<ControlRecord>(CONTROL_SPACE, sid))?.value;
    },
  };
}
