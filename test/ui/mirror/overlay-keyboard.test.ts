// Keys of other keyboards, input methods and held keys above a fake mirror: what of them is sent, and what is seen meanwhile.
import type { CDPSession, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { type OverlayPage, openOverlayPage } from './overlay-page.ts';

const browser = useBrowser();

const BLOCKS = `<style>body>*{display:block;box-sizing:border-box;width:200px;height:40px;margin:0;padding:0}</style>
<button id=button>press</button><input id=field value="hello" style="border:0;font:20px monospace"><input id=secret type=password value="abc">`;

interface Opened extends OverlayPage {
  cdp: CDPSession;
  texts(): Promise<unknown[]>;
}
/** The leader's focus is on that element, and the person has the keyboard. */
async function open(focused: string): Promise<Opened> {
  const overlay = await openOverlayPage(browser(), BLOCKS);
  const { page, takeControl, settled } = overlay;
  await takeControl();
  await page.evaluate(
    (id) =>
      Object.assign((window as unknown as { mirror: object }).mirror, { leader: undefined, wanted: id }),
    focused,
  );
  await page.evaluate((id) => {
    const { mirror } = window as unknown as { mirror: { leader?: Element | null; document(): Document } };
    mirror.leader = mirror.document().getElementById(id);
  }, focused);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await settled();
  const cdp = await page.context().newCDPSession(page);
  const texts = async (): Promise<unknown[]> =>
    (await settled())
      .filter(({ type }) => String(type).startsWith('input.'))
      .map(({ text, key, held, composing, unfinished, replaces }) => {
        const how = [
          held,
          composing && 'composing',
          unfinished && 'unfinished',
          replaces && `for ${replaces}`,
        ];
        return [text ?? key, ...how.filter(Boolean)].join(' ');
      });
  return { ...overlay, cdp, texts };
}
const ALT_CTRL = 3;
/** A key as a browser on another keyboard reports it. */
async function strike(cdp: CDPSession, key: string, code: string, modifiers = 0): Promise<void> {
  const text = key === 'Dead' ? '' : key;
  const event = { key, code, modifiers, windowsVirtualKeyCode: 0 };
  await cdp.send('Input.dispatchKeyEvent', {
    type: text ? 'keyDown' : 'rawKeyDown',
    ...event,
    ...(text && { text }),
  });
  await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
}
const keyField = async (
  page: Page,
): Promise<{ opacity: string; width: number; value: string; security: string }> =>
  await page.evaluate(() => {
    const field = document
      .querySelector('tandem-overlay')!
      .shadowRoot!.querySelector<HTMLTextAreaElement>('.keys')!;
    const style = getComputedStyle(field);
    const security = style.getPropertyValue('-webkit-text-security');
    return {
      opacity: style.opacity,
      width: field.getBoundingClientRect().width,
      value: field.value,
      security,
    };
  });

test('characters of AltGr are text, also those that a shortcut has, and shortcuts stay shortcuts', async () => {
  const { cdp, texts, page } = await open('field');
  for (const [key, code] of [
    ['@', 'KeyQ'],
    ['€', 'KeyE'],
    ['{', 'Digit7'],
    ['[', 'Digit8'],
    [']', 'Digit9'],
  ] as const)
    await strike(cdp, key, code, ALT_CTRL);
  await page.keyboard.press('Control+[');
  await page.keyboard.press('Control+b');
  expect(await texts()).toEqual(['@', '€', '{', '[', ']', '[', 'b']);
});

test('a dead key is nothing, and what it makes of the next key is text', async () => {
  const { cdp, texts } = await open('field');
  await strike(cdp, 'Dead', 'Equal');
  await strike(cdp, 'é', 'KeyE');
  expect(await texts()).toEqual(['é']);
});

test('emoji of the system’s picker are text', async () => {
  const { cdp, texts } = await open('field');
  await cdp.send('Input.insertText', { text: '👍🏽' });
  await cdp.send('Input.insertText', { text: '👨‍👩‍👧' });
  expect(await texts()).toEqual(['👍🏽', '👨‍👩‍👧']);
});

test('what the system corrects or puts an accent on says what it stands for', async () => {
  const { page, texts } = await open('field');
  await page.keyboard.type('teh e');
  // as the system's text service does it: the letters it had are chosen and written over
  const replace = (start: number, end: number, by: string) =>
    page.evaluate(
      ([from, to, text]) => {
        const field = document
          .querySelector('tandem-overlay')!
          .shadowRoot!.querySelector<HTMLTextAreaElement>('.keys')!;
        field.setRangeText(text, from, to, 'end');
        field.dispatchEvent(new InputEvent('input', { inputType: 'insertReplacementText', data: text }));
      },
      [start, end, by] as const,
    );
  await replace(4, 5, 'é');
  await replace(0, 3, 'the');
  expect(await texts()).toEqual(['t', 'e', 'h', ' ', 'e', 'é for e', 'he é for eh é']);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.type('x');
  expect(await texts()).toEqual(['ArrowLeft', 'x']);
  expect((await keyField(page)).value).toBe('x');
});

test('what is composed is sent as it grows, and seen at the caret until it is finished', async () => {
  const { page, cdp, texts } = await open('field');
  expect((await keyField(page)).opacity).toBe('0');
  await cdp.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
  const { opacity, width, value, security } = await keyField(page);
  expect({ opacity, value, security }).toEqual({ opacity: '1', value: 'に', security: 'none' });
  await cdp.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
  expect((await keyField(page)).width).toBeGreaterThan(width * 1.5);
  await cdp.send('Input.insertText', { text: '日本' });
  expect(await texts()).toEqual([
    'に composing unfinished',
    'にほ composing unfinished',
    '日本 composing unfinished',
    '日本 composing',
  ]);
  expect(await keyField(page)).toMatchObject({ opacity: '0', value: '' });
});

test('what is composed above a password is dots', async () => {
  const { page, cdp } = await open('secret');
  await cdp.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
  expect(await keyField(page)).toMatchObject({ opacity: '1', security: 'disc' });
});

test('a press elsewhere finishes what is composed, before it', async () => {
  const { page, cdp, settled, middle } = await open('field');
  await cdp.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
  const { x, y } = await middle('button');
  await page.mouse.click(x, y);
  const inputs = (await settled()).filter(
    ({ type, action }) => String(type).startsWith('input.') && action !== 'move',
  );
  expect(inputs.map(({ text, action, unfinished }) => `${text ?? action}${unfinished ? '…' : ''}`)).toEqual([
    'に…',
    'に',
    'down',
    'up',
  ]);
});

test('a key is held where nothing is written, and told once where something is', async () => {
  const { page, texts } = await open('button');
  await page.keyboard.down('ArrowRight');
  await page.keyboard.down('ArrowRight');
  await page.keyboard.up('ArrowRight');
  await page.keyboard.press('w');
  await page.keyboard.press('Tab');
  expect(await texts()).toEqual([
    'ArrowRight down',
    'ArrowRight down',
    'ArrowRight up',
    'w down',
    'w up',
    'Tab',
  ]);
  const { page: other, texts: others } = await open('field');
  await other.keyboard.press('ArrowRight');
  await other.keyboard.press('w');
  expect(await others()).toEqual(['ArrowRight', 'w']);
});

test('keys that are down are let go when the keyboard goes elsewhere', async () => {
  const { page, texts } = await open('button');
  await page.keyboard.down('Shift');
  await page.keyboard.down('KeyD');
  await page.evaluate(() => {
    const { activeElement } = document.querySelector('tandem-overlay')!.shadowRoot!;
    (activeElement as HTMLElement).blur();
  });
  expect(await texts()).toEqual(['Shift down', 'D down', 'Shift up', 'D up']);
});

test('keys behind a Tab name no frame until the leader has done it: nobody else knows where it leads', async () => {
  const { page, middle, settled } = await open('field');
  const frames = async (): Promise<unknown[]> =>
    (await settled())
      .filter(({ type }) => /^input\.(?:key|text)$/.test(String(type)))
      .map(({ text, key, frame }) => `${text ?? key} ${frame ?? 'where the focus is'}`);
  const { x, y } = await middle('field');
  await page.mouse.click(x, y);
  await page.keyboard.press('Tab');
  await page.keyboard.press('a');
  expect(await frames()).toEqual(['Tab 7', 'a where the focus is']);
  await page.evaluate(() => (window as unknown as { performed(): void }).performed());
  await page.keyboard.press('b');
  await page.keyboard.press('Tab');
  await page.mouse.click(x, y);
  await page.keyboard.press('c');
  expect(await frames()).toEqual(['b 7', 'Tab 7', 'c 7']);
});
