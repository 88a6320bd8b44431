// The leader's selection and caret are the follower's: with direction, in shadow trees and frames, in fields that do not tell theirs.
import { afterEach, expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { openPair, type Pair } from './pair.ts';

const browser = useBrowser();
let pair: Pair;
afterEach(() => pair?.close());

async function open(body: string): Promise<void> {
  pair = await openPair(browser(), {
    pages: {
      '/': `<!doctype html><body>${body}</body>`,
      '/inner': '<!doctype html><body><p id=p>in the frame</p><input id=i value=framed></body>',
    },
  });
  await pair.leader.bringToFront();
  await pair.settle();
}
const run = async (script: string): Promise<void> => {
  await pair.leader.evaluate(
    `(()=>{const $=(id)=>document.getElementById(id);const root=()=>leader.recorder.shadowOf($('host'));${script}})()`,
  );
  await pair.settle();
};
/** What the mirror shows as selected, and the places it was told. */
const shown = () =>
  pair.follower.evaluate(() => {
    const selected = window.follower.mirror.selection();
    const name = (node: Node) => node.parentElement?.id || (node as Element).id || node.nodeName;
    return selected
      ? [name(selected.anchor), selected.anchorOffset, name(selected.focus), selected.focusOffset].join(' ')
      : '';
  });
const selectedText = () =>
  pair.follower.evaluate(() => `${window.follower.mirror.document()!.getSelection()}`);

it('keeps the direction', async () => {
  await open('<p id=p>some text</p>');
  await run(`const t=$('p').firstChild; getSelection().setBaseAndExtent(t,6,t,2)`);
  await expect.poll(shown).toBe('p 6 p 2');
  expect(await selectedText()).toBe('me t');
  await run(`getSelection().removeAllRanges()`);
  await expect.poll(shown).toBe('');
  expect(await selectedText()).toBe('');
});

it('shows what is selected within closed shadow trees, and across their edge', async () => {
  await open('<p id=before>before</p><div id=host></div>');
  await run(
    `$('host').attachShadow({mode:'closed'}).innerHTML='<p id=in>within the tree</p><div id=edit contenteditable></div>'`,
  );
  await run(`const t=root().getElementById('in').firstChild; getSelection().setBaseAndExtent(t,10,t,0)`);
  await expect.poll(shown).toBe('in 10 in 0');
  await expect.poll(selectedText).toBe('within the');
  await run(
    `getSelection().setBaseAndExtent($('before').firstChild,3,root().getElementById('in').firstChild,6)`,
  );
  await expect.poll(shown).toBe('before 3 in 6');
  // A caret is to be seen where it can write, in an empty editor too.
  await run(`root().getElementById('edit').focus()`);
  await expect.poll(shown).toBe('edit 0 edit 0');
  await pair.leader.keyboard.type('ab');
  await expect.poll(shown).toBe('edit 2 edit 2');
  await pair.leader.keyboard.press('ArrowLeft');
  await expect.poll(shown).toBe('edit 1 edit 1');
});

it('shows caret and selection of fields', async () => {
  await open(
    '<input id=text value="some text"><input id=mail type=email value="a@shop.example"><input id=n type=number value=12345><div id=host></div>',
  );
  await run(`$('text').focus(); $('text').setSelectionRange(2,6,'backward')`);
  await expect.poll(shown).toBe('text 6 text 2');
  await pair.leader.keyboard.press('ArrowLeft');
  await expect.poll(shown).toBe('text 2 text 2');
  await run(`$('mail').select(); $('mail').focus()`);
  await expect.poll(shown).toBe('mail 0 mail 14');
  await run(`$('n').focus(); $('n').select()`);
  await expect.poll(shown).toBe('n 0 n 5');
  // Where the caret is in such a field nobody knows, so none is shown.
  await pair.leader.keyboard.press('End');
  await expect.poll(shown).toBe('');
  await run(`$('host').attachShadow({mode:'closed'}).innerHTML='<textarea id=area>inside</textarea>'`);
  await run(`const a=root().getElementById('area'); a.focus(); a.setSelectionRange(1,3)`);
  await expect.poll(shown).toBe('area 1 area 3');
});

it('shows what is selected in a frame', async () => {
  await open('<iframe id=f src=/inner></iframe>');
  const frame = pair.leader.frameLocator('#f');
  await frame.locator('#i').click();
  await frame.locator('#i').press('Home');
  await expect.poll(() => pair.mirror.snapshot().frames.length).toBe(2);
  await expect.poll(shown).toBe('i 0 i 0');
  await frame.locator('#i').press('Shift+End');
  await expect.poll(shown).toBe('i 0 i 6');
});
