// Video and audio in the mirror: silent, playing when the leader's do and where they are; pictures where the source is the page's own.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../browser.ts';
import { act, pictureOf } from './looks.ts';
import { openPair, type Pair } from './pair.ts';

let browser: Browser;
let film: Buffer;
beforeAll(async () => {
  browser = await openBrowser();
  film = await record(browser);
});
afterAll(() => browser?.close());

/** Three seconds of a canvas that goes from red to blue, recorded by the browser itself. */
async function record(browser: Browser): Promise<Buffer> {
  const page = await browser.newPage();
  await page.goto('about:blank');
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    canvas.width = 160;
    canvas.height = 120;
    const context = canvas.getContext('2d')!;
    const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: 'video/webm;codecs=vp8' });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const done = new Promise((resolve) => {
      recorder.onstop = resolve;
    });
    recorder.start();
    const began = performance.now();
    while (performance.now() - began < 3_000) {
      const part = (performance.now() - began) / 3_000;
      context.fillStyle = `rgb(${255 - part * 255},0,${part * 255})`;
      context.fillRect(0, 0, 160, 120);
      await new Promise((next) => setTimeout(next, 50));
    }
    recorder.stop();
    await done;
    return Array.from(new Uint8Array(await new Blob(parts).arrayBuffer()));
  });
  await page.close();
  return Buffer.from(bytes);
}

/** A tone, as a WAV of so many seconds. */
function wav(seconds: number): Buffer {
  const rate = 8_000;
  const data = Buffer.alloc(rate * seconds);
  for (let i = 0; i < data.length; i++) data[i] = 128 + 60 * Math.sin(i / 4);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

async function open(
  body: string,
  masks?: { mask: string[]; hide: string[]; readonly: string[] },
): Promise<Pair> {
  const pair = await openPair(browser, {
    pages: { '/': `<!doctype html><body>${body}</body>` },
    files: (path) => {
      if (path === '/film.webm') return { type: 'video/webm', body: film };
      return path === '/tone.wav' ? { type: 'audio/wav', body: wav(60) } : undefined;
    },
    ...(masks ? { masks } : {}),
  });
  await pair.settle();
  return pair;
}
const mediaOf = (pair: Pair, side: 'leader' | 'follower', selector: string) =>
  pair[side].evaluate((which) => {
    const page = window.follower?.mirror.document() ?? document;
    const media = page.querySelector<HTMLMediaElement>(which)!;
    const { paused, currentTime, playbackRate, muted, videoWidth } = media as HTMLVideoElement;
    return {
      paused,
      time: currentTime,
      rate: playbackRate,
      muted,
      width: videoWidth,
      src: media.getAttribute('src'),
    };
  }, selector);

it('plays, seeks, changes speed and stops with the leader, without a sound', async () => {
  const pair = await open('<audio id=a src="/tone.wav" controls></audio>');
  await act(pair, `$('a').muted = true; await $('a').play()`);
  await expect
    .poll(async () => (await mediaOf(pair, 'follower', '#a')).paused, { timeout: 10_000 })
    .toBe(false);
  await act(pair, `$('a').currentTime = 30; $('a').playbackRate = 2`);
  await expect
    .poll(
      async () => {
        const [leader, follower] = [
          await mediaOf(pair, 'leader', '#a'),
          await mediaOf(pair, 'follower', '#a'),
        ];
        return follower.rate === 2 && Math.abs(leader.time - follower.time) < 1.5;
      },
      { timeout: 10_000 },
    )
    .toBe(true);
  await act(pair, `$('a').pause(); $('a').currentTime = 12.5`);
  await expect
    .poll(async () => await mediaOf(pair, 'follower', '#a'), { timeout: 10_000 })
    .toMatchObject({ paused: true, time: 12.5, muted: true, src: expect.stringMatching(/^\/r\//) });
  await act(pair, `$('a').muted = true; await $('a').play()`);
  // One who comes later is where the others are.
  await pair.follower.reload();
  await expect.poll(() => pair.follower.evaluate(() => !!window.follower?.mirror.document())).toBe(true);
  await expect
    .poll(
      async () => {
        const [leader, follower] = [
          await mediaOf(pair, 'leader', '#a'),
          await mediaOf(pair, 'follower', '#a'),
        ];
        return !follower.paused && follower.muted && Math.abs(leader.time - follower.time) < 1.5;
      },
      { timeout: 10_000 },
    )
    .toBe(true);
  expect([...pair.errors, ...pair.strayRequests]).toEqual([]);
  await pair.close();
});

it('shows a film through the gateway, stopped where the leader stopped it', async () => {
  const pair = await open('<video id=v src="/film.webm" muted></video>');
  await act(
    pair,
    `await new Promise((done) => $('v').readyState > 1 ? done() : $('v').addEventListener('loadeddata', done)); $('v').currentTime = 1`,
  );
  await expect
    .poll(async () => await mediaOf(pair, 'follower', '#v'), { timeout: 10_000 })
    .toMatchObject({ width: 160, time: 1, paused: true });
  await pair.close();
});

it('shows pictures of a film that only the page has', async () => {
  const pair = await open('<video id=v muted></video>');
  await act(
    pair,
    `$('v').src = URL.createObjectURL(await (await fetch('/film.webm')).blob()); await new Promise((done) => $('v').addEventListener('loadeddata', done))`,
  );
  await expect
    .poll(async () => (await pictureOf(pair, '#v'))?.middle[0], { timeout: 10_000 })
    .toBeGreaterThan(150);
  expect(await mediaOf(pair, 'follower', '#v')).toMatchObject({ src: null });
  await act(pair, `await $('v').play()`);
  await expect
    .poll(async () => (await pictureOf(pair, '#v'))?.middle[2], { timeout: 15_000 })
    .toBeGreaterThan(100);
  expect(pair.errors).toEqual([]);
  await pair.close();
});

it('shows pictures of a film that is put together by script', async () => {
  const pair = await open('<video id=v muted></video>');
  await act(
    pair,
    `const source = new MediaSource(); $('v').src = URL.createObjectURL(source); await new Promise((done) => source.addEventListener('sourceopen', done));
     const buffer = source.addSourceBuffer('video/webm;codecs=vp8'); buffer.appendBuffer(await (await fetch('/film.webm')).arrayBuffer()); await new Promise((done) => $('v').addEventListener('loadeddata', done))`,
  );
  await expect
    .poll(async () => (await pictureOf(pair, '#v'))?.middle[0], { timeout: 10_000 })
    .toBeGreaterThan(150);
  await pair.close();
});

it('never takes the picture of a camera, nor of a masked film', async () => {
  const pair = await open(
    '<video id=camera muted></video><video id=masked class=secret muted src="/film.webm"></video>',
    {
      mask: ['.secret'],
      hide: [],
      readonly: [],
    },
  );
  await act(
    pair,
    `const c = document.createElement('canvas'); const d = c.getContext('2d'); d.fillStyle = '#0f0'; $('camera').srcObject = c.captureStream(20); const paint = setInterval(() => d.fillRect(0, 0, 300, 150), 20);
     await $('camera').play(); $('masked').src = URL.createObjectURL(await (await fetch('/film.webm')).blob()); await $('masked').play(); await new Promise((done) => setTimeout(done, 800)); clearInterval(paint)`,
  );
  const said = await pair.leader.evaluate(() => window.leader.said());
  expect(said).not.toContain('image/webp');
  expect(said).not.toContain('"bytes"');
  expect(await mediaOf(pair, 'follower', '#masked')).toMatchObject({ src: null, paused: true });
  expect(await pictureOf(pair, '#camera')).toBeUndefined();
  await pair.close();
});
