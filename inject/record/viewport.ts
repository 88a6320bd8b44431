// Size of the viewport, of its scrollbars and of a CSS pixel, and which part is seen of it.
import type { Op } from '../../protocol/nodes.ts';
import type { Observer, Recording } from './recording.ts';

export function startViewport(recording: Recording): Observer {
  const { window, document } = recording;
  const seen = window.visualViewport;
  let told = '';
  const read = (): Op => {
    const { innerWidth: width, innerHeight: height } = window;
    const inner = document.scrollingElement;
    const bar = (size: number, without: number | undefined): number =>
      Math.max(0, Math.min(200, size - (without || size)));
    const op: Op = [
      'view',
      width,
      height,
      window.devicePixelRatio || 1,
      [bar(width, inner?.clientWidth), bar(height, inner?.clientHeight)],
    ];
    if (seen && seen.scale > 1.01)
      op.push([seen.offsetLeft, seen.offsetTop, seen.width, seen.height] as never);
    return op;
  };
  /** Read at once, where the layout is known anyway. */
  const tell = (): void => {
    const op = read();
    const key = op.join();
    if (key === told) return;
    told = key;
    recording.say('view', () => op);
  };
  // A scrollbar that comes or goes is no resize, but leaves the document another width.
  const resizes = window.ResizeObserver && new window.ResizeObserver(tell);
  window.addEventListener('resize', tell, { passive: true });
  for (const type of ['resize', 'scroll']) seen?.addEventListener(type, tell, { passive: true });
  return {
    restate() {
      told = '';
      tell();
      if (document.documentElement) resizes?.observe(document.documentElement);
    },
    stop() {
      window.removeEventListener('resize', tell);
      for (const type of ['resize', 'scroll']) seen?.removeEventListener(type, tell);
      resizes?.disconnect();
    },
  };
}
