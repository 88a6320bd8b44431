// Figures for Prometheus: how well pages are mirrored, and what had to be mended. Nothing in them names a session or a person.
import { Counter, Gauge, Registry } from 'prom-client';
import type { ShownState } from '../../protocol/mirror-messages.ts';
import type { Hop, Meter } from '../mirror/meter.ts';

/** Pages in the gateway, and followers' windows, by how well they are known and shown. */
export type CountMirrors = () => Iterable<readonly [hop: Hop, state: ShownState]>;

export interface Metrics {
  meter: Meter;
  /** The text that Prometheus reads, and its content type. */
  read(): Promise<{ type: string; text: string }>;
}

const STATES: ShownState[] = ['waiting', 'out-of-sight', 'live', 'catching-up', 'degraded', 'paused'];
const HOPS: Hop[] = ['leader', 'follower'];

/** @param mirrors asked at each reading */
export function createMetrics(mirrors: CountMirrors): Metrics {
  const registers = [new Registry()];
  const differed = new Counter({
    name: 'tandem_mirror_differences_total',
    help: 'Differences found between leader and gateway (hop leader), or gateway and follower (hop follower).',
    labelNames: ['hop', 'found_by'] as const,
    registers,
  });
  const mended = new Counter({
    name: 'tandem_mirror_mended_total',
    help: 'How differences were made good: by a repair of what differs, by sending all again, or not.',
    labelNames: ['hop', 'how'] as const,
    registers,
  });
  new Gauge({
    name: 'tandem_mirrors',
    help: 'Shared pages in the gateway (hop leader) and windows of followers (hop follower) by state.',
    labelNames: ['hop', 'state'] as const,
    registers,
    collect() {
      const counts = new Map<string, number>();
      for (const [hop, state] of mirrors())
        counts.set(`${hop} ${state}`, (counts.get(`${hop} ${state}`) ?? 0) + 1);
      for (const hop of HOPS)
        for (const state of STATES) this.set({ hop, state }, counts.get(`${hop} ${state}`) ?? 0);
    },
  });
  const [registry] = registers;
  return {
    meter: {
      differed: (hop, by) => differed.inc({ hop, found_by: by }),
      mended: (hop, how) => mended.inc({ hop, how }),
    },
    read: async () => ({ type: registry!.contentType, text: await registry!.metrics() }),
  };
}
