// Dates: flatpickr's calendar, drawn by the page, and the browser's own fields, for which the agent gets pickers of ours.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { word } from '../e2e/words.ts';
import { type ControlStage, captureFailures, startControl } from './stage.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({ apps: { dates: 'flatpickr/main.js' } });
  await control.open('/dates');
});
afterAll(() => control?.stop());
captureFailures(() => control);

async function holds(selector: string, value: string): Promise<void> {
  const leader = await control.leader();
  await expect.poll(() => leader.locator(selector).inputValue(), { timeout: 8000 }).toBe(value);
}

describe('flatpickr', () => {
  const OPEN = '.flatpickr-calendar.open';

  it('opens at a click; a day is taken by the mouse after a turn of the month', async () => {
    const { hand, mirror, agree } = control;
    await hand.click('#day');
    await mirror.locator(OPEN).waitFor();
    await hand.click(`${OPEN} .flatpickr-next-month`);
    await hand.click(mirror.locator(`${OPEN} .flatpickr-day[aria-label="December 24, 2026"]`));
    await holds('#day', '2026-12-24');
    await mirror.locator(OPEN).waitFor({ state: 'detached' });
    await agree();
  });

  it('a range is taken by two clicks, with what lies between marked under the pointer', async () => {
    const { hand, mirror, agree } = control;
    await hand.click('#stay');
    await hand.click(mirror.locator(`${OPEN} .flatpickr-day[aria-label="November 10, 2026"]`));
    await hand.move(mirror.locator(`${OPEN} .flatpickr-day[aria-label="November 13, 2026"]`));
    await expect.poll(() => mirror.locator(`${OPEN} .flatpickr-day.inRange`).count()).toBe(2);
    await hand.click(mirror.locator(`${OPEN} .flatpickr-day[aria-label="November 14, 2026"]`));
    await holds('#stay', '2026-11-10 to 2026-11-14');
    await agree();
  });

  it('goes by keys: into the calendar, along its days, Enter; year and hour are typed', async () => {
    const { hand, mirror, agree } = control;
    await hand.click('#day');
    await mirror.locator(OPEN).waitFor();
    await hand.click(`${OPEN} .cur-year`, { on: { x: 0.3, y: 0.5 } });
    await hand.press('Control+a');
    await hand.type('2027');
    await hand.press('Enter');
    await mirror.locator(`${OPEN} .flatpickr-day[aria-label="December 24, 2027"]`).waitFor();
    await hand.click(mirror.locator(`${OPEN} .flatpickr-day[aria-label="December 1, 2027"]`));
    await holds('#day', '2027-12-01');
    await hand.click('#time');
    await hand.click(`${OPEN} .flatpickr-hour`);
    await hand.press('ArrowUp');
    await hand.press('Tab', 'Enter');
    await holds('#time', '19:00');
    await agree();
  });
});

describe('fields of the browser', () => {
  const view = () => control.agent.page.frameLocator(`iframe[title="${word('view.title')}"]`);

  it('a date is chosen in our calendar by mouse and by keys', async () => {
    const { hand, agree, agent } = control;
    await hand.click('#own', { on: { x: 0.3, y: 0.5 } });
    const calendar = view().getByRole('dialog');
    await calendar.getByRole('gridcell', { name: /24 November 2026/ }).click();
    await holds('#own', '2026-11-24');
    await hand.click('#own', { on: { x: 0.3, y: 0.5 } });
    await calendar.waitFor();
    await control.screenshot('calendar');
    for (const key of ['Alt+ArrowDown', 'ArrowRight', 'PageDown', 'Enter'])
      await agent.page.keyboard.press(key);
    await holds('#own', '2026-12-25');
    await agree();
  });

  it('a date is typed into the field that lies over the page’s, and Tab goes on', async () => {
    const { hand, agree, agent } = control;
    await hand.click('#own', { on: { x: 0.3, y: 0.5 } });
    await view().locator('.native').waitFor();
    await agent.page.keyboard.type('02022028', { delay: 30 });
    await agent.page.keyboard.press('Enter');
    await holds('#own', '2028-02-02');
    await hand.press('Tab');
    const leader = await control.leader();
    await expect.poll(() => leader.evaluate('document.activeElement.id')).toBe('own-time');
    await hand.type('0730');
    await holds('#own-time', '07:30');
    await agree();
  });

  it('a colour is chosen', async () => {
    const { hand, agree } = control;
    await hand.click('#own-colour');
    await view().locator('.native').fill('#445566');
    await hand.press('Escape');
    await holds('#own-colour', '#445566');
    await agree();
  });
});
