// Canvases in the mirror: what they draw comes as pictures, small, few, and never from masked ones.
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findBrowser } from '../../../scripts/find-browser.ts';
import { act, isNear, pictureOf } from './looks.ts';
import { openPair, type Pair } from './pair.ts';

let browser: Browser;
beforeAll(async () => {
  // WebGL without a graphics card.
  browser = await chromium.launch({
    executablePath: findBrowser()!,
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  });
});
afterAll(() => browser?.close());

const NOISE = `const noise = (c, w, h) => { const d = c.createImageData(w, h); for (let i = 0; i < d.data.length; i++) d.data[i] = i % 4 === 3 ? 255 : Math.random() * 256; c.putImageData(d, 0, 0) }`;
const GL = `const gl = $('c').getContext('webgl'); const paint = (r, g, b) => { gl.clearColor(r, g, b, 1); gl.clear(gl.COLOR_BUFFER_BIT) };`;

async function showsColour(pair: Pair, wanted: [number, number, number]): Promise<void> {
  await expect
    .poll(
      async () => {
        await pair.settle();
        const picture = await pictureOf(pair, 'canvas');
        return isNear(picture?.middle, wanted) ? wanted : picture?.middle;
      },
      { timeout: 10_000 },
    )
    .toEqual(wanted);
  expect(pair.errors).toEqual([]);
}

async function open(
  body: string,
  masks?: { mask: string[]; hide: string[]; readonly: string[] },
): Promise<Pair> {
  const pair = await openPair(browser, {
    pages: { '/': `<!doctype html><body>${body}</body>` },
    ...(masks ? { masks } : {}),
  });
  await pair.settle();
  return pair;
}

it('shows what was drawn last, at the size the page gives the canvas', async () => {
  const pair = await open(
    '<style>#c{display:block;width:60%;height:auto;border:2px solid}</style><canvas id=c width=200 height=100></canvas><canvas id=plain></canvas>',
  );
  await act(
    pair,
    `const c = $('c').getContext('2d'); for (const f of ['red','rgb(0,128,255)']) { c.fillStyle = f; c.fillRect(0,0,200,100) }`,
  );
  await showsColour(pair, [0, 128, 255]);
  const boxes = async (side: 'leader' | 'follower') =>
    await pair[side].evaluate(() =>
      [...(window.follower?.mirror.document() ?? document).querySelectorAll('canvas')].map((canvas) => {
        const { width, height, x, y } = canvas.getBoundingClientRect();
        return [x, y, width, height].map(Math.round);
      }),
    );
  expect(await boxes('follower')).toEqual(await boxes('leader'));
  await pair.close();
});

it('shows WebGL that does not keep what it drew, drawn once', async () => {
  const pair = await open('<canvas id=c width=64 height=64></canvas>');
  await act(pair, `${GL} await new Promise(requestAnimationFrame); paint(0, 1, 0)`);
  await showsColour(pair, [0, 255, 0]);
  await pair.close();
});

it('shows the last frame of a WebGL animation, and no more than five pictures a second', async () => {
  const pair = await open('<canvas id=c width=64 height=64></canvas>');
  pair.takeSent();
  const began = performance.now();
  await act(
    pair,
    `${GL} for (let i = 0; i <= 60; i++) { await new Promise(requestAnimationFrame); paint(i / 60, 0, 1 - i / 60) }`,
  );
  await showsColour(pair, [255, 0, 0]);
  const pictures = pair.takeSent().filter(({ message }) => JSON.stringify(message).includes('picture'));
  expect(pictures.length).toBeLessThanOrEqual((performance.now() - began) / 200 + 1);
  await pair.close();
});

it('sends a canvas of 4,000 × 4,000 px small, as a resource', async () => {
  const pair = await open('<canvas id=c width=4000 height=4000 style="width:400px"></canvas>');
  await act(
    pair,
    `${NOISE}; const c = $('c').getContext('2d'); noise(c, 1500, 1500); c.fillStyle='#00f'; c.fillRect(1500,1500,1000,1000)`,
  );
  await showsColour(pair, [0, 0, 255]);
  const picture = (await pictureOf(pair, 'canvas'))!;
  expect(picture.inTree).toBe(false);
  expect(picture.bytes).toBeLessThanOrEqual(250_000);
  expect(Math.max(picture.width, picture.height)).toBeLessThanOrEqual(1_600);
  expect(await pair.leader.evaluate(() => window.leader.longest())).toBeLessThan(60_000);
  const box = await pair.follower.evaluate(() => {
    const { width, height } = window.follower.mirror
      .document()!
      .querySelector('canvas')!
      .getBoundingClientRect();
    return [width, height];
  });
  expect(box).toEqual([400, 400]);
  await pair.close();
});

it('says nothing while nothing is drawn, nor when the same is drawn again', async () => {
  const pair = await open('<canvas id=c width=50 height=50></canvas>');
  const draw = `const c = $('c').getContext('2d'); c.fillStyle='#0f0'; c.fillRect(0,0,50,50)`;
  await act(pair, draw);
  await showsColour(pair, [0, 255, 0]);
  pair.takeSent();
  for (let i = 0; i < 5; i++) await act(pair, `${draw}; await new Promise((done) => setTimeout(done, 100))`);
  expect(pair.takeSent().filter(({ message }) => JSON.stringify(message).includes('picture'))).toEqual([]);
  await pair.close();
});

it('shows a canvas that a worker draws', async () => {
  const pair = await open('<canvas id=c width=80 height=80></canvas>');
  await act(
    pair,
    `const canvas = $('c').transferControlToOffscreen(); const code = 'onmessage = ({ data }) => { const c = data.getContext("2d"); c.fillStyle = "#f0f"; c.fillRect(0, 0, 80, 80) }';
     new Worker(URL.createObjectURL(new Blob([code]))).postMessage(canvas, [canvas])`,
  );
  await showsColour(pair, [255, 0, 255]);
  await pair.close();
});

it('shows an image bitmap that was handed over', async () => {
  const pair = await open('<canvas id=c width=80 height=80></canvas>');
  await act(
    pair,
    `const o = new OffscreenCanvas(80, 80); const c = o.getContext('2d'); c.fillStyle = '#0ff'; c.fillRect(0, 0, 80, 80); $('c').getContext('bitmaprenderer').transferFromImageBitmap(o.transferToImageBitmap())`,
  );
  await showsColour(pair, [0, 255, 255]);
  await pair.close();
});

it('shows a crossed box of its size for a canvas that holds another origin’s pixels', async () => {
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  );
  const pair = await openPair(browser, {
    pages: { '/': '<!doctype html><body><canvas id=c width=90 height=60></canvas></body>' },
    files: (path) => (path === '/p.png' ? { type: 'image/png', body: png } : undefined),
  });
  await act(
    pair,
    `const i = new Image(); i.src = 'http://127.0.0.1:' + location.port + '/p.png'; await i.decode(); $('c').getContext('2d').drawImage(i, 0, 0, 90, 60)`,
  );
  await expect
    .poll(() =>
      pair.follower.evaluate(
        () =>
          window.follower.mirror.document()!.querySelector('canvas')!.style.content.includes('svg') &&
          window.follower.mirror.document()!.querySelector('canvas')!.style.content.includes('M0%200l90'),
      ),
    )
    .toBe(true);
  const box = await pair.follower.evaluate(() => {
    const { width, height } = window.follower.mirror
      .document()!
      .querySelector('canvas')!
      .getBoundingClientRect();
    return [width, height];
  });
  expect(box).toEqual([90, 60]);
  await pair.close();
});

it('never lets a masked or hidden canvas leave the page', async () => {
  const pair = await open(
    '<canvas id=c class=secret width=50 height=50></canvas><div class=gone><canvas id=d width=50 height=50></canvas></div><div id=later><canvas id=e width=600 height=600></canvas></div><canvas id=shown width=20 height=20></canvas>',
    { mask: ['.secret'], hide: ['.gone'], readonly: [] },
  );
  await act(
    pair,
    `${NOISE}; for (const id of ['c','d']) noise($(id).getContext('2d'), 50, 50); $('later').className = 'secret'; noise($('e').getContext('2d'), 600, 600); const s = $('shown').getContext('2d'); s.fillStyle = '#f00'; s.fillRect(0, 0, 20, 20)`,
  );
  await expect.poll(async () => isNear((await pictureOf(pair, '#shown'))?.middle, [255, 0, 0])).toBe(true);
  const said = await pair.leader.evaluate(() => window.leader.said());
  // A blank one takes 700 units.
  expect(said).not.toMatch(/data:image\/webp;base64,[\w+/=]{1500,}/);
  expect(said).not.toContain('"bytes"');
  expect(await pictureOf(pair, '#c')).toBeUndefined();
  expect(await pictureOf(pair, '#e')).toBeUndefined();
  // It takes the room that it takes.
  const width = await pair.follower.evaluate(
    () => window.follower.mirror.document()!.querySelector('#e')!.getBoundingClientRect().width,
  );
  expect(width).toBe(600);
  await pair.close();
});

it('shows the pictures again after a snapshot, and to those who come later', async () => {
  const pair = await open('<canvas id=c width=300 height=300></canvas>');
  await act(
    pair,
    `${NOISE}; const c = $('c').getContext('2d'); noise(c, 300, 300); c.fillStyle='#0f0'; c.fillRect(100,100,100,100)`,
  );
  await showsColour(pair, [0, 255, 0]);
  await act(pair, 'leader.recorder.resend()');
  await showsColour(pair, [0, 255, 0]);
  await pair.follower.reload();
  await expect.poll(() => pair.follower.evaluate(() => !!window.follower?.mirror.document())).toBe(true);
  await showsColour(pair, [0, 255, 0]);
  await pair.close();
});
