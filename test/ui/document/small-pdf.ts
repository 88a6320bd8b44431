// PDF files of a few objects, written by hand: what a reader must look up in data of its own to show them.

/** A file of these objects, numbered from 1; the first is the catalogue. */
function pdfOf(objects: (string | Buffer)[]): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  const add = (part: string | Buffer): void => {
    const bytes = Buffer.isBuffer(part) ? part : Buffer.from(part, 'latin1');
    parts.push(bytes);
    length += bytes.length;
  };
  add('%PDF-1.5\n');
  const offsets = objects.map((object, index) => {
    const at = length;
    add(`${index + 1} 0 obj\n`);
    add(object);
    add('\nendobj\n');
    return at;
  });
  const start = length;
  const table = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  add(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`);
  add(`trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF`);
  return Buffer.concat(parts);
}

const stream = (entries: string, bytes: string | Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`<< ${entries} /Length ${bytes.length} >>\nstream\n`),
    Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, 'latin1'),
    Buffer.from('\nendstream'),
  ]);

/** Objects 1 to 3 of a file with one page: its content is object 4, what it uses begins with object 5. */
const onePage = (resources: string): string[] => [
  '<< /Type /Catalog /Pages 2 0 R >>',
  '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
  `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << ${resources} >> >>`,
];

/** Pages with one line of text each. */
export function textPdf(...lines: string[]): Buffer {
  const font = 3 + 2 * lines.length;
  const pageOf = (index: number): number => 3 + 2 * index;
  return pdfOf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${lines.map((_, index) => `${pageOf(index)} 0 R`).join(' ')}] /Count ${lines.length} >>`,
    ...lines.flatMap((line, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${pageOf(index) + 1} 0 R /Resources << /Font << /F1 ${font} 0 R >> >> >>`,
      stream('', `BT /F1 36 Tf 72 700 Td (${line}) Tj ET`),
    ]),
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]);
}

/** "你好" in GBK, in a font that is not in the file: readable with the character maps of Adobe-GB1 only. */
export function chinesePdf(): Buffer {
  return pdfOf([
    ...onePage('/Font << /F1 5 0 R >>'),
    stream('', 'BT /F1 96 Tf 40 120 Td <C4E3BAC3> Tj ET'),
    '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /GBK-EUC-H /DescendantFonts [6 0 R] >>',
    '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 7 0 R /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>',
    '<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>',
  ]);
}

/** Greek letters of the font Symbol, which is not in the file and on few machines. */
export function symbolPdf(): Buffer {
  return pdfOf([
    ...onePage('/Font << /F1 5 0 R >>'),
    stream('', 'BT /F1 96 Tf 40 120 Td (abg) Tj ET'),
    '<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>',
  ]);
}

/** 32×32, red above and blue below. */
const JPX = Buffer.from(
  'AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAAIAAAACAAAw8HAAAAAAAPY29scgEAAAAAABAAAAFIanAyY/9P/1EALwAAAAAAIAAAACAAAAAAAAAAAAAAACAAAAAgAAAAAAAAAAAAAw8BAQ8BAQ8BAf9SAAwAAAABAQUEBAAB/1wAE0CAiIiQiIiQiIiQiIiQiIiQ/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBFRyB2ZXJzaW9uIDIuNS4w/5AACgAAAAAAwQAB/5PP/DAIB7fP/DAMBD+/3/iQGAMfr4Cn/iQGBD/Pp/4kBgbvz4Cj/wYCgAs9iwIgo/8GAwAMF8mBECOAof9BgkADf91RoR3RN1yh/0GCwADP1VGhHdE3XM1fgKD/YAIAPaY0WxDcWISz62+Dm++C1qD/YAIgPmKirYhuLEJZ9bfBzffDHfuAoH+BIJ2sKUEHbQgAwWY7JceGgGBwr6B/gUCdlqkBB20IAMFmOyXHhoBgcK95N//Z',
  'base64',
);

/** A picture in JPEG 2000 that fills the page. */
export function jpxPdf(): Buffer {
  return pdfOf([
    ...onePage('/XObject << /I1 5 0 R >>'),
    stream('', 'q 300 0 0 300 0 0 cm /I1 Do Q'),
    stream('/Type /XObject /Subtype /Image /Width 32 /Height 32 /Filter /JPXDecode', JPX),
  ]);
}
