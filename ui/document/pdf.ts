// PDF pages drawn by pdf.js. Its parser runs in this frame's own process: the frame is opaque, so it may start no worker of its host.
import { getDocument } from 'pdfjs-dist';
// @ts-expect-error: the package declares no types for its worker; nothing of it is used by name.
import * as worker from 'pdfjs-dist/build/pdf.worker.mjs';
import type { OpenDocument } from './main.ts';
import { PDF_DATA } from './pdf-data.ts';

/** Where pdf.js looks for a worker that is loaded already. */
declare global {
  var pdfjsWorker: unknown;
}
globalThis.pdfjsWorker = worker;

/** Margin around the page, CSS px on each side. */
const MARGIN = 24;
/** Pixels of a canvas beyond which browsers give up. */
const MAX_PIXELS = 16_000_000;

/** @throws when the bytes are no PDF that can be read */
export async function openPdf(bytes: ArrayBuffer, paper: HTMLElement): Promise<OpenDocument> {
  const pdf = await getDocument({
    data: new Uint8Array(bytes),
    isEvalSupported: false,
    ...PDF_DATA,
    // There is no worker that could.
    useWorkerFetch: false,
  }).promise;
  let running: { cancel(): void } | undefined;

  return {
    pages: pdf.numPages,
    async show(number) {
      running?.cancel();
      const page = await pdf.getPage(number);
      const natural = page.getViewport({ scale: 1 });
      const scale = Math.min(2.5, Math.max(0.2, (innerWidth - 2 * MARGIN) / natural.width));
      const ratio = Math.min(
        devicePixelRatio,
        Math.sqrt(MAX_PIXELS / (natural.width * natural.height * scale ** 2)),
      );
      const viewport = page.getViewport({ scale: scale * ratio });
      const canvas = document.createElement('canvas');
      canvas.width = Math.floor(viewport.width);
      canvas.height = Math.floor(viewport.height);
      canvas.style.inlineSize = `${Math.floor(natural.width * scale)}px`;
      const task = page.render({ canvas, viewport });
      running = task;
      try {
        await task.promise;
      } catch (error) {
        // Another page was asked for meanwhile.
        if ((error as Error).name === 'RenderingCancelledException') return;
        throw error;
      }
      // What the page says, for those who cannot see it.
      const text = document.createElement('p');
      text.className = 'text';
      const content = await page.getTextContent();
      text.textContent = content.items.map((item) => ('str' in item ? item.str : '')).join(' ');
      paper.replaceChildren(canvas, text);
      scrollTo(0, 0);
    },
  };
}
