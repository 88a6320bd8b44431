// Video and audio with the browser's own controls: no event reaches those, so keys and clicks act on the player itself.
import { isHtml } from './composed-tree.ts';

/** What an arrow skips, seconds, and turns the volume by. */
const SKIP = 5;
const LOUDER = 0.1;

/** A player whose controls the browser draws. */
export function findPlayer(element: Element): HTMLMediaElement | undefined {
  return (isHtml(element, 'video') || isHtml(element, 'audio')) && element.controls ? element : undefined;
}

/** Plays or pauses. What the browser then refuses without the customer's own click is noticed where `play` is watched. */
export function togglePlayer(player: HTMLMediaElement): void {
  if (player.paused) player.play().catch(() => {});
  else player.pause();
}

/** An arrow, Home or End in a player: the place in time, the volume. */
export function movePlayer(player: HTMLMediaElement, key: string): void {
  const { duration, currentTime, volume } = player;
  const end = Number.isFinite(duration) ? duration : currentTime;
  const times: Record<string, number> = {
    ArrowLeft: Math.max(currentTime - SKIP, 0),
    ArrowRight: Math.min(currentTime + SKIP, end),
    Home: 0,
    End: end,
  };
  if (key in times) player.currentTime = times[key]!;
  else if (key === 'ArrowUp') player.volume = Math.min(volume + LOUDER, 1);
  else if (key === 'ArrowDown') player.volume = Math.max(volume - LOUDER, 0);
}
