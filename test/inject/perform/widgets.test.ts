// Keys in selects, list boxes, dates and players: each is held against what the browser's own keyboard does.
import { describe, expect, test } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { openPerformPage, type PerformPage } from './page.ts';

const CTRL = 2;
const SHIFT = 8;
const browser = useBrowser();

type Compare = (body: string, keys: string[], read: string) => Promise<void>;

/** Two pages: the same keys are pressed in both, in one by the browser's keyboard, in one performed, and what they show after each is compared. */
async function openBoth(): Promise<Compare> {
  const real = await openPerformPage(browser(), '');
  const performed = await openPerformPage(browser(), '');
  return async (body, keys, read) => {
    for (const { page } of [real, performed])
      await page.evaluate((html) => {
        document.body.innerHTML = html;
        document.querySelector<HTMLElement>('#field')!.focus();
      }, body);
    const gone: string[] = [];
    for (const key of keys) {
      gone.push(key);
      await real.page.keyboard.press(key);
      await press(performed, key);
      const [wanted, found] = [await real.page.evaluate(read), await performed.page.evaluate(read)];
      expect(found, `after ${gone.join(' ')}`).toEqual(wanted);
    }
  };
}

async function press(performed: PerformPage, chord: string): Promise<void> {
  const [modifier, name] = chord.includes('+') ? chord.split('+') : ['', chord];
  const key = name === 'Space' ? ' ' : name!;
  if (key.length === 1 && !modifier) await performed.type(key);
  else await performed.key(key, modifier === 'Shift' ? SHIFT : modifier === 'Control' ? CTRL : 0);
}

const OPTIONS =
  '<option>apple<option>apricot<option disabled>banana<option>blackberry<optgroup disabled label=x><option>blueberry</optgroup><option>cherry<option>currant<option>date<option>elder';
const CHOSEN = '[...field.selectedOptions].map(({ text }) => text)';

describe('selects', () => {
  test('a drop-down goes by arrows, Home, End and letters', async () => {
    const compare = await openBoth();
    const keys = 'ArrowDown ArrowDown ArrowDown ArrowUp End ArrowDown Home ArrowUp PageDown PageUp'.split(
      ' ',
    );
    await compare(`<select id=field>${OPTIONS}</select>`, keys, CHOSEN);
    await compare(`<select id=field>${OPTIONS}</select>`, ['b', 'l', 'a'], CHOSEN);
    await compare(`<select id=field>${OPTIONS}</select>`, ['a', 'a', 'a'], CHOSEN);
    await compare(`<select id=field>${OPTIONS}</select>`, ['a', 'p', 'r'], CHOSEN);
    await compare(
      `<select id=field>${OPTIONS}</select>`,
      ['c', 'u', 'Home', 'ArrowRight', 'ArrowLeft'],
      CHOSEN,
    );
  });

  test('a list box takes a range by Shift', async () => {
    const compare = await openBoth();
    const box = `<select id=field multiple size=4>${OPTIONS}</select>`;
    const keys =
      'ArrowDown ArrowDown Shift+ArrowDown Shift+ArrowDown Shift+ArrowUp ArrowDown Shift+End Shift+Home ArrowDown e'.split(
        ' ',
      );
    await compare(box, keys, CHOSEN);
    await compare(
      `<select id=field size=3>${OPTIONS}</select>`,
      ['ArrowDown', 'End', 'ArrowUp', 'c'],
      CHOSEN,
    );
  });

  test('a list box takes options one by one by Ctrl', async () => {
    const compare = await openBoth();
    const box = `<select id=field multiple size=4>${OPTIONS}</select>`;
    const keys =
      'ArrowDown Control+ArrowDown Control+ArrowDown Control+Space Control+ArrowUp Control+Space Control+Space Control+End Control+Space Control+a Control+ArrowUp Control+Space ArrowUp'.split(
        ' ',
      );
    await compare(box, keys, CHOSEN);
    await compare(box, ['Control+a', 'Control+Home', 'Shift+ArrowDown'], CHOSEN);
  });

  test('in a protected list Ctrl chooses nothing either', async () => {
    const { page, key, refusals } = await openPerformPage(
      browser(),
      `<select id=field class=m multiple size=4>${OPTIONS}</select>`,
      { mask: ['.m'], hide: [], readonly: [] },
    );
    await page.locator('#field').focus();
    await key('a', 2);
    await key(' ', 2);
    expect(await page.evaluate(CHOSEN)).toEqual([]);
    expect(await refusals()).toEqual(['field-protected', 'field-protected']);
  });

  test('after a press an arrow goes on from the pressed option; input and change come once for each', async () => {
    const { page, perform, key, record, log } = await openPerformPage(
      browser(),
      `<select id=field multiple>${OPTIONS}</select>`,
    );
    await record('input', 'change');
    await perform({ type: 'input.value', at: '#field', selected: [0, 6] });
    await key('ArrowUp');
    expect(await page.evaluate(CHOSEN)).toEqual(['cherry']);
    expect(await log()).toEqual(['input@field', 'change@field', 'input@field', 'change@field']);
  });
});

describe('dates and times', () => {
  const VALUE = 'field.value';
  test('digits fill the parts one after the other', async () => {
    const compare = await openBoth();
    await compare('<input id=field type=date>', [...'12242026'], VALUE);
    await compare('<input id=field type=date>', [...'4', '/', '5', '/', ...'1999'], VALUE);
    await compare('<input id=field type=date>', [...'452026'], VALUE);
    await compare('<input id=field type=time>', [...'0930p'], VALUE);
    await compare('<input id=field type=time>', [...'1215a'], VALUE);
    await compare('<input id=field type=month>', ['1', '2', 'ArrowRight', ...'2026'], VALUE);
    await compare(
      '<input id=field type=datetime-local>',
      [...'12242026'.padEnd(8), 'ArrowRight', ...'0930a'],
      VALUE,
    );
    await compare('<input id=field type=week>', [...'072026'], VALUE);
  });

  test('arrows step the part, others move between parts, Backspace empties', async () => {
    const compare = await openBoth();
    const filled = '<input id=field type=date value=2026-12-31>';
    const keys =
      'ArrowUp ArrowDown ArrowDown ArrowRight ArrowUp ArrowUp ArrowRight ArrowDown ArrowLeft ArrowUp Backspace'.split(
        ' ',
      );
    await compare(filled, keys, VALUE);
    await compare(
      '<input id=field type=time value=23:59>',
      ['ArrowUp', 'ArrowRight', 'ArrowUp', 'ArrowRight', 'ArrowUp'],
      VALUE,
    );
    await compare('<input id=field type=date value=2026-12-31 readonly>', ['ArrowUp', '1'], VALUE);
  });

  test('the parts stand in the order of the follower’s language', async () => {
    const { page, perform } = await openPerformPage(browser(), '<input id=field type=date>');
    const write = async (lang: string): Promise<unknown> => {
      await page.evaluate("field.blur(); field.value = ''; field.focus()");
      for (const text of '04052026') await perform({ type: 'input.text', text, lang });
      return await page.evaluate(VALUE);
    };
    expect(await write('en-GB')).toBe('2026-05-04');
    expect(await write('en-US')).toBe('2026-04-05');
    expect(await write('no such language')).toBe('2026-04-05');
  });

  test('a page hears input and change for a whole date, and may prevent the key', async () => {
    const { page, type, record, log } = await openPerformPage(browser(), '<input id=field type=date>');
    await page.locator('#field').focus();
    await record('input', 'change');
    await type('1224');
    expect(await log()).toEqual([]);
    await type('2');
    expect(await log()).toEqual(['input@field', 'change@field']);
    await page.evaluate("field.value = ''; field.onkeydown = (event) => event.preventDefault()");
    await type('12242026');
    expect(await page.evaluate(VALUE)).toBe('');
  });
});
