// Text in the ways that are not a plain key: composed letter by letter, corrected, put in from elsewhere; and keys that stay down.
import { expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { openPerformPage, type PerformPage, type PerformWindow } from './page.ts';

const browser = useBrowser();

const compose = ({ perform }: PerformPage, text: string, unfinished = true): Promise<void> =>
  perform({ type: 'input.text', text, composing: true, ...(unfinished && { unfinished }) });
const half = ({ perform }: PerformPage, key: string, held: 'down' | 'up', repeat = false): Promise<void> =>
  perform({ type: 'input.key', key, code: `Key${key.toUpperCase()}`, modifiers: 0, repeat, held });
const textOf = ({ page }: PerformPage, selector: string): Promise<string> =>
  page.evaluate((at) => (document.querySelector(at) as HTMLElement).innerText, selector);

it('a composition grows in a field before the page’s eyes, at the caret, and ends once', async () => {
  const opened = await openPerformPage(browser(), '<input id=a value="[]">');
  const { click, perform, value, record, log } = opened;
  await click('#a');
  await perform({ type: 'input.select', from: '#a', anchorOffset: 1, focusOffset: 1 });
  await record('compositionstart', 'compositionupdate', 'beforeinput', 'input', 'compositionend', 'keydown');
  await compose(opened, 'に');
  expect(await value('#a')).toBe('[に]');
  await compose(opened, 'にほん');
  expect(await value('#a')).toBe('[にほん]');
  await compose(opened, '日本');
  await compose(opened, '日本', false);
  expect(await value('#a')).toBe('[日本]');
  const update = ['compositionupdate@a', 'beforeinput@a', 'input@a'];
  const browsersOwn = (await log()).filter((entry, at, all) => entry !== all[at - 1]);
  expect(browsersOwn).toEqual(['compositionstart@a', ...update, ...update, ...update, 'compositionend@a']);
  await compose(opened, '語', false);
  expect(await value('#a')).toBe('[日本語]');
});

it('a composition that is called off leaves nothing', async () => {
  const opened = await openPerformPage(browser(), '<textarea id=a>x</textarea>');
  await opened.click('#a');
  await opened.key('End');
  await compose(opened, 'か');
  await compose(opened, '', false);
  expect(await opened.value('#a')).toBe('x');
  await opened.type('y');
  expect(await opened.value('#a')).toBe('xy');
});

it('a composition stands where the page wrote it in its own letters, and within the room there is', async () => {
  const opened = await openPerformPage(
    browser(),
    '<input id=a oninput="this.value = this.value.toUpperCase()"><input id=b maxlength=3>',
  );
  await opened.click('#a');
  await compose(opened, 'ab');
  await compose(opened, 'abc');
  await compose(opened, 'äbc', false);
  expect(await opened.value('#a')).toBe('ÄBC');
  await opened.click('#b');
  await compose(opened, 'abcd');
  await compose(opened, 'xyzw', false);
  expect(await opened.value('#b')).toBe('xyz');
});

it('a composition ends where something else is done, and when control goes', async () => {
  const opened = await openPerformPage(browser(), '<input id=a><input id=b>');
  const { click, record, log, value, page } = opened;
  await click('#a');
  await record('compositionend', 'blur');
  await compose(opened, 'に');
  await click('#b');
  expect(await log()).toEqual(['compositionend@a', 'blur@a']);
  await compose(opened, 'ほ');
  await page.evaluate(() => (window as unknown as PerformWindow).performer.release());
  expect(await log()).toEqual(['compositionend@b']);
  await opened.type('x');
  expect([await value('#a'), await value('#b')]).toEqual(['に', 'ほx']);
});

it('an editor gets a composition when it is finished', async () => {
  const opened = await openPerformPage(browser(), '<p id=a contenteditable>Dear</p>');
  await opened.click('#a', { x: 0.99 });
  await opened.key('End');
  await compose(opened, 'に');
  expect(await textOf(opened, '#a')).toBe('Dear');
  await compose(opened, '日', false);
  expect(await textOf(opened, '#a')).toBe('Dear日');
});

it('what is composed never gets into a protected field, not by halves either', async () => {
  const opened = await openPerformPage(browser(), '<input id=a type=password><input id=b class=m>', {
    mask: ['.m'],
    hide: [],
    readonly: [],
  });
  for (const id of ['#a', '#b']) {
    await opened.click(id);
    await compose(opened, 'に');
    await compose(opened, '日', false);
    expect(await opened.value(id)).toBe('');
    expect(await opened.refusals()).toEqual(['field-protected', 'field-protected']);
  }
});

it('a correction takes the place of what it stands for, in a field and in an editor', async () => {
  const opened = await openPerformPage(
    browser(),
    '<input id=a oninput="this.value = this.value.toUpperCase()"><p id=b contenteditable></p>',
  );
  const { click, type, perform, value, page } = opened;
  await click('#a');
  await type('teh');
  await perform({ type: 'input.text', text: 'the', replaces: 'teh' });
  expect(await value('#a')).toBe('THE');
  await click('#b');
  await type('caf');
  await type('e');
  await page.evaluate(() => {
    document.querySelector('#b')!.addEventListener('beforeinput', (event) => {
      (window as unknown as PerformWindow).log.push((event as InputEvent).inputType);
    });
  });
  await perform({ type: 'input.text', text: 'é', replaces: 'e' });
  expect(await textOf(opened, '#b')).toBe('café');
  expect(await opened.log()).toContain('insertReplacementText');
});

it('a correction of something else takes nothing away', async () => {
  const opened = await openPerformPage(
    browser(),
    '<input id=a value=12 oninput="this.value = this.value.replace(/[^0-9]/g, \'\')"><p id=b contenteditable>word</p>',
  );
  await opened.click('#a');
  await opened.key('End');
  await opened.perform({ type: 'input.text', text: '3', replaces: 'e' });
  expect(await opened.value('#a')).toBe('123');
  await opened.click('#b', { x: 0.99 });
  await opened.key('End');
  await opened.perform({ type: 'input.text', text: 's', replaces: 'x' });
  expect(await textOf(opened, '#b')).toBe('words');
});

it('emoji are one letter: typed, and taken away whole', async () => {
  const opened = await openPerformPage(
    browser(),
    '<input id=a><input id=b type=email><p id=c contenteditable></p>',
  );
  const family = '👨‍👩‍👧';
  for (const id of ['#a', '#b']) {
    await opened.click(id);
    await opened.type(`a${family}👍🏽`);
    expect(await opened.value(id)).toBe(`a${family}👍🏽`);
    await opened.key('Backspace');
    expect(await opened.value(id)).toBe(`a${family}`);
  }
  await opened.click('#c');
  await opened.type(`${family}b`);
  expect(await textOf(opened, '#c')).toBe(`${family}b`);
});

it('several lines are pasted as each place has them', async () => {
  const opened = await openPerformPage(
    browser(),
    '<input id=a><textarea id=b></textarea><div id=c contenteditable><p>x</p></div>',
  );
  const text = 'one\r\ntwo\nthree';
  for (const id of ['#a', '#b', '#c']) {
    await opened.click(id);
    if (id === '#c') await opened.key('a', 2);
    await opened.perform({ type: 'input.text', text, pasted: true });
  }
  expect(await opened.value('#a')).toBe('one two three');
  expect(await opened.value('#b')).toBe('one\ntwo\nthree');
  expect((await textOf(opened, '#c')).replace(/\n+/g, '\n').trim()).toBe('one\ntwo\nthree');
});

it('a held key goes down again and again, and up once, where the focus is then', async () => {
  const opened = await openPerformPage(
    browser(),
    `<button id=a>a</button><button id=b>b</button><script>
      for (const type of ['keydown', 'keyup']) addEventListener(type, (event) =>
        log.push(type + ' ' + event.key + (event.repeat ? ' again' : '') + '@' + event.target.id), true);
      a.onclick = () => log.push('click');
    </script>`,
  );
  const { click, log, perform, page } = opened;
  await click('#a');
  await log();
  await half(opened, 'w', 'down');
  await half(opened, 'w', 'down', true);
  await perform({ type: 'input.key', key: 'Tab', code: 'Tab', modifiers: 0, repeat: false });
  await half(opened, 'w', 'up');
  expect(await log()).toEqual([
    'keydown w@a',
    'keydown w again@a',
    'keydown Tab@a',
    'keyup Tab@b',
    'keyup w@b',
  ]);
  await half(opened, 'Shift', 'down');
  await half(opened, 'd', 'down');
  await page.evaluate(() => (window as unknown as PerformWindow).performer.release());
  expect(await log()).toEqual(['keydown Shift@b', 'keydown d@b', 'keyup Shift@b', 'keyup d@b']);
  await half(opened, 'd', 'down');
  await opened.perform(
    { type: 'input.key', key: 'x', code: 'KeyX', modifiers: 0, repeat: false },
    'somebody else',
  );
  expect(await log()).toEqual(['keydown d@b', 'keyup d@b', 'keydown x@b', 'keyup x@b']);
});

it('Space presses a button when it is let go, and moves a slider as long as an arrow is held', async () => {
  const opened = await openPerformPage(
    browser(),
    `<button id=a onclick="log.push('click')">a</button><input id=b type=range value=50>`,
  );
  await opened.click('#a');
  await opened.log();
  await half(opened, ' ', 'down');
  await half(opened, ' ', 'down', true);
  expect(await opened.log()).toEqual([]);
  await half(opened, ' ', 'up');
  expect(await opened.log()).toEqual(['click']);
  await opened.key('Tab');
  for (const repeat of [false, true, true]) await half(opened, 'ArrowRight', 'down', repeat);
  await half(opened, 'ArrowRight', 'up');
  expect(await opened.value('#b')).toBe('53');
});
