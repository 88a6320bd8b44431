// Mask marks: that an element's content is shown as dots, or left out with only its box kept.
import type { Observer, Recording } from './recording.ts';

export function startMarks({ dom }: Recording): Observer {
  return {
    read(element, _tag, props, known) {
      if (known.own === 0) return;
      props.masked = known.own === 2 ? 'hide' : 'mask';
      if (known.own !== 2) return;
      const { width, height } = dom.box(element);
      props.box = [Math.round(width), Math.round(height)];
    },
  };
}
