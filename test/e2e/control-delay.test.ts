// With 100 ms more each way, what an agent types and presses is seen at once, and settles into what the leader's page made of it.
import type { Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FarAgent, startFarAgent } from '../control/far-agent.ts';
import type { Hand } from '../control/hand.ts';
import { type ControlStage, captureFailures, startControl } from '../control/stage.ts';
import type { Agent } from './agent.ts';
import { word } from './words.ts';

const EACH_WAY_MS = 100;

let control: ControlStage;
let far: FarAgent;
let cara: Agent;
let hand: Hand;
beforeAll(async () => {
  control = await startControl({
    mask: ['.secret'],
    pages: {
      '/form': `<style>input,textarea{font:20px monospace;color:#a00;background:#ffd;width:22em}button:active{background:#000}</style>
        <h1>Form</h1>
        <p><input id=plain value="Ada"></p>
        <p><input id=upper oninput="this.value = this.value.toUpperCase()"></p>
        <p><input id=digits oninput="this.value = this.value.replace(/[^0-9]/g, '')"></p>
        <p><textarea id=area rows=3></textarea></p>
        <p contenteditable id=editor style="font:20px serif">Dear</p>
        <p contenteditable id=other style="font:20px serif">Yours</p>
        <p><input id=masked class=secret value="1234"></p>
        <p><button id=press onclick="this.textContent = 'Pressed'">Press</button> <input type=checkbox id=check style="width:auto"></p>`,
    },
  });
  far = await startFarAgent(control, EACH_WAY_MS);
  ({ agent: cara, hand } = far);
});
afterAll(async () => {
  await far?.stop();
  await control?.stop();
});
captureFailures(() => control);
beforeEach(async () => {
  await control.goTo('/form', cara);
  await expect.poll(() => cara.mirror.locator('#plain').inputValue()).toBe('Ada');
  await view().then(watch);
});

async function view(): Promise<Frame> {
  const element = await cara.page.locator(`iframe[title="${word('view.title')}"]`).elementHandle();
  return (await element!.contentFrame())!;
}

/**
 * Notes at each animation frame what a person would read in the field: the echo's text where there is one, else the mirror's own.
 * The echo stands in a closed shadow root, so its making is watched.
 */
async function watch(frame: Frame): Promise<void> {
  await frame.evaluate(() => {
    const inner = document.querySelector('iframe')!.contentWindow as Window & typeof globalThis;
    const target = window as unknown as Watching;
    target.seen = {};
    if (target.watching) return;
    target.watching = true;
    const { prototype } = inner.Element;
    const attach = prototype.attachShadow;
    prototype.attachShadow = function (init) {
      const root = attach.call(this, init);
      if (this.localName === 'tandem-pending') target.echo = root;
      return root;
    };
    const look = (): void => {
      requestAnimationFrame(look);
      const document_ = document.querySelector('iframe')?.contentDocument;
      const echo = target.echo?.host.isConnected ? target.echo : undefined;
      for (const id of ['plain', 'upper', 'digits', 'area', 'masked', 'editor', 'other']) {
        const field = document_?.getElementById(id) as HTMLInputElement | null;
        if (!field) continue;
        const box = field.getBoundingClientRect();
        const copy = echo?.firstElementChild?.getBoundingClientRect();
        const covered = copy && copy.top < box.bottom && copy.bottom > box.top;
        const own = field.value ?? field.textContent ?? '';
        const text = covered
          ? id === 'editor'
            ? own + (echo!.textContent ?? '')
            : (echo!.textContent ?? '').replace('\u200b', '')
          : own;
        target.seen[id] ??= [];
        const list = target.seen[id];
        if (list.at(-1)?.text !== text) list.push({ text, echo: covered === true });
      }
    };
    look();
  });
}
interface Watching {
  watching?: boolean;
  echo?: ShadowRoot;
  seen: Record<string, { text: string; echo: boolean }[]>;
}
async function seen(id: string): Promise<Watching['seen'][string]> {
  return await (await view()).evaluate((name) => (window as unknown as Watching).seen[name] ?? [], id);
}
/** Whether something is shown that is not confirmed. */
const echoing = async (): Promise<boolean> =>
  await (await view()).evaluate(() => (window as unknown as Watching).echo?.host.isConnected ?? false);
afterEach(async () => {
  // Whatever it was, it has settled.
  await expect.poll(echoing).toBe(false);
});
const texts = async (id: string): Promise<string[]> => (await seen(id)).map(({ text }) => text);
const valueAt = (id: string): Promise<string> => cara.mirror.locator(`#${id}`).inputValue();
async function isLeaders(id: string, value: string): Promise<void> {
  await expect
    .poll(async () =>
      (await control.leader()).evaluate(
        (name) => (document.getElementById(name) as HTMLInputElement).value,
        id,
      ),
    )
    .toBe(value);
  await expect.poll(() => valueAt(id)).toBe(value);
}

const isActive = (id: string): Promise<boolean> =>
  cara.mirror.locator(`#${id}`).evaluate((element) => element.hasAttribute('tandem-active'));
/** What an element looks like in the task after the next press: long before the leader can have heard of it. */
async function lookAtPress(id: string): Promise<() => Promise<unknown>> {
  const frame = await view();
  await frame.evaluate((name) => {
    const target = window as unknown as { atPress?: unknown };
    delete target.atPress;
    const look = (): void => {
      const element = document.querySelector('iframe')!.contentDocument!.getElementById(name)!;
      const color = getComputedStyle(element).backgroundColor;
      target.atPress = { active: element.hasAttribute('tandem-active'), color };
    };
    addEventListener('pointerdown', () => setTimeout(look), { capture: true, once: true });
  }, id);
  return async () => {
    await frame.waitForFunction(() => 'atPress' in window);
    return await frame.evaluate(() => (window as unknown as { atPress: unknown }).atPress);
  };
}

describe('typing', () => {
  it('is seen at once, letter by letter, and never goes back on its way to the leader', async () => {
    await hand.click('#plain', { on: { x: 0.9, y: 0.5 } });
    await hand.type(' Byron');
    await expect.poll(() => texts('plain'), { interval: 5 }).toContain('Ada Byron');
    // Each letter was there before the leader had answered.
    expect((await seen('plain')).slice(1).map(({ echo }) => echo)).not.toContain(false);
    await cara.screenshot('control/typing-pending');
    await isLeaders('plain', 'Ada Byron');
    await expect.poll(async () => (await seen('plain')).at(-1)!.text).toBe('Ada Byron');
    // Grows and never shrinks: nothing flickered, nothing was lost.
    expect(await texts('plain')).toEqual([
      'Ada',
      'Ada ',
      'Ada B',
      'Ada By',
      'Ada Byr',
      'Ada Byro',
      'Ada Byron',
    ]);
  });

  it('in the middle of a text moves what comes behind it', async () => {
    await hand.click('#plain', { on: { x: 0.9, y: 0.5 } });
    await hand.press('Home');
    await hand.type('Dr. ');
    await expect.poll(() => texts('plain'), { interval: 5 }).toContain('Dr. Ada');
    await isLeaders('plain', 'Dr. Ada');
    expect(await texts('plain')).toEqual(['Ada', 'DAda', 'DrAda', 'Dr.Ada', 'Dr. Ada']);
  });

  it('Backspace takes away at once', async () => {
    await hand.click('#plain', { on: { x: 0.9, y: 0.5 } });
    await hand.press('Backspace', 'Backspace');
    await expect.poll(() => texts('plain'), { interval: 5 }).toContain('A');
    await isLeaders('plain', 'A');
    expect(await texts('plain')).toEqual(['Ada', 'Ad', 'A']);
  });

  it('that the page changes is replaced by what it made of it', async () => {
    await hand.click('#upper');
    await hand.type('ada');
    await expect.poll(() => texts('upper'), { interval: 5 }).toContain('ada');
    await isLeaders('upper', 'ADA');
    await expect.poll(async () => (await seen('upper')).at(-1)).toMatchObject({ text: 'ADA' });
  });

  it('that the page refuses goes again', async () => {
    await hand.click('#digits');
    await hand.type('1x2');
    await expect.poll(() => texts('digits'), { interval: 5 }).toContain('1x2');
    await isLeaders('digits', '12');
    await expect.poll(async () => (await seen('digits')).at(-1)).toMatchObject({ text: '12' });
  });

  it('over several lines', async () => {
    await hand.click('#area');
    await hand.type('one');
    await hand.press('Enter');
    await hand.type('two');
    await expect.poll(() => texts('area'), { interval: 5 }).toContain('one\ntwo');
    await isLeaders('area', 'one\ntwo');
    expect((await texts('area')).filter((text) => !'one\ntwo'.startsWith(text))).toEqual([]);
  });

  it('in an editor, at its caret', async () => {
    await hand.click('#editor', { on: { x: 0.9, y: 0.5 } });
    // An editor's caret is known when the leader has put it there.
    await expect.poll(() => cara.page.frameLocator('iframe').locator('.caret').count()).toBe(1);
    await hand.type(', Ada');
    await expect.poll(() => texts('editor'), { interval: 5 }).toContain('Dear, Ada');
    await expect.poll(() => cara.mirror.locator('#editor').innerText()).toBe('Dear, Ada');
    // A space at the end is a no-break space for a moment, as editors write it.
    const shown = (await texts('editor')).map((text) => text.replaceAll('\u00a0', ' '));
    expect(shown.filter((text) => !'Dear, Ada'.startsWith(text))).toEqual([]);
  });

  it('right behind a click into another editor is not shown at the caret of before', async () => {
    await hand.click('#editor', { on: { x: 0.9, y: 0.5 } });
    await expect.poll(() => cara.page.frameLocator('iframe').locator('.caret').count()).toBe(1);
    await hand.click('#other', { on: { x: 0.9, y: 0.5 } });
    await hand.type(', Ada');
    await expect.poll(() => cara.mirror.locator('#other').innerText()).toBe('Yours, Ada');
    expect(await texts('editor')).toEqual(['Dear']);
  });

  it('by an input method shows what is composed once, whatever of it the leader has', async () => {
    await hand.click('#plain', { on: { x: 0.9, y: 0.5 } });
    await expect.poll(() => cara.mirror.locator('#plain').getAttribute('tandem-focus')).not.toBe(null);
    const devtools = await cara.page.context().newCDPSession(cara.page);
    for (const text of ['に', 'にほ', 'にほん'])
      await devtools.send('Input.imeSetComposition', {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      });
    await devtools.send('Input.insertText', { text: '日本' });
    await hand.type('!');
    await isLeaders('plain', 'Ada日本!');
    const steps = ['Ada', 'Adaに', 'Adaにほ', 'Adaにほん', 'Ada日本', 'Ada日本!'];
    const shown = await texts('plain');
    expect(shown).toEqual(steps.filter((step) => shown.includes(step)));
    // Not each of them stands for a frame of its own.
    expect(shown.at(-1)).toBe('Ada日本!');
  });

  it('into a masked field shows dots only, and goes when it is refused', async () => {
    await hand.click('#masked', { on: { x: 0.9, y: 0.5 } });
    await hand.type('99');
    await expect.poll(() => texts('masked'), { interval: 5 }).toContain('••••••');
    await cara.page.frameLocator('iframe').locator('.notice:visible').waitFor();
    await expect.poll(async () => (await seen('masked')).at(-1)).toMatchObject({ text: '••••' });
    expect((await texts('masked')).join()).not.toMatch(/\d/);
  });
});

describe('pressing', () => {
  it('shows the ring and the pressed button at once, and the result when it is there', async () => {
    const at = await hand.point('#press');
    const atOnce = await lookAtPress('press');
    await cara.page.mouse.move(at.x, at.y);
    await cara.page.mouse.down();
    const inner = cara.page.frameLocator('iframe');
    await inner.locator('.ripple').last().waitFor({ state: 'attached' });
    expect(await atOnce()).toEqual({ active: true, color: 'rgb(0, 0, 0)' });
    await cara.page.mouse.up();
    await cara.mirror.getByRole('button', { name: 'Pressed' }).waitFor();
    await expect.poll(() => isActive('press')).toBe(false);
  });

  it('a checkbox looks pressed at once, and is checked when the leader’s is', async () => {
    const at = await hand.point('#check');
    const atOnce = await lookAtPress('check');
    await cara.page.mouse.move(at.x, at.y);
    await cara.page.mouse.down();
    expect(await atOnce()).toMatchObject({ active: true });
    await cara.page.mouse.up();
    await expect.poll(() => cara.mirror.locator('#check').isChecked()).toBe(true);
    await expect.poll(() => isActive('check')).toBe(false);
  });
});
