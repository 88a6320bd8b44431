// Masked parts: what was left out is a grey box of its size; dots need no help, but some fields would not take them.
import { isElement, type Shown } from './shown.ts';

/** Field types that show only what they can parse. */
const STRICT = new Set([
  'number',
  'date',
  'time',
  'month',
  'week',
  'datetime-local',
  'color',
  'range',
  'email',
  'url',
]);

/** Draws the mark of an element, again after its style was changed. */
export function showMark(shown: Shown): void {
  if (!isElement(shown)) return;
  const { node, props } = shown;
  if (props?.masked === 'mask' && node.localName === 'input' && STRICT.has((node as HTMLInputElement).type))
    (node as HTMLInputElement).type = 'text';
  if (props?.masked !== 'hide') return;
  const { style } = node;
  if (!style) return;
  const put = (name: string, value: string): void => style.setProperty(name, value, 'important');
  put('background', 'repeating-linear-gradient(45deg, #9aa5a3 0 8px, #8d9896 8px 16px)');
  put('color', 'transparent');
  put('border-color', 'transparent');
  const [width, height] = props.box ?? [0, 0];
  put('box-sizing', 'border-box');
  put('min-width', `${width}px`);
  put('min-height', `${height}px`);
  if (width > 0) put('max-width', `${width}px`);
  if (node.localName === 'span' || node.localName === 'a') put('display', 'inline-block');
}
