// What the leader's browser itself shows above the page: why a field is not valid, that a picker is open, which part is looked at.
import type { MirrorBelow } from './overlay-mirror.ts';

/** Draws until stopped. @param root what it is drawn below of @param openPicker the sentence for an open list, calendar or choice of colours */
export function startNotes(
  root: HTMLElement,
  mirror: MirrorBelow,
  openPicker: () => string,
): { stop(): void } {
  let request = 0;
  const place = document.createElement('div');
  place.className = 'notes';
  root.before(place);
  const bubbles: HTMLElement[] = [];
  const bubble = (index: number, className: string): HTMLElement => {
    let made = bubbles[index];
    if (!made) {
      made = document.createElement('div');
      bubbles.push(made);
      place.append(made);
    }
    made.className = className;
    return made;
  };
  const draw = (): void => {
    request = requestAnimationFrame(draw);
    let used = 0;
    for (const { element, text } of mirror.notes?.() ?? []) {
      const { left, bottom } = mirror.rectOf(element);
      const made = bubble(used++, 'notice');
      const words = text ?? openPicker();
      if (made.textContent !== words) made.textContent = words;
      Object.assign(made.style, { left: `${left}px`, top: `${bottom + 4}px`, width: '', height: '' });
    }
    const part = mirror.part?.();
    if (part) {
      const made = bubble(used++, 'part');
      made.textContent = '';
      Object.assign(made.style, {
        left: `${part.x}px`,
        top: `${part.y}px`,
        width: `${part.width}px`,
        height: `${part.height}px`,
      });
    }
    for (const unused of bubbles.splice(used)) unused.remove();
  };
  draw();
  return {
    stop() {
      cancelAnimationFrame(request);
      place.remove();
    },
  };
}
