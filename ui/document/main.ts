// The viewer of a shared document, in an opaque frame of the view host: one page of a PDF, or an image; the page follows messages.
import type { FromDocument, ToDocument } from '../../protocol/http-api.ts';
import { openPdf } from './pdf.ts';

/** Something with pages that can be drawn into the paper. */
export interface OpenDocument {
  readonly pages: number;
  show(page: number): Promise<void>;
}

const paper = document.getElementById('paper')!;

const tell = (message: FromDocument): void => {
  // Nothing in it is secret, and the embedding page's origin is not known to an opaque frame.
  window.parent.postMessage(message, '*');
};

async function openImage(bytes: Blob): Promise<OpenDocument> {
  const image = new Image();
  image.alt = '';
  image.src = URL.createObjectURL(bytes);
  await image.decode();
  return {
    pages: 1,
    show: async () => paper.replaceChildren(image),
  };
}

async function open(): Promise<OpenDocument> {
  const response = await fetch(`${location.pathname}/bytes`, { credentials: 'omit' });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const type = response.headers.get('Content-Type') ?? '';
  if (type.startsWith('image/')) return openImage(await response.blob());
  return openPdf(await response.arrayBuffer(), paper);
}

try {
  const opened = await open();
  let shown = 1;
  const show = (page: number): void => {
    shown = Math.min(Math.max(1, Math.trunc(page)), opened.pages);
    opened.show(shown).catch(() => tell({ tandem: 'document-failed' }));
  };
  addEventListener('message', ({ source, data }: MessageEvent<Partial<ToDocument> | null>) => {
    if (source !== window.parent || data?.tandem !== 'document-page') return;
    if (typeof data.page === 'number' && data.page !== shown) show(data.page);
  });
  addEventListener('resize', () => show(shown));
  show(1);
  tell({ tandem: 'document-ready', pages: opened.pages });
} catch {
  tell({ tandem: 'document-failed' });
}
