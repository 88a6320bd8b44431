// Pictures of canvases: a few a second, only after something was drawn.
import { copyOf, MAX_SIDE } from './pictures.ts';
import type { Observer, Recording } from './recording.ts';

/** At most five pictures a second of one canvas, ms between two. */
const EVERY = 200;
/** A canvas that a worker draws is looked at this often, ms: nobody tells when. */
const WORKER_EVERY = 1_000;
const GL = ['drawArrays', 'drawElements', 'clear'];
const DRAWING: Record<string, string[]> = {
  CanvasRenderingContext2D:
    'fillRect clearRect strokeRect fill stroke fillText strokeText drawImage putImageData reset'.split(' '),
  WebGLRenderingContext: GL,
  WebGL2RenderingContext: [
    ...GL,
    'drawArraysInstanced',
    'drawElementsInstanced',
    'drawRangeElements',
    'blitFramebuffer',
  ],
  ImageBitmapRenderingContext: ['transferFromImageBitmap'],
};

interface Drawn {
  takenAt: number;
  /** A look is due at the end of this task. */
  looking: boolean;
  waiting: boolean;
  /** What WebGL drew is gone once it was shown: a copy made in the drawing task. */
  copy?: HTMLCanvasElement;
  /** A worker draws it. */
  away?: boolean;
}

export function startCanvas(recording: Recording): Observer {
  const { dom, hooks, document, tree, pictures, window } = recording;
  const all = new WeakMap<HTMLCanvasElement, Drawn>();
  const of = (canvas: HTMLCanvasElement): Drawn => {
    let drawn = all.get(canvas);
    if (!drawn) {
      drawn = { takenAt: Number.NEGATIVE_INFINITY, looking: false, waiting: false };
      all.set(canvas, drawn);
    }
    return drawn;
  };
  const copyTo = (canvas: HTMLCanvasElement, drawn: Drawn): void => {
    const { width, height } = canvas;
    const scale = Math.min(1, MAX_SIDE / Math.max(width, height, 1));
    drawn.copy ??= document.createElement('canvas');
    copyOf(canvas, width * scale, height * scale, drawn.copy);
  };
  const take = (canvas: HTMLCanvasElement, drawn: Drawn): void => {
    drawn.waiting = false;
    drawn.takenAt = dom.now();
    // A canvas that was given away is read by drawing it elsewhere.
    if (drawn.away) copyTo(canvas, drawn);
    const { copy = canvas } = drawn;
    pictures.take(canvas, copy, copy.width, copy.height);
  };
  const soon = (canvas: HTMLCanvasElement, drawn: Drawn): void => {
    if (drawn.waiting) return;
    drawn.waiting = true;
    dom.setTimeout(() => take(canvas, drawn), Math.max(0, drawn.takenAt + EVERY - dom.now(), pictures.wait));
  };
  const look = (canvas: HTMLCanvasElement, drawn: Drawn, isGl: boolean): void => {
    drawn.looking = false;
    if (!dom.isConnected(canvas) || tree.of(canvas)?.mask) return;
    if (isGl) copyTo(canvas, drawn);
    soon(canvas, drawn);
  };
  for (const [context, methods] of Object.entries(DRAWING)) {
    const isGl = context.startsWith('WebGL');
    hooks.afterCall(context, methods, (self) => {
      const { canvas } = self as { canvas: HTMLCanvasElement };
      if (!(canvas instanceof window.HTMLCanvasElement)) return;
      const drawn = of(canvas);
      if (drawn.looking) return;
      drawn.looking = true;
      queueMicrotask(() => look(canvas, drawn, isGl));
    });
  }
  hooks.afterSet('HTMLCanvasElement', ['width', 'height'], (self) => {
    const canvas = self as HTMLCanvasElement;
    if (tree.of(canvas)) soon(canvas, of(canvas));
  });
  hooks.afterCall('HTMLCanvasElement', ['transferControlToOffscreen'], (self) => {
    const canvas = self as HTMLCanvasElement;
    const drawn = of(canvas);
    drawn.away = true;
    const again = (): void => {
      if (!away.has(canvas)) return;
      if (dom.isConnected(canvas)) soon(canvas, drawn);
      dom.setTimeout(again, WORKER_EVERY);
    };
    away.add(canvas);
    again();
  });
  const away = new Set<HTMLCanvasElement>();

  return {
    tags: /^canvas$/,
    element(element, _tag, known) {
      if (known.mask) return;
      pictures.resend(element);
      soon(element as HTMLCanvasElement, of(element as HTMLCanvasElement));
    },
    read(element, _tag, props, known) {
      const picture = !known.mask ? pictures.of(element) : undefined;
      if (picture !== undefined) props.picture = picture;
    },
    stop: () => away.clear(),
  };
}
