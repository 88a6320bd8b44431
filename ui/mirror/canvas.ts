// Canvases: without scripts they draw nothing, so a picture is put in their place by CSS.
import { isElement, type Shown } from './shown.ts';

/** Shows the last picture of a canvas in its own size. */
export function showPicture(shown: Shown): void {
  if (!isElement(shown) || shown.tag !== 'canvas') return;
  const { node, props } = shown;
  const width = Number(node.getAttribute('width') ?? 300);
  const height = Number(node.getAttribute('height') ?? 150);
  const { style } = node;
  style.setProperty('aspect-ratio', `${width} / ${height}`);
  if (style.display === '') style.setProperty('display', 'inline-block');
  if (style.width === '' && !node.style.height) style.setProperty('width', `${width}px`);
  if (props?.picture === undefined) style.removeProperty('content');
  else style.setProperty('content', `url("${props.picture}")`);
}
