// Canvases: without scripts they draw nothing, so a picture is put in their place by CSS.
import { isElement, type Shown } from './shown.ts';

const svg = (size: string, drawing: string): string =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" ${size}>${drawing}</svg>`)}`;
/** In place of what may not be read (another origin's pixels, a protected film): a box that is crossed out. */
export const unreadable = (width: number, height: number): string =>
  svg(
    `width="${width}" height="${height}" viewBox="0 0 90 60" preserveAspectRatio="none"`,
    '<path fill="#e8eeec" d="M0 0h90v60H0z"/><path stroke="#4a5b57" d="M0 0l90 60M90 0L0 60"/>',
  );

/** The last picture of each canvas, once it has loaded with its size: drawn at another density than the canvas. */
const pictures = new WeakMap<HTMLElement, { src: string; content?: string }>();

/** Shows the last picture of a canvas, which measures what the canvas would by itself. */
export function showPicture(shown: Shown): void {
  if (!isElement(shown) || shown.tag !== 'canvas') return;
  const { node, props } = shown;
  const number = (name: string, usual: number): number => {
    const value = Number.parseInt(node.getAttribute(name) ?? '', 10);
    return value >= 0 ? value : usual;
  };
  const width = number('width', 300);
  const height = number('height', 150);
  const src =
    props?.picture === undefined
      ? svg(`width="${width}" height="${height}"`, '')
      : props.picture || unreadable(width, height);
  const before = pictures.get(node);
  if (before?.src === src) {
    if (before.content) node.style.setProperty('content', before.content);
    return;
  }
  const picture: { src: string; content?: string } = { src };
  pictures.set(node, picture);
  // Loaded and decoded first, or the canvas would be blank between two pictures; in its document, where CSS finds it again.
  const image = node.ownerDocument.createElement('img');
  image.src = src;
  if (!before || !props?.picture)
    put(node, picture, `url("${before ? src : svg(`width="${width}" height="${height}"`, '')}")`);
  if (!props?.picture) return;
  void image
    .decode()
    .then(() => {
      if (pictures.get(node) === picture)
        put(node, picture, `image-set(url("${src}") ${image.naturalWidth / Math.max(width, 1)}x)`);
    })
    .catch(() => {});
}

function put(node: HTMLElement, picture: { content?: string }, content: string): void {
  picture.content = content;
  node.style.setProperty('content', content);
}
