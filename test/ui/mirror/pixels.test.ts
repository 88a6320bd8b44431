// Leader and mirror look alike, pixel by pixel, on pages of packages that nobody here wrote.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pixelmatch from 'pixelmatch';
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../browser.ts';
import { textPdf } from '../document/small-pdf.ts';
import { packageFile } from './package-files.ts';
import { openPair } from './pair.ts';

/** Share of pixels that may differ visibly (pixelmatch at 0.1, which leaves anti-aliasing out). */
const ALLOWED = 0.005;
const IMAGES = join(import.meta.dirname, '../../../test-output/pixels');

interface Sample {
  name: string;
  /** Where it begins: a page of a package, or of `pages`. */
  start: string;
  pages?: Record<string, string>;
  /** Brings the leader to what is compared. */
  prepare?: (leader: Page) => Promise<void>;
  /** Share of pixels, with the reason why it is more than elsewhere. */
  allowed?: [share: number, why: string];
}

/** A page of the libraries as their own documentation begins them. */
const page = (head: string, body: string): Record<string, string> => ({
  '/': `<!doctype html><html lang="en"><head><meta charset="utf-8">${head}</head><body>${body}</body></html>`,
});
const sheet = (path: string): string => `<link rel="stylesheet" href="${path}">`;
const script = (path: string): string => `<script src="${path}"></script>`;
/** A package's own README as its registry shows it. */
const readme = (name: string): Record<string, string> =>
  page(
    `${sheet('/bootstrap/dist/css/bootstrap.css')}${script('/marked/lib/marked.umd.js')}`,
    `<main class="container py-4"></main><script>fetch('/${name}/README.md').then((r) => r.text()).then((text) => { document.querySelector('main').innerHTML = marked.parse(text); document.body.dataset.ready = '' })</script>`,
  );
const ready = (selector: string) => async (leader: Page) => await leader.locator(selector).first().waitFor();
type Reveal = { Reveal: { slide(x: number, y?: number): void } };
const slide = (x: number, y = 0): Sample => ({
  name: `reveal.js demo, slide ${x}.${y}`,
  start: '/reveal.js/demo.html',
  prepare: async (leader) => {
    await leader.locator('.reveal.ready').waitFor();
    await leader.evaluate(([h, v]) => (window as unknown as Reveal).Reveal.slide(h!, v), [x, y]);
  },
});

const SAMPLES: Sample[] = [
  slide(0),
  slide(1, 1),
  slide(4),
  slide(5),
  slide(8),
  slide(10, 1),
  slide(13),
  slide(17),
  { name: 'reveal.js template', start: '/reveal.js/index.html', prepare: ready('.reveal.ready') },
  {
    name: 'swagger-ui',
    start: '/swagger-ui-dist/index.html',
    prepare: async (leader) => {
      await leader.evaluate((spec) => {
        const { SwaggerUIBundle } = window as unknown as { SwaggerUIBundle: (options: object) => void };
        SwaggerUIBundle({ spec, dom_id: '#swagger-ui' });
      }, SPEC);
      await leader.locator('.opblock').first().waitFor();
      await leader.locator('.opblock-summary-control').first().click();
      await leader.locator('.try-out__btn').first().click();
    },
  },
  {
    name: 'trace viewer',
    start: '/playwright-core/lib/vite/traceViewer/index.html',
    prepare: ready('.drop-target'),
  },
  { name: 'README of reveal.js', start: '/', pages: readme('reveal.js'), prepare: ready('[data-ready]') },
  {
    name: 'README of swagger-ui-dist',
    start: '/',
    pages: readme('swagger-ui-dist'),
    prepare: ready('[data-ready]'),
  },
  { name: 'README of express', start: '/', pages: readme('express'), prepare: ready('[data-ready]') },
  {
    name: 'shoelace components',
    start: '/',
    pages: page(
      `${sheet('/@shoelace-style/shoelace/cdn/themes/light.css')}<script type="module" src="/@shoelace-style/shoelace/cdn/shoelace-autoloader.js"></script>`,
      `<sl-button variant="primary">Primary</sl-button> <sl-button variant="danger" outline pill>Danger</sl-button> <sl-button loading>Loading</sl-button>
       <sl-badge variant="success" pulse>New</sl-badge> <sl-tag removable>Tag</sl-tag> <sl-spinner></sl-spinner>
       <sl-input label="Name" value="Ada" clearable></sl-input><sl-input type="password" label="Password" value="secret" password-toggle></sl-input>
       <sl-checkbox checked>Checked</sl-checkbox> <sl-checkbox indeterminate>Some</sl-checkbox> <sl-switch checked>On</sl-switch>
       <sl-radio-group label="Size" value="2"><sl-radio value="1">S</sl-radio><sl-radio value="2">M</sl-radio></sl-radio-group>
       <sl-range value="30" label="Volume"></sl-range><sl-rating value="3"></sl-rating><sl-progress-bar value="60"></sl-progress-bar><sl-progress-ring value="25"></sl-progress-ring>
       <sl-card>A card<div slot="footer">Footer</div></sl-card><sl-details summary="Details" open>Open</sl-details>
       <sl-tab-group><sl-tab slot="nav" panel="a">A</sl-tab><sl-tab slot="nav" panel="b">B</sl-tab><sl-tab-panel name="a">Panel a</sl-tab-panel></sl-tab-group>
       <sl-select label="Pick" value="b"><sl-option value="a">A</sl-option><sl-option value="b">B</sl-option></sl-select>`,
    ),
    prepare: async (leader) => {
      await leader.waitForFunction(() => document.querySelectorAll(':not(:defined)').length === 0);
      await leader.evaluate(() =>
        (document.querySelector('sl-select') as unknown as { show(): Promise<void> }).show(),
      );
    },
  },
  {
    name: 'bootstrap components',
    start: '/',
    pages: page(
      `${sheet('/bootstrap/dist/css/bootstrap.css')}${script('/bootstrap/dist/js/bootstrap.bundle.js')}`,
      `<nav class="navbar navbar-expand bg-primary" data-bs-theme="dark"><div class="container-fluid"><a class="navbar-brand" href="#">Shop</a><ul class="navbar-nav"><li class="nav-item"><a class="nav-link active" href="#">Home</a></li></ul></div></nav>
       <div class="container py-3"><div class="alert alert-warning alert-dismissible">Careful<button class="btn-close"></button></div>
       <div class="row"><div class="col-4"><div class="card"><div class="card-body"><h5 class="card-title">Card</h5><p class="card-text">Text</p><button class="btn btn-primary">Go</button></div></div></div>
       <div class="col-8"><table class="table table-striped table-hover"><tbody><tr><td>1</td><td>One</td></tr><tr><td>2</td><td>Two</td></tr></tbody></table></div></div>
       <div class="form-floating my-2"><input class="form-control is-invalid" id="a" placeholder="x" value="y"><label for="a">Name</label></div>
       <div class="form-check form-switch"><input class="form-check-input" type="checkbox" checked></div><input type="range" class="form-range" value="70">
       <select class="form-select"><option>One</option><option selected>Two</option></select>
       <div class="progress my-2"><div class="progress-bar progress-bar-striped progress-bar-animated" style="width:40%"></div></div>
       <div class="dropdown"><button class="btn btn-secondary dropdown-toggle" data-bs-toggle="dropdown" id="menu">Menu</button><ul class="dropdown-menu"><li><a class="dropdown-item active" href="#">A</a></li><li><a class="dropdown-item" href="#">B</a></li></ul></div>
       <div class="placeholder-glow"><span class="placeholder col-6"></span></div><div class="spinner-border"></div>
       <div class="accordion mt-2"><div class="accordion-item"><h2 class="accordion-header"><button class="accordion-button">One</button></h2><div class="accordion-collapse collapse show"><div class="accordion-body">Body</div></div></div></div></div>`,
    ),
    prepare: async (leader) => {
      await leader.click('#menu');
      await leader.locator('.dropdown-menu.show').waitFor();
      await leader.hover('.dropdown-item:not(.active)');
    },
  },
  {
    name: 'quill',
    start: '/',
    pages: page(
      `${sheet('/quill/dist/quill.snow.css')}${script('/quill/dist/quill.js')}`,
      `<div id="editor" style="height:400px"></div><script>new Quill('#editor', { theme: 'snow', modules: { toolbar: [[{ header: [1, 2, false] }], ['bold', 'italic', 'link', 'image'], [{ list: 'ordered' }, { list: 'bullet' }], [{ color: [] }, { align: [] }], ['code-block']] } }).setContents([{ insert: 'Title' }, { insert: '\\n', attributes: { header: 1 } }, { insert: 'Some ' }, { insert: 'bold', attributes: { bold: true, color: 'red' } }, { insert: ' text\\n' }, { insert: 'one' }, { insert: '\\n', attributes: { list: 'ordered' } }, { insert: 'two' }, { insert: '\\n', attributes: { list: 'bullet' } }, { insert: 'let a = 1' }, { insert: '\\n', attributes: { 'code-block': true } }])</script>`,
    ),
    prepare: async (leader) => {
      await leader.locator('.ql-editor h1').waitFor();
      await leader.click('.ql-color .ql-picker-label');
    },
  },
  {
    name: 'tabulator',
    start: '/',
    pages: page(
      `${sheet('/tabulator-tables/dist/css/tabulator.css')}${script('/tabulator-tables/dist/js/tabulator.js')}`,
      `<div id="table"></div><script>new Tabulator('#table', { height: 500, data: Array.from({ length: 500 }, (_, i) => ({ id: i, name: 'Name ' + i, age: i % 90, col: ['red', 'green', 'blue'][i % 3], progress: (i * 7) % 100, rating: i % 5, car: i % 2 === 0 })), columns: [{ title: 'Name', field: 'name', editor: 'input', headerFilter: true }, { title: 'Age', field: 'age', sorter: 'number' }, { title: 'Progress', field: 'progress', formatter: 'progress', width: 200 }, { title: 'Rating', field: 'rating', formatter: 'star' }, { title: 'Driver', field: 'car', formatter: 'tickCross' }] })</script>`,
    ),
    prepare: async (leader) => {
      await leader.locator('.tabulator-row').first().waitFor();
      await leader.locator('.tabulator-tableholder').evaluate((holder) => holder.scrollTo(0, 1500));
      await leader.locator('.tabulator-row:has-text("Name 60")').first().waitFor();
    },
  },
  {
    name: 'leaflet',
    start: '/',
    pages: page(
      `${sheet('/leaflet/dist/leaflet.css')}${script('/leaflet/dist/leaflet.js')}`,
      `<div id="map" style="height:600px"></div><script>const map = L.map('map', { preferCanvas: true }).setView([51.505, -0.09], 13); const Tiles = L.GridLayer.extend({ createTile(at) { const tile = document.createElement('canvas'); tile.width = tile.height = 256; const c = tile.getContext('2d'); c.fillStyle = (at.x + at.y) % 2 ? '#dde8d8' : '#d0dde8'; c.fillRect(0, 0, 256, 256); c.fillStyle = '#333'; c.fillText(at.x + '/' + at.y, 20, 20); return tile } }); new Tiles().addTo(map); L.marker([51.5, -0.09]).addTo(map).bindPopup('A popup.').openPopup(); L.circle([51.508, -0.11], { color: 'red', fillOpacity: 0.5, radius: 500 }).addTo(map); L.polygon([[51.509, -0.08], [51.503, -0.06], [51.51, -0.047]]).addTo(map)</script>`,
    ),
    prepare: ready('.leaflet-popup'),
  },
  {
    name: 'flatpickr',
    start: '/',
    pages: page(
      `${sheet('/flatpickr/dist/flatpickr.css')}${script('/flatpickr/dist/flatpickr.js')}`,
      `<input id="date"><script>flatpickr('#date', { inline: true, mode: 'range', defaultDate: ['2026-03-03', '2026-03-17'], enableTime: true, weekNumbers: true })</script>`,
    ),
    prepare: ready('.flatpickr-calendar'),
  },
  {
    name: 'monaco editor',
    start: '/',
    pages: page(
      script('/monaco-editor/min/vs/loader.js'),
      `<div id="editor" style="height:500px"></div><script>require.config({ paths: { vs: '/monaco-editor/min/vs' } }); require(['vs/editor/editor.main'], () => { monaco.editor.create(document.getElementById('editor'), { value: ['function greet(name) {', '  // says hello', '  return \x60Hello \${name}\x60;', '}'].join('\\n'), language: 'javascript', theme: 'vs-dark' }) })</script>`,
    ),
    prepare: ready('.view-line .mtk6, .view-line .mtk8, .view-line .mtk5'),
  },
  {
    name: 'pdf.js viewer',
    start: '/',
    pages: page(
      sheet('/pdfjs-dist/web/pdf_viewer.css'),
      `<div id="container" style="position:absolute;inset:0;overflow:auto"><div class="pdfViewer"></div></div><script type="module">
       import * as pdfjs from '/pdfjs-dist/build/pdf.mjs'; pdfjs.GlobalWorkerOptions.workerSrc = '/pdfjs-dist/build/pdf.worker.mjs'; globalThis.pdfjsLib = pdfjs;
       const { EventBus, PDFViewer } = await import('/pdfjs-dist/web/pdf_viewer.mjs');
       const viewer = new PDFViewer({ container: document.getElementById('container'), eventBus: new EventBus() });
       viewer.setDocument(await pdfjs.getDocument({ url: '/sample.pdf', useWorkerFetch: false }).promise);</script>`,
    ),
    prepare: ready('.textLayer span, .canvasWrapper canvas'),
    // The page is drawn by a canvas, which comes as a picture of good, not of perfect quality.
  },
];

const SPEC = {
  openapi: '3.0.0',
  info: { title: 'Orders', version: '1.0', description: 'What a shop sells and ships.' },
  paths: {
    '/orders': {
      get: {
        summary: 'All orders',
        parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }],
        responses: { 200: { description: 'A list' } },
      },
      post: { summary: 'A new order', responses: { 201: { description: 'Made' } } },
    },
    '/orders/{id}': {
      delete: {
        summary: 'Cancels one',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 204: { description: 'Gone' } },
      },
    },
  },
};

const fileOf = (path: string) =>
  path === '/sample.pdf'
    ? { type: 'application/pdf', body: textPdf('An invoice', 'Its second page') }
    : packageFile(path);

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
  await mkdir(IMAGES, { recursive: true });
});
afterAll(() => browser?.close());

/** Saves both and what differs; the share of pixels that do. */
async function compare(name: string, leader: Buffer, follower: Buffer): Promise<number> {
  const [one, other] = [PNG.sync.read(leader), PNG.sync.read(follower)];
  const { width, height } = one;
  expect([other.width, other.height]).toEqual([width, height]);
  const difference = new PNG({ width, height });
  const pixels = pixelmatch(one.data, other.data, difference.data, width, height, { threshold: 0.1 });
  const file = name.replace(/[^a-z0-9]+/gi, '-').toLowerCase();
  await Promise.all([
    writeFile(join(IMAGES, `${file}.leader.png`), leader),
    writeFile(join(IMAGES, `${file}.mirror.png`), follower),
    writeFile(join(IMAGES, `${file}.difference.png`), PNG.sync.write(difference)),
  ]);
  return pixels / (width * height);
}

it.each(SAMPLES)('shows $name', async ({ name, start, pages = {}, prepare, allowed }) => {
  const pair = await openPair(browser, { pages, files: fileOf, start });
  try {
    await prepare?.(pair.leader);
    await pair.leader.mouse.move(0, 0);
    await pair.leader.waitForLoadState('load');
    let share = 1;
    // Pictures and fonts come in their own time.
    await expect
      .poll(
        async () => {
          await pair.settle();
          const [leader, follower] = await Promise.all(
            [pair.leader, pair.follower].map((page) => page.screenshot({ animations: 'disabled' })),
          );
          share = await compare(name, leader!, follower!);
          return share;
        },
        { timeout: 15_000 },
      )
      .toBeLessThanOrEqual(allowed?.[0] ?? ALLOWED);
    expect(pair.errors).toEqual([]);
    expect(pair.strayRequests).toEqual([]);
  } finally {
    await pair.close();
  }
});
