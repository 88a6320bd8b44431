// What a page refuses from a script is asked of the customer: lit in his page, done by a click of his own, and the agent hears of it.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from '../control/stage.ts';
import { until } from './until.ts';
import { word } from './words.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({
    pages: {
      '/refused': `<h1>Refused</h1>
        <p><label>Picture of the damage <input type=file id=file></label></p>
        <p><button id=upload onclick="chosen.click()">Upload</button><input type=file id=chosen hidden></p>
        <p><button id=copy onclick="navigator.clipboard.readText().catch(() => {})">Paste the number</button></p>
        <p><input type=date id=date> <button id=pick onclick="date.showPicker()">Pick a day</button></p>
        <p><button id=trusting onclick="if (event.isTrusted) this.textContent = 'Paid'">Pay</button></p>
        <div style="height:2000px"></div><button id=far onclick="this.textContent='Reached'">Far below</button>`,
      '/tone': `<h1>Tone</h1><audio id=tone src="/tone.wav"></audio>
        <button id=play onclick="why = ''; tone.play().then(() => { why = 'plays' }, (e) => { why = e.name })">Play the tone</button>`,
      '/tone.wav': (_request, response) => {
        response.writeHead(200, { 'content-type': 'audio/wav' }).end(tone());
      },
      '/framed': `<h1>Framed</h1><iframe src="OTHER/inner" style="width:600px;height:300px"></iframe>`,
      '/inner': `<h2>Inner</h2><button id=inner onclick="this.textContent = event.isTrusted ? 'By the customer' : 'By a script'">Press me</button>`,
    },
  });
});
afterAll(() => control?.stop());
captureFailures(() => control);
afterEach(async () => {
  // Whatever a test left open is withdrawn.
  const never = control.agent.button('asked.withdraw');
  if (await never.isVisible()) await never.click();
});

const said = (text: string) => control.agent.page.locator('.asked', { hasText: text });
const asked = (text: string) => control.shell.page.locator('.asked', { hasText: text });
/** Where the element is in the customer's window, and a press there with his own mouse. */
async function customerClicks(selector: string): Promise<void> {
  const frame = await control.leader();
  await frame.locator(selector).click();
}

/** The middle of the button beside the lit element: a person sees it, scripts of the page do not. */
async function declineInPage(): Promise<{ x: number; y: number }> {
  const { page } = control.shell;
  const frame = await control.leader();
  // In a process of its own, where the browser gives each origin one.
  const apart = await page
    .context()
    .newCDPSession(frame)
    .catch(() => undefined);
  const devtools = apart ?? (await page.context().newCDPSession(page));
  const around = apart && (await (await frame.frameElement()).boundingBox());
  try {
    return await until(async () => {
      const { root } = await devtools.send('DOM.getDocument', { depth: -1, pierce: true });
      const found = findNode(root, 'spot-decline');
      if (found === undefined) return undefined;
      const { model } = await devtools.send('DOM.getBoxModel', { backendNodeId: found });
      const [left, top, , , right, bottom] = model.content as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      return { x: (left + right) / 2 + (around?.x ?? 0), y: (top + bottom) / 2 + (around?.y ?? 0) };
    }, 'button beside the lit element');
  } finally {
    await devtools.detach();
  }
}
interface Described {
  backendNodeId: number;
  attributes?: string[];
  children?: Described[];
  shadowRoots?: Described[];
  contentDocument?: Described;
}

function findNode(node: Described, className: string): number | undefined {
  if (node.attributes?.includes(className)) return node.backendNodeId;
  const below = [...(node.children ?? []), ...(node.shadowRoots ?? [])];
  if (node.contentDocument) below.push(node.contentDocument);
  for (const child of below) {
    const found = findNode(child, className);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Half a second of a deep tone: 8 kHz, 8 bit, one channel. */
function tone(): Buffer {
  const samples = Buffer.alloc(4_000);
  for (let at = 0; at < samples.length; at++) samples[at] = 128 + 40 * Math.sin(at / 6);
  const head = Buffer.from('RIFF....WAVEfmt ....................data....', 'latin1');
  head.writeUInt32LE(36 + samples.length, 4);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(8_000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

describe('a page that refuses scripts something', () => {
  it('playing: the page gets the browser’s refusal, and the customer’s own click plays', async () => {
    // The driver's own calls count as a person's, so the browser's rule is written out here.
    await control.shell.page.context().addInitScript(() => {
      let real = false;
      addEventListener('pointerdown', (event) => {
        real ||= event.isTrusted;
      });
      const { play } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.play = function () {
        return real ? play.call(this) : Promise.reject(new DOMException('', 'NotAllowedError'));
      };
    });
    await control.open('/tone');
    const frame = await control.leader();
    await control.hand.click('#play');
    await asked(word('asked.play')).waitFor();
    expect(await frame.evaluate('why')).toBe('NotAllowedError');
    await customerClicks('#play');
    await said(word('asked.answer.done', { name: 'Ada' })).waitFor();
    await frame.waitForFunction('why === "plays"');
  });

  it('a file field: the customer is asked, chooses, and the agent reads that he has', async () => {
    await control.open('/refused');
    await control.hand.click('#file');
    const sentence = word('asked.there.for', { name: 'Anna Berg', what: word('asked.file') });
    await asked(sentence).waitFor();
    await said(word('asked.waiting.for', { name: 'Ada', what: word('asked.file') })).waitFor();
    await control.screenshot('asked-file');
    const chooser = control.shell.page.waitForEvent('filechooser');
    await customerClicks('#file');
    await (await chooser).setFiles({ name: 'damage.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
    await said(word('asked.answer.done', { name: 'Ada' })).waitFor();
    await expect.poll(() => asked(sentence).count()).toBe(0);
  });

  it('a button that opens a hidden file field: the button is lit, for that is what he sees', async () => {
    await control.hand.click('#upload');
    await asked(word('asked.file')).waitFor();
    const chooser = control.shell.page.waitForEvent('filechooser');
    await customerClicks('#upload');
    await chooser;
    await said(word('asked.answer.done', { name: 'Ada' })).waitFor();
  });

  it.each([
    ['#copy', 'asked.copy'],
    ['#pick', 'asked.picker'],
  ] as const)('%s', async (button, what) => {
    await control.hand.click(button);
    await asked(word(what)).waitFor();
    await customerClicks(button);
    await said(word('asked.answer.done', { name: 'Ada' })).waitFor();
  });
});

describe('an agent who asks', () => {
  it('points at what ignores scripts, the customer clicks, and it is done', async () => {
    await control.agent.button('tool.ask').click();
    await control.hand.click('#trusting');
    await asked(word('asked.there', { name: 'Anna Berg' })).waitFor();
    await control.screenshot('asked-click');
    await customerClicks('#trusting');
    await control.mirror.getByRole('button', { name: 'Paid' }).waitFor();
    await said(word('asked.answer.done', { name: 'Ada' })).waitFor();
  });

  it('hears that the customer would rather not, by the window’s button or by Esc', async () => {
    await control.agent.button('tool.ask').click();
    await control.hand.click('#trusting');
    await asked(word('asked.there', { name: 'Anna Berg' })).waitFor();
    await control.shell.page.getByRole('button', { name: word('asked.decline') }).click();
    await said(word('asked.answer.declined', { name: 'Ada' })).waitFor();
    await control.agent.button('tool.ask').click();
    await control.hand.click('#trusting');
    await asked(word('asked.there', { name: 'Anna Berg' })).waitFor();
    await customerClicks('h1');
    await control.shell.page.keyboard.press('Escape');
    await said(word('asked.answer.declined', { name: 'Ada' })).waitFor();
  });

  it('the sentence’s own button declines too, and the page hears nothing of it', async () => {
    const frame = await control.leader();
    await frame.evaluate(() => {
      const heard: string[] = [];
      Object.assign(window, { heard });
      for (const type of ['pointerdown', 'mousedown', 'mouseup', 'click'])
        addEventListener(
          type,
          (event) => heard.push(`${event.type} ${(event.target as Element).localName}`),
          true,
        );
    });
    await control.agent.button('tool.ask').click();
    await control.hand.click('#trusting');
    await asked(word('asked.there', { name: 'Anna Berg' })).waitFor();
    const at = await declineInPage();
    await control.shell.page.mouse.click(at.x, at.y);
    await said(word('asked.answer.declined', { name: 'Ada' })).waitFor();
    expect(await frame.evaluate('heard')).toEqual([]);
  });

  it('asks a customer without a mouse: the focus goes there, Enter does it', async () => {
    await control.agent.button('tool.ask').click();
    await control.hand.click('#trusting');
    await control.shell.page.getByRole('button', { name: word('asked.goThere') }).click();
    await control.shell.page.keyboard.press('Enter');
    await said(word('asked.answer.done', { name: 'Ada' })).waitFor();
  });

  it('reaches what is far below: it is brought into view', async () => {
    await control.open('/refused');
    const frame = await control.leader();
    await control.agent.button('tool.ask').click();
    await control.hand.move('#far');
    // The customer scrolls away while the agent asks: his page hears of it only afterwards.
    await frame.evaluate(() =>
      setTimeout(() => {
        for (const end = performance.now() + 1_000; performance.now() < end; );
        scrollTo(0, 0);
      }),
    );
    await control.agent.page.mouse.down();
    await control.agent.page.mouse.up();
    await asked(word('asked.there', { name: 'Anna Berg' })).waitFor();
    await customerClicks('#far');
    await control.mirror.getByRole('button', { name: 'Reached' }).waitFor();
  });

  it('hears when it is gone with its page', async () => {
    await control.agent.button('tool.ask').click();
    await control.hand.click('#trusting');
    await asked(word('asked.there', { name: 'Anna Berg' })).waitFor();
    // Frames of another address are not compared from without, so this does not wait for `open`.
    await (await control.leader()).evaluate(() => location.assign('/framed'));
    await control.mirror.getByRole('heading', { name: 'Framed' }).waitFor();
    await said(word('asked.answer.gone', { name: 'Ada' })).waitFor();
    await expect.poll(() => asked('').filter({ hasText: /\S/ }).count()).toBe(0);
  });

  it('in a frame of another address too', async () => {
    await control.agent.button('tool.ask').click();
    const inner = control.mirror.frameLocator('iframe').locator('#inner');
    await control.hand.click(inner);
    await asked(word('asked.there', { name: 'Anna Berg' })).waitFor();
    await control.screenshot('asked-in-frame');
    await (await control.leader()).childFrames()[0]!.locator('#inner').click();
    await control.mirror.frameLocator('iframe').getByRole('button', { name: 'By the customer' }).waitFor();
    await said(word('asked.answer.done', { name: 'Ada' })).waitFor();
  });
});
