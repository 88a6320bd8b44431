// The agent's hand: a real mouse and a real keyboard on his console's page, where the parts of the mirror are.
import type { Locator, Mouse } from 'playwright-core';
import type { Agent } from '../e2e/agent.ts';
import { until } from '../e2e/until.ts';

/** A part of the mirror: a selector or a locator. */
export type Part = string | Locator;

/** Where on a part: 0…1 across its box; the middle unless said. */
export interface On {
  x: number;
  y: number;
}

export interface Hand {
  /** The point in the console's page. The agent turns the wheel until the part is in view. */
  point(part: Part, on?: On): Promise<{ x: number; y: number }>;
  move(part: Part, on?: On): Promise<void>;
  click(
    part: Part,
    options?: { on?: On; button?: 'left' | 'right' | 'middle'; times?: number; holding?: string[] },
  ): Promise<void>;
  /** Presses on one part and releases on another, by way of some points between. */
  drag(from: Part, to: Part, options?: { on?: On; onto?: On; steps?: number }): Promise<void>;
  /** Turns the wheel above a part, CSS px of the console. */
  wheel(part: Part, dx: number, dy: number, holding?: string[]): Promise<void>;
  /** Types on the keyboard, no faster than a very fast person. */
  type(text: string): Promise<void>;
  /** Presses keys, one after the other; each may be a chord such as `Control+a`. */
  press(...keys: string[]): Promise<void>;
  /** The bare mouse, for paths of its own. */
  readonly mouse: Mouse;
}

/** ms between two keys: the gateway takes 120 inputs a second. */
const KEY_MS = 12;

/** Makes the hand of an agent. */
export function createHand(agent: Agent): Hand {
  const { page } = agent;
  const { mouse, keyboard } = page;
  const locate = (part: Part): Locator =>
    typeof part === 'string' ? agent.mirror.locator(part).first() : part;

  const point = async (part: Part, on: On = { x: 0.5, y: 0.5 }): Promise<{ x: number; y: number }> => {
    const locator = locate(part);
    await locator.waitFor();
    const view = await agent.shared.locator('iframe').boundingBox();
    if (!view) throw new Error('The console shows no mirror.');
    const find = async (): Promise<{ x: number; y: number }> => {
      const box = await locator.boundingBox();
      if (!box) throw new Error(`${String(part)} is not visible in the mirror.`);
      return { x: box.x + box.width * on.x, y: box.y + box.height * on.y };
    };
    let at = await find();
    for (let turns = 0; turns < 40; turns++) {
      const over =
        at.y < view.y + 4
          ? at.y - view.y - 60
          : at.y > view.y + view.height - 4
            ? at.y - view.y - view.height + 60
            : 0;
      if (over === 0) return at;
      await mouse.move(view.x + view.width / 2, view.y + view.height / 2);
      await mouse.wheel(0, over);
      const before = at.y;
      at = await until(
        async () => {
          const now = await find();
          return now.y === before ? undefined : now;
        },
        `scrolling towards ${String(part)}`,
        5000,
      );
    }
    throw new Error(`${String(part)} did not come into view.`);
  };

  const hold = async (keys: string[], act: () => Promise<void>): Promise<void> => {
    for (const key of keys) await keyboard.down(key);
    await act();
    for (const key of keys) await keyboard.up(key);
  };

  return {
    point,
    mouse,
    async move(part, on) {
      const { x, y } = await point(part, on);
      await mouse.move(x, y, { steps: 3 });
    },
    async click(part, { on, button = 'left', times = 1, holding = [] } = {}) {
      const { x, y } = await point(part, on);
      await hold(holding, () => mouse.click(x, y, { button, clickCount: times }));
    },
    async drag(from, to, { on, onto, steps = 8 } = {}) {
      const start = await point(from, on);
      await mouse.move(start.x, start.y);
      await mouse.down();
      const end = await point(to, onto);
      await mouse.move(end.x, end.y, { steps });
      await mouse.up();
    },
    async wheel(part, dx, dy, holding = []) {
      const { x, y } = await point(part);
      await mouse.move(x, y);
      await hold(holding, () => mouse.wheel(dx, dy));
    },
    type: (text) => keyboard.type(text, { delay: KEY_MS }),
    async press(...keys) {
      for (const key of keys) await keyboard.press(key, { delay: KEY_MS });
    },
  };
}
