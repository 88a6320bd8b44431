// Byte-range edits in scripts of sites with `realHosts` (T2): `location.host` and `location.hostname` are read by keys of ours, which
// the injected script makes yield the real ones. What has no such script (a worker) reads on as before.
import type { Edit, FindEdits } from './splice.ts';

/** A read of a part behind `location`, free or of whatever window; its name in one piece, as nothing else is meant by it. */
const READS = /(?<![\w$#])location\s{0,8}(\??\.)\s{0,8}(host|hostname)(?![\w$])/g;
/** Written instead of read. */
const WRITES = /^\s{0,8}(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)?=(?![=>])|^\s{0,8}(?:\+\+|--)/;
/** `{ hostname } = location`, `{ host: h, pathname } = window.location`. */
const UNPACKS =
  /\{([^{}()]{1,200})\}\s{0,8}=\s{0,8}(?:(?:window|self|globalThis|document)\s{0,8}\.\s{0,8})?location(?![\w$])(?!\s{0,8}[.[(])/g;
const UNPACKED = /(^|,)(\s{0,8})(host|hostname)(?=\s{0,8}(?:[:,=]|$))(\s{0,8}:)?/g;

/** The key is in a global that the injected script sets. The name itself where there is none; without quotes, as the read may stand in a string. */
const keyOf = (part: string): string => `[globalThis.__tandem_${part}||Object.keys({${part}:0})]`;

/** Finds the reads to change; for `StreamingEdits`. */
export const findHostReads: FindEdits = (text, from) => {
  const edits: Edit[] = [];
  READS.lastIndex = from;
  for (let match = READS.exec(text); match; match = READS.exec(text)) {
    const [whole, dot, part] = match as unknown as [string, string, string];
    const end = match.index + whole.length;
    if (WRITES.test(text.slice(end, end + 20))) continue;
    const start = match.index + whole.lastIndexOf(dot);
    if (start >= from) edits.push({ start, end, text: `${dot === '?.' ? '?.' : ''}${keyOf(part)}` });
  }
  UNPACKS.lastIndex = from;
  for (let match = UNPACKS.exec(text); match; match = UNPACKS.exec(text)) {
    for (const inner of match[1]!.matchAll(UNPACKED)) {
      const [whole, before, space, part, colon] = inner as unknown as [
        string,
        string,
        string,
        string,
        string?,
      ];
      const start = match.index + 1 + inner.index + before.length + space.length;
      const end = match.index + 1 + inner.index + whole.length;
      edits.push({ start, end, text: `${keyOf(part)}:${colon === undefined ? part : ''}` });
    }
  }
  return edits.sort((a, b) => a.start - b.start);
};
