// A ring round what has the leader's keyboard: only his browser draws one by itself, since the mirror never has the focus.
import { isField } from './input/selection.ts';
import type { MirrorBelow } from './overlay-mirror.ts';

/** Draws until stopped; fields and editors show a caret instead. @param mayControl whether the follower's keys go there */
export function startRing(
  root: HTMLElement,
  mirror: MirrorBelow,
  mayControl: () => boolean,
): { stop(): void } {
  const ring = document.createElement('div');
  ring.className = 'ring';
  ring.hidden = true;
  root.append(ring);
  let request = 0;
  let drawn = '';

  const draw = (): void => {
    request = requestAnimationFrame(draw);
    const focused = mayControl() ? mirror.focused?.() : undefined;
    const box = focused && lacksRing(focused) ? mirror.rectOf(focused) : undefined;
    const css = box ? `left:${box.left}px;top:${box.top}px;width:${box.width}px;height:${box.height}px` : '';
    if (css === drawn) return;
    drawn = css;
    ring.style.cssText = css;
    ring.hidden = css === '';
  };
  draw();
  return {
    stop() {
      cancelAnimationFrame(request);
      ring.remove();
    },
  };
}

function lacksRing(element: Element): boolean {
  if (!element.hasAttribute('tandem-focus-visible') || isField(element)) return false;
  const style = element.ownerDocument.defaultView?.getComputedStyle(element);
  return style?.outlineStyle === 'none' && !(element as HTMLElement).isContentEditable;
}
