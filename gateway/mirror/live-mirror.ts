// The mirror of a session while it lives: the gateway's tree, and the place from which followers fetch snapshots of it.
import type { MirrorMessage, MirrorSnapshot } from '../../protocol/mirror-messages.ts';
import type { Log } from '../log.ts';
import { newId } from '../session/secrets.ts';
import type { Session } from '../session/session.ts';
import { encodeMirror } from './encode.ts';
import type { Meter } from './meter.ts';
import { Resources } from './resources.ts';
import { SessionMirror } from './session-mirror.ts';

export interface LiveMirror {
  mirror: SessionMirror;
  resources: Resources;
  /** Makes the present state loadable once, on the view host. @returns its path */
  publish: () => { epoch: number; seq: number; path: string };
  /** What was published at a path's id; once. */
  takeSnapshot: (id: string) => MirrorSnapshot | undefined;
  encode: (message: MirrorMessage) => Uint8Array;
  meter: Meter;
}

/** Snapshots that were published and not yet fetched; a follower fetches his at once. */
const MAX_SNAPSHOTS = 32;
/** More pages than a session can show between two restarts. */
const EPOCHS_PER_GENERATION = 2 ** 20;

/** The mirror of a session, and the place from which its followers fetch snapshots. */
export function openLiveMirror(session: Session, meter: Meter, log: Log): LiveMirror {
  const { addresses, site } = session;
  const { mask, hide, readonly } = site.options;
  const resources = new Resources({ addresses });
  const mirror = new SessionMirror({
    addresses,
    masks: { mask, hide, readonly },
    resources,
    log: log.child({ sid: session.sid }),
    firstEpoch: session.generation * EPOCHS_PER_GENERATION,
    meter,
  });
  const snapshots = new Map<string, MirrorSnapshot>();
  return {
    mirror,
    resources,
    meter,
    encode: encodeMirror,
    publish() {
      const snapshot = mirror.snapshot();
      const id = newId(26);
      snapshots.set(id, snapshot);
      if (snapshots.size > MAX_SNAPSHOTS) snapshots.delete(snapshots.keys().next().value!);
      return { epoch: snapshot.epoch, seq: snapshot.seq, path: `/s/${id}` };
    },
    takeSnapshot(id) {
      const snapshot = snapshots.get(id);
      snapshots.delete(id);
      return snapshot;
    },
  };
}
