// Everybody sees where everybody points and what he draws: in the right place on another screen, in frames and shadow trees, gone after a while.
import type { Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openContext } from '../browser.ts';
import { type ControlStage, captureFailures, startControl } from '../control/stage.ts';
import { until } from './until.ts';
import { word } from './words.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({
    mask: ['.secret'],
    pages: {
      '/board': `<style>#box{width:300px;height:200px;background:#def;margin:40px}#pad{width:200px;height:100px;background:#fed}</style>
        <h1>Board</h1><div id=box></div><div id=pad class=secret></div><div id=host></div>
        <iframe srcdoc="<!doctype html><body style='margin:0'><div id=inner style='width:200px;height:80px;background:#dfd'></div>" style="width:300px;height:100px"></iframe>
        <div style="height:1500px"></div><script>
          host.attachShadow({ mode: 'closed' }).innerHTML = '<button id=deep style="width:160px;height:40px">Deep</button>';
          heard = []; for (const type of ['pointerdown', 'mousedown', 'click']) addEventListener(type, (e) => heard.push(e.type), true);
        </script>`,
    },
  });
});
afterAll(() => control?.stop());
captureFailures(() => control);
beforeEach(async () => {
  await control.goTo('/board');
  await control.mirror.getByRole('button', { name: 'Deep' }).waitFor();
});
afterEach(async () => {
  for (const page of [control.agent.page, control.shell.page]) {
    const none = page.getByRole('button', { name: word('tool.none'), exact: true });
    if ((await none.getAttribute('aria-pressed')) === 'false') await none.click();
    await page.getByRole('button', { name: word('tool.clear') }).click();
  }
});

const tool = (page: Page, key: string) => page.getByRole('button', { name: word(key), exact: true });
const view = () => control.agent.page.frameLocator(`iframe[title="${word('view.title')}"]`);

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
/** Boxes of what is drawn in the customer's page, in its own coordinates: found as a debugger finds them. */
async function drawnInPage(selector: string, frame?: Frame): Promise<Box[]> {
  const leader = await control.leader();
  const context = control.shell.page.context();
  const apart = await context.newCDPSession(frame ?? leader).catch(() => undefined);
  // A frame of the leader's own process is looked into by way of the leader, and its place taken off.
  const session = apart ?? (await context.newCDPSession(leader));
  const around = { x: 0, y: 0 };
  if (!apart && frame) {
    const [outer, inner] = await Promise.all(
      [leader, frame].map(async (one) => (await one.frameElement()).boundingBox()),
    );
    Object.assign(around, { x: inner!.x - outer!.x, y: inner!.y - outer!.y });
  }
  try {
    const { root } = await session.send('DOM.getDocument', { depth: -1, pierce: true });
    const boxes: Box[] = [];
    for (const backendNodeId of findAll(root as Described, selector)) {
      // It is drawn anew with each frame: one that is gone by now was there a moment ago.
      const { model } = await session
        .send('DOM.getBoxModel', { backendNodeId })
        .catch(() => ({ model: undefined }));
      if (!model) continue;
      const [left, top, , , right, bottom] = model.border as [number, number, number, number, number, number];
      boxes.push({
        x: left - around.x,
        y: top - around.y,
        width: right - left,
        height: bottom - top,
      });
    }
    return boxes;
  } finally {
    await session.detach();
  }
}
interface Described {
  backendNodeId: number;
  localName: string;
  attributes?: string[];
  children?: Described[];
  shadowRoots?: Described[];
  contentDocument?: Described;
}
/** By class name or tag, within our layer only. */
function findAll(node: Described, name: string, within = false): number[] {
  const inside = within || node.localName === 'tandem-layer';
  const is = inside && (node.localName === name || node.attributes?.includes(name));
  const below = [...(node.children ?? []), ...(node.shadowRoots ?? [])];
  if (node.contentDocument) below.push(node.contentDocument);
  return [...(is ? [node.backendNodeId] : []), ...below.flatMap((child) => findAll(child, name, inside))];
}
const boxIn = async (frame: Frame, selector: string): Promise<Box> =>
  await frame.locator(selector).evaluate((element) => element.getBoundingClientRect().toJSON() as Box);
const near = (one: number, other: number, by = 3) => Math.abs(one - other) <= by;
const isNear = (drawn: Box, x: number, y: number) => near(drawn.x, x) && near(drawn.y, y);

describe('pointers', () => {
  it('of the agent are where he points, with his name, also after the customer has scrolled', async () => {
    await control.hand.move('#box', { x: 0.25, y: 0.5 });
    const frame = await control.leader();
    const box = await boxIn(frame, '#box');
    await until(
      async () =>
        (await drawnInPage('pointer')).find((at) =>
          isNear(at, box.x + box.width / 4, box.y + box.height / 2),
        ),
      'the pointer in its place',
    );
    await frame.evaluate(() => scrollTo(0, 60));
    await until(
      async () =>
        (await drawnInPage('pointer')).find((at) =>
          isNear(at, box.x + box.width / 4, box.y + box.height / 2 - 60),
        ),
      'the pointer in its new place',
    );
  });

  it('of the customer are where he points in the mirror, in a closed shadow tree too, and say nothing of a masked part', async () => {
    const frame = await control.leader();
    const mouse = control.shell.page.mouse;
    const around = (await (await frame.frameElement()).boundingBox())!;
    const shown = async (selector: string, x: number, y: number) => {
      const box = (await control.mirror.locator(selector).boundingBox())!;
      return await until(async () => {
        const at = await view().locator('.pointer:visible').boundingBox();
        return at && near(at.x, box.x + box.width * x, 6) && near(at.y, box.y + box.height * y, 6)
          ? at
          : undefined;
      }, `the customer's pointer on ${selector}`);
    };
    const box = await boxIn(frame, '#box');
    await mouse.move(around.x + box.x + box.width * 0.8, around.y + box.y + box.height * 0.2);
    await shown('#box', 0.8, 0.2);
    const host = await boxIn(frame, '#host');
    await mouse.move(around.x + host.x + 120, around.y + host.y + 20);
    await shown('#deep', 0.75, 0.5);
    const pad = await boxIn(frame, '#pad');
    await mouse.move(around.x + pad.x + pad.width * 0.9, around.y + pad.y + pad.height * 0.1);
    await shown('#pad', 0.5, 0.5);
  });

  it('stand where a quick movement ended, though its last steps come too fast to be told one by one', async () => {
    const frame = await control.leader();
    const around = (await (await frame.frameElement()).boundingBox())!;
    const box = await boxIn(frame, '#box');
    const to = { x: around.x + box.x + box.width * 0.75, y: around.y + box.y + box.height * 0.5 };
    await control.shell.page.mouse.move(to.x - 90, to.y);
    await control.shell.page.mouse.move(to.x, to.y, { steps: 5 });
    const seen = (await control.mirror.locator('#box').boundingBox())!;
    await until(async () => {
      const at = await view().locator('.pointer:visible').boundingBox();
      return at && near(at.x, seen.x + seen.width * 0.75, 6) ? at : undefined;
    }, 'the customer’s pointer at the end of its way');
  });

  it('go into frames', async () => {
    const inner = control.mirror.frameLocator('iframe').locator('#inner');
    await control.hand.move(inner, { x: 0.5, y: 0.25 });
    const frame = (await control.leader()).childFrames()[0]!;
    await until(
      async () => (await drawnInPage('pointer', frame)).find((at) => isNear(at, 100, 20)),
      'the pointer in the frame',
    );
  });
});

describe('the agent draws', () => {
  it('with the marker: the customer sees the line in its place, and it fades', async () => {
    await tool(control.agent.page, 'tool.marker').click();
    await control.hand.drag('#box', '#box', { on: { x: 0.1, y: 0.1 }, onto: { x: 0.9, y: 0.9 } });
    const box = await boxIn(await control.leader(), '#box');
    const line = await until(async () => (await drawnInPage('polyline'))[0], 'a line');
    expect(near(line.x + line.width / 2, box.x + box.width / 2, 8)).toBe(true);
    expect(near(line.width, box.width * 0.8, 16)).toBe(true);
    await control.screenshot('marker');
    expect(await view().locator('.ink polyline').count()).toBe(1);
    // The page was not pressed, and nothing of it is in the mirror.
    expect(await (await control.leader()).evaluate('heard')).toEqual([]);
    expect(await control.mirror.locator('polyline').count()).toBe(0);
    await until(async () => (await drawnInPage('polyline')).length === 0 || undefined, 'the end of the line');
    await view().locator('.ink polyline').waitFor({ state: 'detached' });
  });

  it('wipes it away before', async () => {
    await tool(control.agent.page, 'tool.marker').click();
    await control.hand.drag('#box', '#box', { on: { x: 0.1, y: 0.5 }, onto: { x: 0.9, y: 0.5 } });
    await until(async () => (await drawnInPage('polyline'))[0], 'a line');
    await control.agent.page.getByRole('button', { name: word('tool.clear') }).click();
    await view().locator('.ink polyline').waitFor({ state: 'detached' });
    await until(async () => (await drawnInPage('polyline')).length === 0 || undefined, 'an empty page');
  });

  it('with the laser: a trail while it is held', async () => {
    await tool(control.agent.page, 'tool.laser').click();
    const from = await control.hand.point('#box', { x: 0.2, y: 0.2 });
    await control.agent.page.mouse.move(from.x, from.y);
    await control.agent.page.mouse.down();
    await control.agent.page.mouse.move(from.x + 100, from.y + 60, { steps: 10 });
    await until(async () => (await drawnInPage('circle'))[0], 'the point of the laser');
    await control.screenshot('laser');
    await control.agent.page.mouse.up();
    await until(async () => (await drawnInPage('circle')).length === 0 || undefined, 'the end of the laser');
  });

  it('a frame around an element, with his name', async () => {
    await tool(control.agent.page, 'tool.frame').click();
    await control.hand.click('#box');
    const box = await boxIn(await control.leader(), '#box');
    const framed = await until(async () => (await drawnInPage('framed'))[0], 'a frame');
    expect(isNear(framed, box.x - 4, box.y - 4)).toBe(true);
    await control.screenshot('frame');
    await view().locator('.framed', { hasText: 'Anna Berg' }).waitFor();
  });

  it('with the keyboard alone', async () => {
    const { page } = control.agent;
    await tool(page, 'tool.frame').focus();
    await page.keyboard.press('Enter');
    await view().locator('.pane').waitFor();
    await view().locator('.pane').focus();
    const box = (await control.mirror.locator('#box').boundingBox())!;
    const cross = view().locator('.cross.on');
    await page.keyboard.press('ArrowUp');
    await cross.waitFor();
    // Steps of 8 px, as a person would go who sees the cross.
    await until(async () => {
      const at = (await cross.boundingBox())!;
      const [dx, dy] = [box.x + box.width / 2 - at.x - 12, box.y + box.height / 2 - at.y - 12];
      if (Math.abs(dx) > 40) await page.keyboard.press(dx > 0 ? 'Shift+ArrowRight' : 'Shift+ArrowLeft');
      else if (Math.abs(dy) > 40) await page.keyboard.press(dy > 0 ? 'Shift+ArrowDown' : 'Shift+ArrowUp');
      else return true;
      return undefined;
    }, 'the cross on the box');
    await page.keyboard.press('Enter');
    const there = await boxIn(await control.leader(), '#box');
    await until(
      async () => (await drawnInPage('framed')).find((at) => isNear(at, there.x - 4, there.y - 4)),
      'a frame around the box',
    );
    await page.keyboard.press('Escape');
    await expect.poll(() => tool(page, 'tool.none').getAttribute('aria-pressed')).toBe('true');
  });
});

describe('the customer draws', () => {
  it('over his own page: the agent sees it, and the page hears nothing', async () => {
    const frame = await control.leader();
    const { page } = control.shell;
    await tool(page, 'tool.marker').click();
    const around = (await (await frame.frameElement()).boundingBox())!;
    const box = await boxIn(frame, '#box');
    await page.mouse.move(around.x + box.x + 30, around.y + box.y + 20);
    await page.mouse.down();
    await page.mouse.move(around.x + box.x + 270, around.y + box.y + 180, { steps: 8 });
    await page.mouse.up();
    const there = (await control.mirror.locator('#box').boundingBox())!;
    const line = await until(
      async () => (await view().locator('.ink polyline').boundingBox()) ?? undefined,
      'a line',
    );
    expect(near(line.x, there.x + there.width * 0.1, 8)).toBe(true);
    expect(near(line.width, there.width * 0.8, 16)).toBe(true);
    expect(await frame.evaluate('heard')).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => tool(page, 'tool.none').getAttribute('aria-pressed')).toBe('true');
    await page.mouse.click(around.x + box.x + 30, around.y + box.y + 20);
    await expect.poll(() => frame.evaluate('heard.length')).toBe(3);
  });
});

describe('a person who wants no motion', () => {
  it('sees the laser as a dot and strokes without fading', async () => {
    // Every person of these tests asks for reduced motion, unless said.
    await tool(control.agent.page, 'tool.laser').click();
    const from = await control.hand.point('#box', { x: 0.2, y: 0.2 });
    await control.agent.page.mouse.move(from.x, from.y);
    await control.agent.page.mouse.down();
    await control.agent.page.mouse.move(from.x + 100, from.y + 60, { steps: 10 });
    const dot = view().locator('.ink circle');
    await dot.waitFor();
    const trail = await view()
      .locator('.ink polyline')
      .evaluateAll((lines) => lines.map((line) => (line as SVGGraphicsElement).getBBox().width));
    expect(trail.every((width) => width < 2)).toBe(true);
    await control.agent.page.mouse.up();
  });

  it('and others see the trail', async () => {
    const { context } = await openContext(control.stage.browser, {
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'no-preference',
    });
    const page = await context.newPage();
    const { gateway } = control.stage;
    const [session] = [...gateway.sessions.all()];
    const { Agent } = await import('./agent.ts');
    const cara = new Agent({ context, errors: [], page, consoleOrigin: gateway.places.consoleOrigin });
    await cara.signIn('cara', `/session/${session!.sid}`);
    await cara.mirror.locator('#box').waitFor();
    await tool(control.agent.page, 'tool.laser').click();
    const from = await control.hand.point('#box', { x: 0.2, y: 0.2 });
    await control.agent.page.mouse.move(from.x, from.y);
    await control.agent.page.mouse.down();
    const lines = page.frameLocator(`iframe[title="${word('view.title')}"]`).locator('.ink polyline');
    let count = 0;
    await until(async () => {
      // It goes by itself, so he draws on until it has been seen.
      await control.agent.page.mouse.move(from.x + 40 * (++count % 3), from.y + 30, { steps: 10 });
      const widths = await lines.evaluateAll((all) =>
        all.map((line) => (line as SVGGraphicsElement).getBBox().width),
      );
      return widths.some((width) => width > 2) || undefined;
    }, 'a trail');
    await control.agent.page.mouse.up();
    await context.close();
  });
});
