// A light tint over the parts that the others can not see, so that the customer knows.
import type { Realm } from '../realm.ts';
import { drawn, type Layer } from './layer.ts';

/** How often the places are looked up anew, ms; scrolling moves them at once. */
const LOOK_MS = 500;
const MAX_TINTS = 100;
const ALWAYS = 'input[type=password], input[autocomplete^=cc-], input[autocomplete=one-time-code]';

/** Draws until stopped. Does nothing in a hidden tab. */
export function startMaskTint(realm: Realm, layer: Layer): { stop(): void } {
  const { window, natives, config } = realm;
  const selector = [...config.masks.mask, ...config.masks.hide, ALWAYS].join(', ');
  let tints: HTMLElement[] = [];
  let masked: Element[] = [];
  let timer = 0;
  let asked = false;
  const draw = () => {
    asked = false;
    const boxes = masked
      .map((element) => element.getBoundingClientRect())
      .filter(
        ({ width, height, bottom, top }) => width > 0 && height > 0 && bottom > 0 && top < window.innerHeight,
      );
    if (boxes.length === 0 && tints.length === 0) return;
    const root = layer.show();
    while (tints.length > boxes.length) natives.remove(tints.pop());
    boxes.forEach((box, index) => {
      let tint = tints[index];
      if (!tint) {
        tint = drawn(realm, 'tint');
        tints.push(tint);
        natives.append(root, tint);
      }
      tint.style.cssText = `left:${box.left}px;top:${box.top}px;width:${box.width}px;height:${box.height}px`;
    });
  };
  const look = () => {
    timer = natives.setTimeout(look, LOOK_MS);
    if (window.document.hidden) return;
    try {
      masked = [...natives.queryAll(window.document, selector)].slice(0, MAX_TINTS);
    } catch {
      masked = []; // a selector that this browser does not know: the gateway has refused it already
    }
    draw();
  };
  const move = () => {
    if (asked || masked.length === 0) return;
    asked = true;
    natives.requestAnimationFrame(draw);
  };
  for (const type of ['scroll', 'resize']) realm.listen(window, type, move);
  timer = natives.setTimeout(look, LOOK_MS);
  return {
    stop() {
      natives.clearTimeout(timer);
      for (const tint of tints) natives.remove(tint);
      tints = [];
    },
  };
}
