// Where pdf.js finds what it asks for by name while it reads a document: character maps, standard fonts, image decoders.

declare global {
  interface ImportMeta {
    /** Vite: puts the files of the patterns among the page's assets; gives the address of each. */
    glob(
      patterns: string[],
      options: { query: '?url'; import: 'default'; eager: true },
    ): Record<string, string>;
  }
}

const addresses = Object.values(
  import.meta.glob(
    [
      '../../node_modules/pdfjs-dist/cmaps/*.bcmap',
      '../../node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}',
      '../../node_modules/pdfjs-dist/wasm/{jbig2,openjpeg}.wasm',
    ],
    { query: '?url', import: 'default', eager: true },
  ),
);

/** The folder in which a file lies; pdf.js appends names to it (scripts/build-ui.ts keeps them). */
function folderOf(file: string): string {
  const address = addresses.find((one) => one.endsWith(`/${file}`)) ?? '';
  return new URL('.', new URL(address, document.baseURI)).href;
}

export const PDF_DATA = {
  cMapUrl: folderOf('H.bcmap'),
  standardFontDataUrl: folderOf('FoxitSymbol.pfb'),
  wasmUrl: folderOf('openjpeg.wasm'),
};
