// The agent moves a map: its centre is where he put it, and the mirror has the same tiles at the same places.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from './stage.ts';
import { answerTile } from './tiles.ts';
import { expectState } from './writing.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({
    apps: { leaflet: 'leaflet/main.ts' },
    pages: { '/tile.png': answerTile },
  });
});
afterAll(() => control?.stop());
captureFailures(() => control);

/** Centre in px of the whole world at the zoom, whole numbers. */
const CENTRE = '(({ x, y }) => [Math.round(x), Math.round(y)])(map.project(map.getCenter()))';
const isStill = 'map._panAnim?._inProgress !== true && !map._animatingZoom';

async function begin(): Promise<[number, number]> {
  await control.open('/leaflet');
  await control.mirror.locator('.leaflet-tile-loaded').first().waitFor();
  return await centre();
}

async function centre(): Promise<[number, number]> {
  await expectState(control, isStill, true);
  return (await (await control.leader()).evaluate(CENTRE)) as [number, number];
}

describe('Leaflet', () => {
  it('is panned by drag, its tiles follow, and nothing is selected', async () => {
    const { hand, mirror, agree } = control;
    const [x, y] = await begin();
    const from = await hand.point('#root', { x: 0.2, y: 0.2 });
    const to = await hand.point('#root', { x: 0.65, y: 0.75 });
    await hand.mouse.move(from.x, from.y);
    await hand.mouse.down();
    await hand.mouse.move(to.x, to.y, { steps: 12 });
    // 45 % of its 640 px, 55 % of its 420 px; in tens
    await expectState(
      control,
      `${CENTRE}.map((now, at) => Math.round((${JSON.stringify([x, y])}[at] - now) / 10))`,
      [29, 23],
    );
    // held still for a moment, it is not thrown
    await agree();
    await hand.mouse.up();
    const [toX, toY] = await centre();
    expect([Math.round((x - toX) / 10), Math.round((y - toY) / 10)]).toEqual([29, 23]);
    await expectState(control, 'String(getSelection())', '');
    await agree();
    const loaded = await mirror
      .locator('.leaflet-tile-loaded')
      .evaluateAll((tiles) => tiles.every((tile) => (tile as HTMLImageElement).naturalWidth === 256));
    expect(loaded).toBe(true);
    await control.screenshot('leaflet');
  });

  it('is zoomed by the wheel, by two clicks, by its buttons and by keys', async () => {
    const { hand, agree } = control;
    await begin();
    await hand.wheel('#root', 0, -60);
    await expectState(control, 'map.getZoom() > 12', true);
    await centre();
    await hand.click('.leaflet-control-zoom-out');
    await centre();
    const zoom = Number(await (await control.leader()).evaluate('map.getZoom()'));
    await hand.click('#root', { on: { x: 0.3, y: 0.3 }, times: 2 });
    await expectState(control, 'map.getZoom()', zoom + 1);
    await centre();
    await hand.press('-');
    await expectState(control, 'map.getZoom()', zoom);
    await centre();
    await hand.press('+');
    await expectState(control, 'map.getZoom()', zoom + 1);
    const [x] = await centre();
    await hand.press('ArrowRight');
    await expectState(control, `${CENTRE}[0] > ${x}`, true);
    await centre();
    await expectState(control, 'String(getSelection())', '');
    await agree();
  });

  it('opens and closes what a marker says', async () => {
    const { hand, mirror, agree } = control;
    await begin();
    await hand.click('.leaflet-marker-icon');
    await mirror.getByText('we are').waitFor();
    await agree();
    await control.screenshot('leaflet-popup');
    await hand.click('.leaflet-popup-close-button');
    await mirror.locator('.leaflet-popup').waitFor({ state: 'detached' });
    await agree();
    expect(control.errors).toEqual([]);
  });
});
