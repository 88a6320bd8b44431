// The encoding of HTML: byte order mark, then header, then meta in the first 1,024 bytes (HTML 13.2.3).

export interface Encoding {
  /** Label for the header; undefined when nothing tells: then browsers guess, as they would have. */
  label: string | undefined;
  /** Markup is not plain ASCII bytes in it: must be decoded, and goes out as UTF-8. */
  decode: boolean;
}

/** How many bytes must be there before {@link findEncoding} is asked. */
export const PRESCAN_BYTES = 1_024;

const META = /<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]{1,40})/i;
/** Encodings whose bytes below 0x80 are not always ASCII characters, or that have states. */
const NOT_ASCII =
  /^(?:utf-?16(?:le|be)?|ucs-?2|unicode|iso-10646-ucs-2|iso-2022-(?:jp|kr|cn)|csiso2022jp|hz-gb-2312|utf-7)$/i;

/** @param start the first bytes of the document, at least {@link PRESCAN_BYTES} unless it is shorter */
export function findEncoding(start: Buffer, contentType: string | undefined): Encoding {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return { label: 'utf-8', decode: false };
  if (start[0] === 0xfe && start[1] === 0xff) return { label: 'utf-16be', decode: true };
  if (start[0] === 0xff && start[1] === 0xfe) return { label: 'utf-16le', decode: true };
  const named = /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType ?? '')?.[1];
  if (named !== undefined) return { label: named, decode: NOT_ASCII.test(named) };
  const meta = META.exec(start.toString('latin1', 0, PRESCAN_BYTES))?.[1];
  // A meta that could be read as ASCII cannot mean UTF-16 (HTML 13.2.3.2).
  if (meta !== undefined)
    return { label: /^utf-?16/i.test(meta) ? 'utf-8' : meta, decode: /^iso-2022|^hz-/i.test(meta) };
  return { label: undefined, decode: false };
}
