// Video and audio with the browser's own controls: those hear dispatched keys, but no click, and not where sound would need the customer's own.
import { isHtml } from './composed-tree.ts';

/** A player whose controls the browser draws. */
export function findPlayer(element: Element): HTMLMediaElement | undefined {
  return (isHtml(element, 'video') || isHtml(element, 'audio')) && element.controls ? element : undefined;
}

/**
 * Plays or pauses, unless the browser has done so already. What it refuses without the customer's own click is noticed where
 * `play` is watched.
 * @param before whether it was paused
 */
export function togglePlayer(player: HTMLMediaElement, before: boolean): void {
  if (player.paused !== before) return;
  if (before) player.play().catch(() => {});
  else player.pause();
}
