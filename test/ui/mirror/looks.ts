// What the tests of looks share: scripts in the leader's page, styles and pictures as the follower's browser shows them.
import type { Pair } from './pair.ts';

/** Runs a script in the leader's page (`$` finds by id) and waits until the follower has it. */
export async function act(pair: Pair, script: string): Promise<void> {
  await pair.leader.evaluate(async (source) => {
    const $ = (id: string) => document.getElementById(id);
    const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
    await (new AsyncFunction('$', source) as ($: unknown) => Promise<void>)($);
  }, script);
  await pair.settle();
}

/** A computed style of the leader's page or its mirror; `selector` may go through shadow roots by `>>>`. */
export async function styleOf(
  pair: Pair,
  side: 'leader' | 'follower',
  selector: string,
  property: string,
  pseudo?: string,
): Promise<string> {
  return await pair[side].evaluate(
    ([path, name, part]) => {
      const page = window.follower?.mirror.document() ?? document;
      let element: Element | null = null;
      for (const step of path!.split('>>>')) {
        const root: Document | ShadowRoot | null = element
          ? (window.leader?.recorder.shadowOf(element) ?? element.shadowRoot)
          : page;
        element = root?.querySelector(step.trim()) ?? null;
      }
      return element ? getComputedStyle(element, part).getPropertyValue(name!) : 'no such element';
    },
    [selector, property, pseudo] as const,
  );
}

export interface Picture {
  type: string;
  bytes: number;
  width: number;
  height: number;
  /** Colour in the middle. */
  middle: [r: number, g: number, b: number];
  inTree: boolean;
}

/** The picture that stands in for a canvas (or video) of the follower; undefined while there is none that loads. */
export async function pictureOf(pair: Pair, selector: string): Promise<Picture | undefined> {
  return await pair.follower.evaluate(async (which) => {
    const element = window.follower.mirror.document()?.querySelector<HTMLVideoElement>(which);
    const url = /url\("(.*?)"\)/.exec(element?.style.content ?? '')?.[1] ?? element?.poster;
    if (!url) return undefined;
    const response = await fetch(url).catch(() => undefined);
    if (!response?.ok) return undefined;
    const blob = await response.blob();
    if (!/webp|png|jpeg/.test(blob.type)) return undefined;
    const bitmap = await createImageBitmap(blob);
    const canvas = document.createElement('canvas');
    const { width, height } = Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
    const context = canvas.getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const [r = 0, g = 0, b = 0] = context.getImageData(width >> 1, height >> 1, 1, 1).data;
    return {
      type: blob.type,
      bytes: blob.size,
      width,
      height,
      middle: [r, g, b],
      inTree: url.startsWith('data:'),
    };
  }, selector);
}

/** Whether a colour is nearly the wanted one: pictures are not exact. */
export function isNear(colour: readonly number[] | undefined, wanted: readonly number[]): boolean {
  return colour !== undefined && wanted.every((value, i) => Math.abs(value - colour[i]!) < 24);
}
