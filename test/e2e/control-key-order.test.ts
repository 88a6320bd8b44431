// No key of the agent is lost and none overtakes, however late the leader's page hears of it and the gateway hears of the page.
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from '../control/stage.ts';
import { until } from './until.ts';

/** ms each way between the customer's browser and the gateway */
const DELAY = 120;

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({
    mask: ['.masked'],
    pages: {
      '/form': `<p><input id=before> <input id=secret type=password> <input id=after></p>
        <p><textarea class=masked id=masked>1234</textarea> <select id=size><option>small<option>large</select></p>
        <p contenteditable id=editor>Dear</p>
        <p><input id=last></p>
        <iframe id=frame src="OTHER/inside" style="width:600px;height:200px"></iframe>
        <p><input id=behind></p>`,
      '/inside': `<p><input id=inner></p><p contenteditable id=letter>Hello</p>`,
    },
    prepare: async ({ customer }) => {
      await customer.context.routeWebSocket(/./, (near) => {
        const far = near.connectToServer();
        near.onMessage((message) => setTimeout(() => far.send(message), DELAY));
        far.onMessage((message) => setTimeout(() => near.send(message), DELAY));
      });
    },
  });
});
afterAll(() => control?.stop());
captureFailures(() => control);
beforeEach(async () => {
  await control.open('/');
  await control.open('/form');
  await control.mirror.frameLocator('#frame').locator('#inner').waitFor();
});

const inner = async (): Promise<Frame> =>
  await until(
    async () => (await control.leader()).childFrames().find((frame) => frame.url().includes('/inside')),
    'frame of the page',
    10_000,
  );
/** Both sides have it. */
async function expectText(id: string, text: string, frame?: Frame): Promise<void> {
  const read = (element: Element): string => (element as HTMLInputElement).value ?? element.textContent;
  const leader = frame ?? (await control.leader());
  await expect.poll(() => leader.locator(`#${id}`).evaluate(read)).toBe(text);
  const mirror = frame ? control.mirror.frameLocator('#frame') : control.mirror;
  await expect.poll(() => mirror.locator(`#${id}`).evaluate(read)).toBe(text);
}
const notices = async (): Promise<string[]> =>
  await control.agent.page.frameLocator('iframe').locator('.notice:visible').allInnerTexts();

it('Tab through a password field, and what is typed right behind it', async () => {
  const { hand, agent, mirror } = control;
  await hand.click('#before');
  await agent.page.keyboard.type('a');
  await agent.page.keyboard.press('Tab');
  await expect.poll(() => mirror.locator('#secret').getAttribute('tandem-focus')).not.toBe(null);
  await agent.page.keyboard.press('Tab');
  await agent.page.keyboard.type('bcd');
  await expectText('after', 'bcd');
  await expectText('before', 'a');
  expect(await notices()).toEqual([]);
});

it('a click on a field when a protected one has the focus, and what is typed right behind it', async () => {
  const { hand, agent, mirror } = control;
  const at = await hand.point('#after');
  await hand.click('#masked');
  await expect.poll(() => mirror.locator('#masked').getAttribute('tandem-focus')).not.toBe(null);
  await agent.page.mouse.click(at.x, at.y);
  await agent.page.keyboard.type('abc');
  await expectText('after', 'abc');
  expect(await notices()).toEqual([]);
});

it('what is typed into a protected field is refused still', async () => {
  const { hand, agent } = control;
  await hand.click('#masked');
  await agent.page.keyboard.type('9');
  await expect.poll(notices).not.toEqual([]);
  await agent.page.keyboard.press('Tab');
  await agent.page.keyboard.press('Shift+Tab');
  await agent.page.keyboard.type('9');
  await agent.page.keyboard.press('Tab');
  const leader = await control.leader();
  await expect.poll(() => leader.evaluate(() => document.activeElement?.id)).toBe('size');
  await expectText('after', '');
  expect(await leader.locator('#masked').inputValue()).toBe('1234');
});

it('a click into an editor after a bunch of moves, and what is typed right behind it', async () => {
  const { hand, agent } = control;
  await hand.click('#before');
  const { x, y } = await hand.point('#editor', { x: 0.9, y: 0.5 });
  await agent.page.mouse.move(x - 200, y + 40);
  await agent.page.mouse.move(x, y, { steps: 12 });
  await agent.page.mouse.down();
  await agent.page.mouse.up();
  await agent.page.keyboard.type('XYZ');
  await expectText('editor', 'DearXYZ');
  await expectText('before', '');
});

it('a click on a field when a list has the focus, and a space right behind it', async () => {
  const { hand, agent, mirror } = control;
  const at = await hand.point('#after');
  await hand.click('#secret');
  await agent.page.keyboard.press('Tab');
  await agent.page.keyboard.press('Tab');
  await agent.page.keyboard.press('Tab');
  await expect.poll(() => mirror.locator('#size').getAttribute('tandem-focus')).not.toBe(null);
  await agent.page.mouse.click(at.x, at.y);
  await agent.page.keyboard.type(' a');
  await expectText('after', ' a');
});

it('a click into an editor of a frame, and what is typed right behind it', async () => {
  const { hand, agent, mirror } = control;
  await hand.click('#before');
  await expect.poll(() => mirror.locator('#before').getAttribute('tandem-focus')).not.toBe(null);
  await hand.click(mirror.frameLocator('#frame').locator('#letter'), { on: { x: 0.9, y: 0.5 } });
  await agent.page.keyboard.type('XYZ');
  await expectText('letter', 'HelloXYZ', await inner());
  await expectText('before', '');
});

it('Tab into a frame and out of it, and what is typed right behind each', async () => {
  const { hand, agent } = control;
  await hand.click('#last');
  for (const [key, text] of [
    ['', 'ab'],
    ['Tab', 'cd'],
    ['Tab', 'ef'],
    ['Tab', 'gh'],
  ] as const) {
    if (key) await agent.page.keyboard.press(key);
    await agent.page.keyboard.type(text);
  }
  const frame = await inner();
  await expectText('last', 'ab');
  await expectText('inner', 'cd', frame);
  await expectText('behind', 'gh');
  await expect.poll(() => frame.locator('#letter').innerText()).toContain('ef');
});
