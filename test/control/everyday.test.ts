// What an agent does all day on any page: menus under the pointer, the site's own context menu, words and paragraphs, copies, new tabs, dialogs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from './stage.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({
    mask: ['.secret'],
    pages: {
      '/menus': `<style>nav li{display:inline-block;position:relative;padding:8px}nav li ul{display:none;position:absolute;top:100%;left:0;margin:0;padding:0;background:#eee;z-index:1}
          nav li:hover ul{display:block}nav ul li{display:block;white-space:nowrap}.flyout{display:none}.flyout.open{display:block}</style>
        <nav><ul style="padding:0"><li id="css">Goods<ul><li><a id="pears" href="/pears">Pears</a></li></ul></li></ul></nav>
        <div id="js" style="margin-top:120px">Account<div class="flyout"><button id="out" type="button">Sign out</button></div></div>
        <script>js.onmouseenter = () => js.firstElementChild.classList.add('open'); js.onmouseleave = () => js.firstElementChild.classList.remove('open');
          window.pressed = []; out.onclick = () => pressed.push('out');</script>`,
      '/pears': '<h1>Pears</h1><a id="new" href="/tab" target="_blank">In a new tab</a>',
      '/tab': '<h1>Opened</h1>',
      '/text': `<p id="words">Every word of this first paragraph may be copied.</p><p id="other">Another one.</p><p class="secret" id="secret">IBAN AT61 1904</p>
        <div id="menu" hidden style="position:fixed;background:#ddd"><button id="rename" type="button">Rename</button></div>
        <script>window.seen = []; words.oncontextmenu = (e) => { e.preventDefault(); menu.hidden = false; menu.style.left = e.clientX + 'px'; menu.style.top = e.clientY + 'px'; };
          rename.onclick = () => seen.push('rename'); for (const t of ['auxclick','dblclick','contextmenu']) other.addEventListener(t, () => seen.push(t));</script>`,
      '/parts': `<button id="under" type="button" style="width:200px;height:40px" onclick="window.hits=(window.hits||0)+1">Under</button>
        <div style="pointer-events:none;position:relative;top:-40px;width:200px;height:40px;background:#0f03"></div>
        <div id="inert" inert><button type="button" onclick="window.inertPressed=true">Inert</button></div><button disabled type="button" id="off" onclick="window.offPressed=true">Off</button>
        <input id="fixed" readonly value="stays"><label for="box">A label for</label><input id="box" type="checkbox">
        <button id="ask" type="button" onclick="dialog.showModal()">Ask</button><button popovertarget="pop" id="tip" type="button">Tip</button><div id="pop" popover>More about it</div>
        <dialog id="dialog"><form method="dialog"><input id="first" autofocus><input id="second"><button id="fine">Fine</button></form></dialog>
        <div id="list" style="height:80px;overflow:auto"><div style="height:400px;background:linear-gradient(#fff,#08f)"></div></div><div style="height:3000px"></div>`,
    },
  });
});
afterAll(() => control?.stop());
captureFailures(() => control);

const ask = async <T>(expression: string): Promise<T> =>
  (await control.leader()).evaluate(expression) as Promise<T>;

describe('menus', () => {
  it('that open under the pointer stay while the agent moves into them, by style sheet and by script', async () => {
    const { hand, mirror, open } = control;
    await open('/menus');
    await hand.move('#js', { x: 0.02, y: 0.5 });
    await mirror.locator('#out').waitFor();
    await hand.click('#out');
    await expect.poll(() => ask('pressed')).toEqual(['out']);
    expect(await mirror.locator('#out').isVisible()).toBe(true);
    await hand.move('#css');
    await mirror.locator('#out').waitFor({ state: 'hidden' });
    await mirror.locator('#pears').waitFor();
    await control.screenshot('menu');
    await hand.click('#pears');
    await mirror.getByRole('heading', { name: 'Pears' }).waitFor();
    await control.agree();
  });

  it('a link that wants a new tab is followed in the session', async () => {
    const { hand, mirror } = control;
    await hand.click('#new');
    await mirror.getByRole('heading', { name: 'Opened' }).waitFor();
    await control.agree();
  });
});

describe('text', () => {
  it('a double click selects the word and a triple click the paragraph, for the leader too; both are copied', async () => {
    const { hand, open, agent } = control;
    await open('/text');
    const clipboard = () => agent.page.evaluate(() => navigator.clipboard.readText());
    await hand.click('#words', { on: { x: 0.01, y: 0.5 }, times: 2 });
    await expect.poll(() => ask('getSelection().toString()')).toBe('Every');
    await hand.press('Control+c');
    await expect.poll(clipboard).toBe('Every');
    await hand.click('#words', { on: { x: 0.01, y: 0.5 }, times: 3 });
    await expect
      .poll(() => ask('getSelection().toString().trim()'))
      .toBe('Every word of this first paragraph may be copied.');
    await hand.press('Control+c');
    await expect.poll(clipboard).toBe('Every word of this first paragraph may be copied.');
  });

  it('of what is masked only dots are copied', async () => {
    const { hand, agent } = control;
    await hand.click('#secret', { on: { x: 0.02, y: 0.5 }, times: 3 });
    await hand.press('Control+c');
    const copied = await agent.page.evaluate(() => navigator.clipboard.readText());
    expect(copied).not.toMatch(/IBAN|1904/);
    await hand.press('Control+a', 'Control+c');
    await expect
      .poll(() => agent.page.evaluate(() => navigator.clipboard.readText()))
      .toContain('Every word');
    expect(await agent.page.evaluate(() => navigator.clipboard.readText())).not.toMatch(/IBAN|1904/);
  });

  it('the right button opens the site’s own menu; elsewhere it is told to the page and nothing odd happens', async () => {
    const { hand, mirror } = control;
    await hand.click('#words', { button: 'right', on: { x: 0.1, y: 0.5 } });
    await mirror.locator('#rename').waitFor();
    await hand.click('#rename');
    await expect.poll(() => ask('seen')).toEqual(['rename']);
    await hand.click('#other', { button: 'right', on: { x: 0.01, y: 0.5 } });
    await hand.click('#other', { button: 'middle', on: { x: 0.01, y: 0.5 } });
    await expect.poll(() => ask('seen')).toEqual(['rename', 'auxclick', 'contextmenu', 'auxclick']);
    await control.agree();
  });
});

describe('parts', () => {
  it('what lets the pointer through, is inert, disabled or read-only behaves as it does for the customer', async () => {
    const { hand, open } = control;
    await open('/parts');
    await hand.click('#under');
    await expect.poll(() => ask('window.hits')).toBe(1);
    await hand.click('#inert button');
    await hand.click('#off');
    await hand.click('#fixed');
    await hand.type('x');
    await hand.click('label');
    await expect.poll(() => ask('box.checked')).toBe(true);
    expect(await ask('[window.inertPressed ?? null, window.offPressed ?? null, fixed.value]')).toEqual([
      null,
      null,
      'stays',
    ]);
  });

  it('a dialog keeps the keyboard, Escape closes it, and the focus goes back; a popover too', async () => {
    const { hand, mirror, agree } = control;
    await hand.click('#ask');
    await mirror.locator('#first').waitFor();
    await hand.type('a');
    await hand.press('Tab');
    await hand.type('b');
    await hand.press('Tab', 'Tab');
    await hand.type('c');
    await expect.poll(() => ask('[first.value, second.value]')).toEqual(['c', 'b']);
    await agree();
    await hand.press('Escape');
    await expect.poll(() => ask('[dialog.open, document.activeElement.id]')).toEqual([false, 'ask']);
    await hand.press('Tab', 'Enter');
    await mirror.locator('#pop').waitFor();
    await agree();
    await hand.click('#fixed');
    await expect.poll(() => ask('pop.matches(":popover-open")')).toBe(false);
    await agree();
  });

  it('wheel and keys scroll what lies under the pointer or has the focus, then the page', async () => {
    const { hand, agree } = control;
    await hand.wheel('#list', 0, 120);
    await expect.poll(() => ask('list.scrollTop')).toBeGreaterThan(60);
    expect(await ask('scrollY')).toBe(0);
    for (let turn = 0; turn < 5; turn++) await hand.wheel('#list', 0, 400);
    await expect.poll(() => ask('scrollY')).toBeGreaterThan(0);
    await hand.click('#inert', { on: { x: 0.9, y: 0.5 } });
    await hand.press('End');
    await expect
      .poll(() => ask('Math.round(scrollY + innerHeight) >= document.documentElement.scrollHeight - 2'))
      .toBe(true);
    await hand.press('Home');
    await expect.poll(() => ask('scrollY')).toBe(0);
    await hand.press('PageDown', 'Space', 'Shift+Space');
    await expect.poll(() => ask('scrollY')).toBeGreaterThan(200);
    await agree();
    expect(control.errors).toEqual([]);
  });
});
