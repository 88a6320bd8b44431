// The viewer of shared documents in its opaque frame: PDF pages follow messages, images are shown, broken files are said.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser, openContext, saveScreenshot } from '../../browser.ts';
import { type FakeGateway, type FakeSocket, SID, startFakeGateway } from '../fake-gateway.ts';
import { ANNA, sessionState, sitePage } from '../states.ts';
import { chinesePdf, jpxPdf, symbolPdf, textPdf } from './small-pdf.ts';

let browser: Browser;
let gateway: FakeGateway;
let context: BrowserContext;
let errors: string[];
let complaints: string[];
let page: Page;

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAYAAAAf8/9hAAAAHUlEQVR42mNkYPhfz0AEYBxVSF+FowZSZdSoQvoqBADrnQ/xhpOQdwAAAABJRU5ErkJggg==',
  'base64',
);

beforeAll(async () => {
  [browser, gateway] = await Promise.all([
    openBrowser(),
    startFakeGateway({
      pdf: { type: 'application/pdf', bytes: textPdf('Offer for cups', 'Terms of delivery') },
      chinese: { type: 'application/pdf', bytes: chinesePdf() },
      symbol: { type: 'application/pdf', bytes: symbolPdf() },
      jpx: { type: 'application/pdf', bytes: jpxPdf() },
      png: { type: 'image/png', bytes: PNG },
      bad: { type: 'application/pdf', bytes: Buffer.from('%PDF-1.4 and nothing') },
    }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});
beforeEach(async () => {
  ({ context, errors, complaints } = await openContext(browser));
  page = await context.newPage();
  gateway.html.view = sitePage('Cups');
  gateway.on('GET /console/api/me', () => ({
    body: { name: 'anna', title: ANNA.name, roles: ['agent'], cobrowsing: true },
  }));
  gateway.on(`POST /console/api/session/${SID}`, () => ({
    body: { nonce: 'n', viewOrigin: gateway.viewOrigin },
  }));
});
afterEach(async () => {
  await context.close();
});

const stateWith = (id: string, open: number, share = true) =>
  sessionState(gateway, {
    documents: [
      { id, name: `${id} file`, type: '', bytes: 2_400, by: ANNA.name, shown: true, path: `/d/${id}` },
    ],
    open: { id, page: open },
    rights: { control: true, navigate: false, invite: false, share, stop: true },
  });

async function openWith(id: string): Promise<FakeSocket> {
  await page.goto(`${gateway.places.consoleOrigin}/session/${SID}`);
  const socket = await gateway.nextSocket(`/session/${SID}/socket`);
  socket.send({
    type: 'session.welcome',
    pid: ANNA.pid,
    kind: 'agent',
    state: stateWith(id, 1),
    chat: [],
    resume: 'r',
  });
  return socket;
}

const viewer = () => page.frameLocator('iframe[title$=" file"]');

describe('document viewer', () => {
  it('shows a PDF and follows the page that is open for all', async () => {
    const socket = await openWith('pdf');
    await page.getByText('1 of 2').waitFor();
    await viewer().getByText('Offer for cups').waitFor({ state: 'attached' });
    await viewer().locator('canvas').waitFor();
    await saveScreenshot(page, 'ui/document-pdf');
    await page.getByRole('button', { name: 'Next page' }).click();
    expect(await socket.next('document.open')).toEqual({ type: 'document.open', id: 'pdf', page: 2 });
    socket.send({ type: 'session.changed', state: stateWith('pdf', 2) });
    await page.getByText('2 of 2').waitFor();
    await viewer().getByText('Terms of delivery').waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Close document' }).click();
    await socket.next('document.close');
    expect(errors).toEqual([]);
  });

  it('has an opaque origin: it cannot reach the mirror on the same host', async () => {
    await openWith('pdf');
    await viewer().locator('canvas').waitFor();
    const frame = page.frames().find((one) => one.url().includes('/d/pdf'))!;
    expect(await frame.evaluate('self.origin')).toBe('null');
  });

  it('shows text in Chinese whose font is not in the file', async () => {
    await openWith('chinese');
    await viewer().getByText('你好').waitFor({ state: 'attached' });
    await viewer().locator('canvas').waitFor();
    await saveScreenshot(page, 'ui/document-chinese');
    expect(complaints).toEqual([]);
  });

  it('has the standard fonts that machines lack', async () => {
    const font = page.waitForResponse((response) => response.url().endsWith('/FoxitSymbol.pfb'));
    await openWith('symbol');
    expect((await font).status()).toBe(200);
    await viewer().getByText('αβγ').waitFor({ state: 'attached' });
    expect(complaints).toEqual([]);
  });

  it('shows a picture in JPEG 2000', async () => {
    await openWith('jpx');
    const canvas = viewer().locator('canvas');
    await canvas.waitFor();
    await saveScreenshot(page, 'ui/document-jpx');
    const [top, bottom] = await canvas.evaluate((drawn: HTMLCanvasElement) =>
      [0.05, 0.95].map((y) => [
        ...drawn.getContext('2d')!.getImageData(drawn.width / 2, drawn.height * y, 1, 1).data,
      ]),
    );
    expect(top![0]).toBeGreaterThan(200);
    expect(top![2]).toBeLessThan(60);
    expect(bottom![0]).toBeLessThan(60);
    expect(bottom![2]).toBeGreaterThan(200);
    expect(complaints).toEqual([]);
  });

  it('shows an image', async () => {
    await openWith('png');
    await viewer().locator('img').waitFor();
    expect(
      await viewer()
        .locator('img')
        .evaluate((image: HTMLImageElement) => image.naturalWidth),
    ).toBe(16);
  });

  it('says when a document cannot be read', async () => {
    await openWith('bad');
    await page.getByText('This document cannot be shown.').waitFor();
  });

  it('lets only those turn pages who may share', async () => {
    const socket = await openWith('pdf');
    socket.send({ type: 'session.changed', state: stateWith('pdf', 1, false) });
    await page.getByText('1 of 2').waitFor();
    await page.getByRole('button', { name: 'Next page' }).waitFor({ state: 'detached' });
  });
});
