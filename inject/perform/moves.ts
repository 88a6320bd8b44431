// Moves of a pointer as a browser delivers them: one a frame, and no faster than they were made, however bunched they arrive.
// Pages measure speed by them: a map that gets half a second's moves at once is thrown to another country when it is let go.
import type { Input } from '../../protocol/input.ts';

type Move = Extract<Input, { type: 'input.pointer' }>;

/** What a follower wishes to be performed; without an input, what goes on here or ends that began in another document. */
interface Wish {
  type: string;
  pid?: string;
  input?: Input;
}

export interface MoveDeps<W extends Wish> {
  /** Whether the page is out of sight, where frames do not come. */
  isHidden(): boolean;
  /** ms */
  now(): number;
  /** Calls back with the next frame; once more does no harm. */
  requestFrame(callback: () => void): void;
  perform(wish: W): void;
}

/** A follower sends a move so often at most, ms. */
const EACH_MS = 16;
/** Longer nobody waits for a bunch, ms; pages that measure speed look back less far. */
const MOST_MS = 64;
/** So many moves together are no bunch yet: the last one is sent ahead of a press. */
const FEW = 2;

/** @returns what takes the wishes: they are performed in their order, moves with the next frame, all else at once unless it comes behind a bunch */
export function startMoves<W extends Wish>(deps: MoveDeps<W>): (wish: W) => void {
  let held: { wish: W; move: Move; count: number } | undefined;
  let behind: W[] = [];
  let asked = false;
  let movedAt = Number.NEGATIVE_INFINITY;

  const isEarly = (): boolean =>
    held !== undefined && held.count > FEW && deps.now() < movedAt + Math.min(held.count * EACH_MS, MOST_MS);
  const flush = (): void => {
    if (!held) return;
    const { wish, move } = held;
    held = undefined;
    movedAt = deps.now();
    deps.perform({ ...wish, input: move });
  };
  const onFrame = (): void => {
    asked = false;
    if (isEarly()) {
      ask();
      return;
    }
    flush();
    const rest = behind;
    behind = [];
    for (const wish of rest) take(wish);
  };
  const ask = (): void => {
    if (!asked) deps.requestFrame(onFrame);
    asked = true;
  };
  const take = (wish: W): void => {
    const { input } = wish;
    if (behind.length > 0) behind.push(wish);
    else if (input && isPaced(input) && !deps.isHidden()) {
      if (held && (held.wish.pid !== wish.pid || held.move.buttons !== input.buttons)) flush();
      const move = held ? join(held.move, input) : input;
      held = { wish, move, count: (held?.count ?? 0) + 1 };
      ask();
    } else if (isEarly()) behind.push(wish);
    else {
      flush();
      deps.perform(wish);
    }
  };
  return take;
}

/** Of a move beyond this document the answer is waited for; it is paced where it leads. */
function isPaced(input: Input): input is Move {
  return input.type === 'input.pointer' && input.action === 'move' && !input.over;
}

/** The later move; what draws keeps the points of both. */
function join(before: Move, move: Move): Move {
  if (before.node !== move.node || !(before.trail ?? move.trail)) return move;
  const { x, y, pressure } = before;
  const point = pressure === undefined ? { x, y } : { x, y, pressure };
  return { ...move, trail: [...(before.trail ?? []), point, ...(move.trail ?? [])] };
}
