// The viewer of shared documents in its opaque frame: PDF pages follow messages, images are shown, broken files are said.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser, openContext, saveScreenshot } from '../../browser.ts';
import { type FakeGateway, type FakeSocket, SID, startFakeGateway } from '../fake-gateway.ts';
import { ANNA, sessionState, sitePage } from '../states.ts';

let browser: Browser;
let gateway: FakeGateway;
let context: BrowserContext;
let errors: string[];
let page: Page;

/** A PDF of two pages, each with one line of text. */
function twoPages(): Buffer {
  const content = (text: string) => `BT /F1 36 Tf 72 700 Td (${text}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>',
    ...[5, 6].map(
      (id) =>
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${id} 0 R /Resources << /Font << /F1 7 0 R >> >> >>`,
    ),
    ...['Offer for cups', 'Terms of delivery'].map(
      (text) => `<< /Length ${content(text).length} >>\nstream\n${content(text)}\nendstream`,
    ),
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const start = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  text += `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF`;
  return Buffer.from(text, 'latin1');
}

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAYAAAAf8/9hAAAAHUlEQVR42mNkYPhfz0AEYBxVSF+FowZSZdSoQvoqBADrnQ/xhpOQdwAAAABJRU5ErkJggg==',
  'base64',
);

beforeAll(async () => {
  [browser, gateway] = await Promise.all([
    openBrowser(),
    startFakeGateway({
      pdf: { type: 'application/pdf', bytes: twoPages() },
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
  ({ context, errors } = await openContext(browser));
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
