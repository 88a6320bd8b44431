// Pictures of canvases: small, a few a second, only after something was drawn.
import type { Observer, Recording } from './recording.ts';

/** At most five pictures a second of one canvas, ms between two. */
const EVERY = 200;
const MAX_SIDE = 800;
/** UTF-16 units of the data: URL; a larger picture is made smaller. */
const MAX_LENGTH = 40_000;
const DRAWING = {
  CanvasRenderingContext2D: [
    ...[
      'fillRect',
      'clearRect',
      'strokeRect',
      'fill',
      'stroke',
      'fillText',
      'strokeText',
      'drawImage',
      'putImageData',
      'reset',
    ],
  ],
  WebGLRenderingContext: ['drawArrays', 'drawElements', 'clear'],
  WebGL2RenderingContext: [
    'drawArrays',
    'drawElements',
    'clear',
    'drawArraysInstanced',
    'drawElementsInstanced',
    'drawRangeElements',
  ],
  ImageBitmapRenderingContext: ['transferFromImageBitmap'],
};

export function startCanvas(recording: Recording): Observer {
  const { dom, hooks, document, tree } = recording;
  const pictures = new WeakMap<Element, string>();
  const takenAt = new WeakMap<Element, number>();
  const waiting = new Set<HTMLCanvasElement>();

  const take = (canvas: HTMLCanvasElement): void => {
    waiting.delete(canvas);
    const known = tree.of(canvas);
    if (!known || known.mask) return;
    takenAt.set(canvas, dom.now());
    const picture = pictureOf(canvas, document);
    if (picture === undefined || picture === pictures.get(canvas)) return;
    pictures.set(canvas, picture);
    recording.changedProps(canvas);
  };
  const drawn = (self: object): void => {
    const { canvas } = self as { canvas: HTMLCanvasElement | OffscreenCanvas };
    if (!(canvas as HTMLCanvasElement).ownerDocument || waiting.has(canvas as HTMLCanvasElement)) return;
    const element = canvas as HTMLCanvasElement;
    waiting.add(element);
    const since = dom.now() - (takenAt.get(element) ?? Number.NEGATIVE_INFINITY);
    // Right after the drawing task: what WebGL drew is gone once it was shown.
    if (since >= EVERY) queueMicrotask(() => take(element));
    else dom.setTimeout(() => take(element), EVERY - since);
  };
  for (const [context, methods] of Object.entries(DRAWING)) hooks.afterCall(context, methods, drawn);

  return {
    element(element, tag, known) {
      if (tag !== 'canvas' || known.mask || pictures.has(element)) return;
      waiting.add(element as HTMLCanvasElement);
      queueMicrotask(() => take(element as HTMLCanvasElement));
    },
    read(element, tag, props, known) {
      if (tag !== 'canvas' || known.mask) return;
      const picture = pictures.get(element);
      if (picture !== undefined) props.picture = picture;
    },
  };
}

/** Undefined where the canvas holds another origin's pixels, or nothing. */
function pictureOf(canvas: HTMLCanvasElement, document: Document): string | undefined {
  const { width, height } = canvas;
  if (width === 0 || height === 0) return undefined;
  try {
    for (let scale = Math.min(1, MAX_SIDE / Math.max(width, height)); scale > 0.05; scale /= 2) {
      let source = canvas;
      if (scale < 1) {
        source = document.createElement('canvas');
        source.width = Math.max(1, Math.round(width * scale));
        source.height = Math.max(1, Math.round(height * scale));
        source.getContext('2d')?.drawImage(canvas, 0, 0, source.width, source.height);
      }
      const picture = source.toDataURL('image/webp', 0.6);
      if (picture.length <= MAX_LENGTH) return picture;
    }
  } catch {
    // Tainted.
  }
  return undefined;
}
