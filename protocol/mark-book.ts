// What is drawn above a page just now, and how strong: the same in the page and in its mirrors. No DOM: each draws it in its own way.
import type { Mark } from './marks.ts';

/** Points of a stroke that are kept: what is longer is of no use to anyone, and begins anew. */
const MOST_POINTS = 1_024;
/** Strokes of one participant at one time; the oldest goes. */
const MOST_STROKES = 32;
/** How long a point of the laser's trail is seen, ms. */
export const LASER_MS = 900;
/** How long a finished stroke of the marker and a frame stay, ms, before they fade. */
export const STAY_MS = 3_000;
/** How long fading takes, ms. */
export const FADE_MS = 600;

/** One stroke or frame, as it is to be drawn now. */
export interface Drawn {
  readonly key: string;
  readonly pid: string;
  readonly tool: 'laser' | 'marker' | 'frame';
  readonly frame: number;
  readonly node: number;
  /** Of a stroke; those of a laser that are not gone yet. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** How visible, 0…1: fading at its end, and always 1 for who wants no motion. */
  readonly strength: number;
}

interface Kept extends Omit<Drawn, 'points' | 'strength'> {
  points: [x: number, y: number][];
  /** When each point of a laser came, ms. */
  times: number[];
  /** When it was finished; Infinity while it goes on. */
  doneAt: number;
  lastAt: number;
}

/** Keeps what everybody has drawn, until it is gone. */
export class MarkBook {
  readonly #kept = new Map<string, Kept>();

  /** @param now ms, of the same clock as in {@link drawn} */
  take(pid: string, message: Mark, now: number): void {
    if (message.type === 'mark.cleared') {
      this.clear(pid);
      return;
    }
    const { frame, node } = message;
    const framed = message.type === 'mark.framed';
    const tool = framed ? 'frame' : message.tool;
    // One frame a person: the next one replaces it.
    const key = `${pid} ${framed ? 'frame' : message.stroke}`;
    let kept = this.#kept.get(key);
    if (framed || kept?.tool !== tool || kept.node !== node || kept.frame !== frame) {
      kept = { key, pid, tool, frame, node, points: [], times: [], doneAt: Infinity, lastAt: now };
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      this.#limit(pid);
    }
    kept.lastAt = now;
    if (framed || message.done) kept.doneAt = now;
    if (framed) return;
    for (const [x, y] of message.points) {
      kept.points.push([x, y]);
      kept.times.push(now);
    }
    const over = kept.points.length - MOST_POINTS;
    if (over > 0) {
      kept.points.splice(0, over);
      kept.times.splice(0, over);
    }
  }

  #limit(pid: string): void {
    const own = [...this.#kept.values()].filter((kept) => kept.pid === pid);
    if (own.length > MOST_STROKES) this.#kept.delete(own[0]!.key);
  }

  /** Wipes away what one has drawn; without a pid, everything. */
  clear(pid?: string): void {
    for (const [key, kept] of this.#kept) if (pid === undefined || kept.pid === pid) this.#kept.delete(key);
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }

  /**
   * What is to be seen now; what is over is forgotten.
   * @param still no motion: nothing fades, and of a laser only the last point is shown
   */
  drawn(now: number, still: boolean): Drawn[] {
    const shown: Drawn[] = [];
    for (const [key, kept] of this.#kept) {
      const { points, times, tool } = kept;
      // Who went away in the middle of a stroke never says that it is done.
      const over = Math.min(kept.doneAt, kept.lastAt + STAY_MS);
      const left = over + (tool === 'laser' ? LASER_MS : STAY_MS + (still ? 0 : FADE_MS)) - now;
      if (left <= 0) {
        this.#kept.delete(key);
        continue;
      }
      let from = 0;
      if (tool === 'laser') {
        while (from < points.length && now - times[from]! > LASER_MS) from++;
        // At rest it stays where it is held.
        if (still || from === points.length) from = points.length - 1;
      }
      const strength = still || tool === 'laser' ? 1 : Math.min(1, left / FADE_MS);
      shown.push({ ...kept, points: points.slice(Math.max(from, 0)), strength });
    }
    return shown;
  }
}
