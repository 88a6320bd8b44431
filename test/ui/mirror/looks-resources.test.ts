// Pictures and fonts of the page in the mirror: what only the page has (blob:, buffers), what the browser picked, and what may not leave.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { act, styleOf } from './looks.ts';
import { openPair, type Pair } from './pair.ts';

const browser = useBrowser();

function png(width: number, height: number, [r, g, b]: [number, number, number]): Buffer {
  const image = new PNG({ width, height });
  for (let i = 0; i < image.data.length; i += 4) image.data.set([r, g, b, 255], i);
  return PNG.sync.write(image);
}
const PICTURES: Record<string, Buffer> = {
  '/one.png': png(100, 50, [255, 0, 0]),
  '/two.png': png(200, 100, [0, 255, 0]),
  '/wide.png': png(600, 300, [0, 0, 255]),
};
const FONT = readFileSync(
  createRequire(import.meta.url).resolve('pdfjs-dist/standard_fonts/LiberationSans-Bold.ttf'),
);
const files = (path: string) => {
  if (PICTURES[path]) return { type: 'image/png', body: PICTURES[path] };
  return path === '/font.ttf' ? { type: 'font/ttf', body: FONT } : undefined;
};
const open = async (body: string, options: Partial<Parameters<typeof openPair>[1]> = {}): Promise<Pair> => {
  const pair = await openPair(browser(), {
    pages: { '/': `<!doctype html><body>${body}</body>` },
    files,
    ...options,
  });
  await pair.settle();
  return pair;
};
/** Natural width, height and what is drawn, of an image of the follower. */
const imageOf = (pair: Pair, selector: string) =>
  pair.follower.evaluate((which) => {
    const image = window.follower.mirror.document()!.querySelector<HTMLImageElement>(which)!;
    const { width, height } = image.getBoundingClientRect();
    return {
      loaded: image.complete && image.naturalWidth > 0,
      box: [width, height],
      src: image.getAttribute('src'),
    };
  }, selector);
const SVG = `new Blob(['<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" onload="parent.bait=1"><script>top.bait=1</'+'script><rect width="40" height="30" fill="red"/></svg>'], { type: 'image/svg+xml' })`;
const CANVAS_BLOB = `const canvas = document.createElement('canvas'); canvas.width = 80; canvas.height = 60; const c = canvas.getContext('2d'); c.fillStyle = '#00f'; c.fillRect(0, 0, 80, 60); const blob = await new Promise((done) => canvas.toBlob(done));`;

describe('pictures that only the page has', () => {
  it('shows blob: images whose address was taken back once they had loaded', async () => {
    const pair = await open('<img id=i>');
    await act(
      pair,
      `${CANVAS_BLOB} const url = URL.createObjectURL(blob); $('i').onload = () => URL.revokeObjectURL(url); $('i').src = url; await $('i').decode()`,
    );
    await expect.poll(async () => (await imageOf(pair, '#i')).loaded, { timeout: 10_000 }).toBe(true);
    expect(await imageOf(pair, '#i')).toMatchObject({ box: [80, 60], src: expect.stringMatching(/^\/r\//) });
    // Also to one who comes later, and after a snapshot.
    await act(pair, 'leader.recorder.resend()');
    await pair.follower.reload();
    await expect.poll(() => pair.follower.evaluate(() => !!window.follower?.mirror.document())).toBe(true);
    await expect.poll(async () => (await imageOf(pair, '#i')).loaded, { timeout: 10_000 }).toBe(true);
    expect([...pair.errors, ...pair.strayRequests]).toEqual([]);
    await pair.close();
  });

  it('shows them as backgrounds, in style sheets, in SVG and as posters', async () => {
    const pair = await open(
      '<style id=s></style><style id=t></style><div id=d></div><div class=c></div><div class=e></div><svg id=svg width=50 height=50></svg><video id=v></video>',
    );
    await act(
      pair,
      `${CANVAS_BLOB} const url = URL.createObjectURL(blob); $('d').style.backgroundImage = 'url(' + url + ')'; $('s').sheet.insertRule('.c{background:url("' + url + '")}'); $('t').textContent = '.e{background:url(' + url + ')}';
       const image = document.createElementNS('http://www.w3.org/2000/svg', 'image'); image.setAttribute('href', url); $('svg').append(image); $('v').poster = url`,
    );
    const path = (await styleOf(pair, 'follower', '#d', 'background-image')).match(/\/r\/[\w-]+/)?.[0];
    expect(path).toBeDefined();
    for (const selector of ['.c', '.e'])
      expect(await styleOf(pair, 'follower', selector, 'background-image')).toContain(path!);
    const shown = await pair.follower.evaluate(async (url) => {
      const page = window.follower.mirror.document()!;
      const response = await fetch(url);
      return [
        response.headers.get('content-type'),
        page.querySelector('image')!.getAttribute('href'),
        page.querySelector('video')!.getAttribute('poster'),
      ];
    }, path!);
    expect(shown).toEqual(['image/png', path, path]);
    await pair.close();
  });

  it('shows an SVG of the page as a picture, whose script runs nowhere', async () => {
    const pair = await open('<img id=i>');
    await act(pair, `$('i').src = URL.createObjectURL(${SVG}); await $('i').decode()`);
    await expect.poll(async () => (await imageOf(pair, '#i')).box, { timeout: 10_000 }).toEqual([40, 30]);
    const response = await pair.follower.evaluate(
      async (url) => {
        const { headers } = await fetch(url!);
        return [headers.get('content-type'), headers.get('content-security-policy')];
      },
      (await imageOf(pair, '#i')).src,
    );
    expect(response[0]).toBe('image/svg+xml');
    expect(response[1]).toMatch(/default-src 'none'.*sandbox$/);
    expect(await pair.follower.evaluate(() => 'bait' in window)).toBe(false);
    await pair.close();
  });

  it('sends no other files, no links to files, nothing too large, and whatever the page calls it, nothing but pictures', async () => {
    const pair = await open('<a id=a>bill</a><img id=html><img id=big><iframe id=f></iframe>');
    await act(
      pair,
      `$('a').href = URL.createObjectURL(new Blob(['%PDF secret-bill'], { type: 'image/png' }));
       $('html').src = URL.createObjectURL(new Blob(['<!doctype html><script>secret-page</'+'script>'], { type: 'image/png' }));
       const big = new Uint8Array(3_000_000); big.set([0x89, 0x50, 0x4e, 0x47]); $('big').src = URL.createObjectURL(new Blob([big], { type: 'image/png' }))`,
    );
    await act(pair, 'await new Promise((done) => setTimeout(done, 300))');
    const said = await pair.leader.evaluate(() => window.leader.said());
    expect(said).not.toContain(Buffer.from('secret-bill').toString('base64').slice(2, 12));
    expect(said.length).toBeLessThan(100_000);
    // Answered at once: nobody waits for what will not come.
    const statuses = await pair.follower.evaluate(() =>
      Promise.all(
        ['#html', '#big'].map(
          async (which) =>
            (await fetch(window.follower.mirror.document()!.querySelector<HTMLImageElement>(which)!.src))
              .status,
        ),
      ),
    );
    expect(statuses).toEqual([404, 404]);
    expect(pair.resources.bytes).toBe(0);
    await pair.close();
  });

  it('never sends those of masked or hidden parts', async () => {
    const pair = await open(
      '<div class=secret><img id=i><div id=d></div></div><div class=gone><img id=j></div><img id=k><img id=shown>',
      { masks: { mask: ['.secret', '.later'], hide: ['.gone'], readonly: [] } },
    );
    await act(
      pair,
      `${CANVAS_BLOB} const url = () => URL.createObjectURL(blob); for (const id of ['i', 'j']) { $(id).src = url(); await $(id).decode() } $('d').style.backgroundImage = 'url(' + url() + ')'; $('k').className = 'later'; $('k').src = url(); await $('k').decode()`,
    );
    await act(pair, `await new Promise((done) => setTimeout(done, 300))`);
    expect(await pair.leader.evaluate(() => window.leader.said())).not.toContain('"bytes"');
    expect(await styleOf(pair, 'follower', '#d', 'background-image')).not.toContain('blob:');
    // A masked picture keeps its room.
    expect((await imageOf(pair, '#i')).box).toEqual([80, 60]);
    await pair.close();
  });

  it('keeps bytes of one document from the others', async () => {
    const pair = await open('<img id=i>');
    await act(
      pair,
      `${CANVAS_BLOB} window.url = URL.createObjectURL(blob); $('i').src = url; await $('i').decode()`,
    );
    await expect.poll(() => pair.resources.bytes, { timeout: 10_000 }).toBeGreaterThan(0);
    const url = await pair.leader.evaluate(() => (window as unknown as { url: string }).url);
    expect(pair.resources.ofFrame(1).idOf(url)).toBe((await imageOf(pair, '#i')).src);
    expect(pair.resources.ofFrame(2).idOf(url)).not.toBe((await imageOf(pair, '#i')).src);
    pair.mirror.clear();
    expect(pair.resources.bytes).toBe(0);
    await pair.close();
  });
});

describe('pictures that the browser picked', () => {
  it('shows them by srcset at the density of the leader’s, and the others when the window changes', async () => {
    const pair = await open(
      '<img id=x srcset="/two.png 2x" src="/one.png"><img id=w srcset="/one.png 100w, /wide.png 600w" sizes="(max-width: 500px) 100px, 300px"><picture><source srcset="/wide.png" media="(min-width: 800px)"><img id=p src="/one.png"></picture>',
    );
    const boxes = async (side: 'leader' | 'follower') =>
      await pair[side].evaluate(() =>
        [...(window.follower?.mirror.document() ?? document).querySelectorAll('img')].map((image) => {
          const { width, height } = image.getBoundingClientRect();
          return [width, height];
        }),
      );
    const equal = async () => {
      await pair.settle();
      return JSON.stringify(await boxes('follower')) === JSON.stringify(await boxes('leader'));
    };
    await expect.poll(equal, { timeout: 10_000 }).toBe(true);
    expect((await boxes('follower'))[2]).toEqual([600, 300]);
    await pair.leader.setViewportSize({ width: 480, height: 500 });
    await expect.poll(async () => (await boxes('leader'))[2]).toEqual([100, 50]);
    await expect.poll(equal, { timeout: 10_000 }).toBe(true);
    await pair.close();
  });

  it('shows lazy ones that the leader has come to, data: ones, and images in object elements', async () => {
    const data = `data:image/png;base64,${PICTURES['/two.png']!.toString('base64')}`;
    const pair = await open(
      `<img id=data src="${data}"><object id=o type="image/png" data="/one.png"></object><div style="height:5000px"></div><img id=lazy loading=lazy width=100 src="/wide.png">`,
    );
    await expect
      .poll(async () => (await imageOf(pair, '#data')).box, { timeout: 10_000 })
      .toEqual([200, 100]);
    await pair.leader.evaluate(() => document.querySelector('#lazy')!.scrollIntoView());
    await expect.poll(async () => (await imageOf(pair, '#lazy')).loaded, { timeout: 10_000 }).toBe(true);
    await expect
      .poll(async () => (await imageOf(pair, 'tandem-other')).box, { timeout: 10_000 })
      .toEqual([100, 50]);
    await pair.close();
  });
});

describe('fonts', () => {
  const width = (pair: Pair, side: 'leader' | 'follower') =>
    pair[side].evaluate(() => {
      const page = window.follower?.mirror.document() ?? document;
      return Math.round(page.querySelector('#t')!.getBoundingClientRect().width);
    });
  const settled = (pair: Pair) =>
    expect.poll(async () => (await width(pair, 'follower')) === (await width(pair, 'leader')), {
      timeout: 10_000,
    });
  const TEXT = '<span id=t style="font:30px Made,monospace">WWWiii and more</span>';

  it('of style sheets come through the gateway', async () => {
    const pair = await open(`<style>@font-face{font-family:Made;src:url(/font.ttf)}</style>${TEXT}`);
    await pair.leader.evaluate(() => document.fonts.load('30px Made'));
    await settled(pair).toBe(true);
    expect(
      await pair.follower.evaluate(() => window.follower.mirror.document()!.fonts.check('30px Made')),
    ).toBe(true);
    expect(pair.strayRequests).toEqual([]);
    await pair.close();
  });

  it.each([
    ['an address', `'url(/font.ttf)'`],
    ['a buffer', `await (await fetch('/font.ttf')).arrayBuffer()`],
    ['a blob', `'url(' + URL.createObjectURL(await (await fetch('/font.ttf')).blob()) + ')'`],
  ])('made by script of %s are shown, also to those who come later, and go', async (_what, source) => {
    const pair = await open(TEXT);
    const before = await width(pair, 'follower');
    await act(
      pair,
      `window.face = new FontFace('Made', ${source}, { weight: '400' }); document.fonts.add(face); await face.load()`,
    );
    await settled(pair).toBe(true);
    expect(await width(pair, 'follower')).not.toBe(before);
    await pair.follower.reload();
    await expect.poll(() => pair.follower.evaluate(() => !!window.follower?.mirror.document())).toBe(true);
    await settled(pair).toBe(true);
    expect(await width(pair, 'follower')).not.toBe(before);
    await act(pair, 'document.fonts.delete(face)');
    await settled(pair).toBe(true);
    expect(await width(pair, 'follower')).toBe(before);
    expect([...pair.errors, ...pair.strayRequests]).toEqual([]);
    await pair.close();
  });

  it('that were never added are not sent', async () => {
    const pair = await open(TEXT);
    await act(pair, `new FontFace('Made', await (await fetch('/font.ttf')).arrayBuffer())`);
    expect(await pair.leader.evaluate(() => window.leader.said())).not.toContain('"bytes"');
    await pair.close();
  });
});
