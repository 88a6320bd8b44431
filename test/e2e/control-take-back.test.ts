// The customer takes control back: from the page, from a frame in it, from the window around it, whatever the page does to his keys.
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from '../control/stage.ts';
import { word } from './words.ts';

/** Keeps every key from everybody, as early as a page can. */
const GREEDY = `<script>for (const type of ['keydown', 'keyup', 'keypress'])
  for (const target of [window, document]) target.addEventListener(type, (e) => { e.stopImmediatePropagation(); e.preventDefault(); }, true);</script>`;

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({
    pages: {
      '/page': `<h1>Page</h1><input id=field><script>performed = [];
        for (const type of ['keydown', 'pointerdown', 'input']) addEventListener(type, (e) => { if (!e.isTrusted) performed.push(e.type); }, true);</script>`,
      '/greedy': `${GREEDY}<h1>Greedy</h1><input id=field><p id=text>Some text</p>`,
      '/frames': `<h1>Frames</h1><iframe src="OTHER/inner" style="width:500px;height:200px"></iframe>`,
      '/inner': `${GREEDY}<h2>Inner</h2><input id=inner>`,
    },
  });
});
afterAll(() => control?.stop());
captureFailures(() => control);

const mine = () => control.shell.page.getByText(word('control.mine'), { exact: true });
const theirs = () =>
  control.shell.page.getByText(word('control.theirs', { name: 'Anna Berg' }), { exact: true });
beforeEach(async () => {
  if (await theirs().isVisible()) return;
  await control.agent.button('control.ask').click();
  await control.shell.page.getByRole('button', { name: word('ask.give') }).click();
  await theirs().waitFor();
});
async function go(path: string, heading: string): Promise<Frame> {
  await control.goTo(path);
  await control.mirror.getByRole('heading', { name: heading }).waitFor();
  return control.leader();
}
async function escapeTwice(): Promise<void> {
  await control.shell.page.keyboard.press('Escape');
  await control.shell.page.keyboard.press('Escape');
}

describe('Esc twice takes control back', () => {
  it('in the page', async () => {
    const frame = await go('/page', 'Page');
    await frame.locator('#field').click();
    await escapeTwice();
    await mine().waitFor();
  });

  it('in a page that keeps all keys to itself', async () => {
    const frame = await go('/greedy', 'Greedy');
    await frame.locator('#text').click();
    await escapeTwice();
    await mine().waitFor();
  });

  it('in a frame of another address that does the same', async () => {
    const frame = await go('/frames', 'Frames');
    await frame.frameLocator('iframe').locator('#inner').click();
    await escapeTwice();
    await mine().waitFor();
  });

  it('in the window around the page, also while a chat line is being written', async () => {
    await control.shell.page.getByRole('textbox', { name: word('chat.message') }).click();
    await escapeTwice();
    await mine().waitFor();
  });

  it('once in the page and once in the window around it', async () => {
    const frame = await go('/page', 'Page');
    await frame.locator('#field').focus();
    await control.shell.page.keyboard.press('Escape');
    await control.shell.page.getByRole('textbox', { name: word('chat.message') }).focus();
    await control.shell.page.keyboard.press('Escape');
    await mine().waitFor();
  });
});

describe('the customer’s own input', () => {
  it('offers to take back at once', async () => {
    const frame = await go('/page', 'Page');
    await frame.locator('#field').click();
    await control.shell.page.locator('.control-line[data-nudged]').waitFor();
    await control.screenshot('own-input');
    await control.shell.page.getByRole('button', { name: word('control.takeBack') }).click();
    await mine().waitFor();
  });
});

describe('input that is under way', () => {
  it('is not performed any more once it is taken back, though the agent types on and on', async () => {
    const frame = await go('/page', 'Page');
    await control.hand.click('#field');
    await expect.poll(() => frame.evaluate('document.activeElement?.id')).toBe('field');
    // Notes in the page itself, in one clock: when the customer pressed Esc the second time, and what was performed after.
    await frame.evaluate(() => {
      const target = window as unknown as { performed: string[]; after?: string[] };
      let escapes = 0;
      addEventListener(
        'keydown',
        (event) => {
          if (!event.isTrusted) return;
          if (event.key === 'Escape' && ++escapes === 2) target.after = target.performed = [];
        },
        true,
      );
    });
    const typing = (async () => {
      for (let count = 0; count < 150; count++) await control.agent.page.keyboard.type('x');
    })();
    await frame.waitForFunction('performed.length > 20');
    await frame.locator('h1').click();
    await escapeTwice();
    await mine().waitFor();
    await typing;
    await control.agent.page.getByText(word('control.customer', { name: 'Ada' }), { exact: true }).waitFor();
    expect(await frame.evaluate('after')).toEqual([]);
  });

  it('nor while the gateway is away, and it hears of it when it is back', async () => {
    const frame = await go('/page', 'Page');
    await control.stage.restartGateway(async () => {
      await control.shell.page.getByText(word('reconnecting')).waitFor();
      await frame.locator('#field').click();
      await escapeTwice();
    });
    // The gateway knew only that the agent has it.
    await mine().waitFor();
    await control.agent.page.getByText(word('control.customer', { name: 'Ada' }), { exact: true }).waitFor();
  });
});
