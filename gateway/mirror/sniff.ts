// What bytes that a page made itself really are: only pictures and fonts go to followers, whatever the page called them.

const MAGIC: [type: string, at: number, bytes: string][] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['image/avif', 4, 'ftypavif'],
  ['image/avif', 4, 'ftypavis'],
  ['image/bmp', 0, 'BM'],
  ['image/x-icon', 0, '\0\0\x01\0'],
  ['font/woff2', 0, 'wOF2'],
  ['font/woff', 0, 'wOFF'],
  ['font/otf', 0, 'OTTO'],
  ['font/ttf', 0, '\0\x01\0\0'],
  ['font/ttf', 0, 'true'],
  ['font/collection', 0, 'ttcf'],
];

/** The content type by the first bytes; undefined for anything but a picture or a font. An SVG is a picture: as one it runs no script. */
export function sniffType(body: Buffer): string | undefined {
  const head = body.toString('latin1', 0, 512);
  for (const [type, at, bytes] of MAGIC) if (head.startsWith(bytes, at)) return type;
  const markup = head.replace(/^\xef\xbb\xbf/, '').trimStart();
  return /^(?:<\?xml[^>]*\?>\s*)?(?:<!--[\s\S]*?-->\s*)*(?:<!doctype svg[^>]*>\s*)?<svg[\s>]/i.test(markup)
    ? 'image/svg+xml'
    : undefined;
}
