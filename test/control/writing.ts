// What a person who writes does beside typing: points between letters, pastes, and composes by an input method; and what then is in the leader.
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import type { On } from './hand.ts';
import type { ControlStage } from './stage.ts';

const STATE_MS = 12_000;

/**
 * Waits until the leader's page answers so.
 * @param code an expression of the page, such as `editor.getHTML()`
 */
export async function expectState(control: ControlStage, code: string, expected: unknown): Promise<void> {
  const leader = await control.leader();
  await expect.poll(() => leader.evaluate(code), { timeout: STATE_MS, interval: 50 }).toEqual(expected);
}

/** Where the letter at an offset of a part's text begins, as the part's fractions. */
export async function beforeLetter(part: Locator, offset: number): Promise<On> {
  return await part.evaluate((element, at) => {
    const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    let rest = at;
    let text = walker.nextNode() as Text;
    for (; rest > text.length; text = walker.nextNode() as Text) rest -= text.length;
    const range = element.ownerDocument.createRange();
    range.setStart(text, rest);
    const letter = range.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    return {
      x: (letter.left + 0.5 - box.left) / box.width,
      y: (letter.top + letter.height / 2 - box.top) / box.height,
    };
  }, offset);
}

/** The agent has the text in his clipboard and pastes it. */
export async function paste({ agent, hand }: ControlStage, text: string): Promise<void> {
  await agent.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await agent.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await hand.press('Control+v');
}

/** The agent's input method composes the text, letter by letter, and enters it. */
export async function compose({ agent }: ControlStage, text: string): Promise<void> {
  const devtools = await agent.page.context().newCDPSession(agent.page);
  for (let end = 1; end <= text.length; end++)
    await devtools.send('Input.imeSetComposition', {
      text: text.slice(0, end),
      selectionStart: end,
      selectionEnd: end,
    });
  await devtools.send('Input.insertText', { text });
  await devtools.detach();
}
