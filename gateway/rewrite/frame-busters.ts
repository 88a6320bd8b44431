// Byte-range edits in scripts that ask whether they are framed: they see themselves on top, as on the real site.
import type { Edit, FindEdits } from './splice.ts';

/**
 * `window.top` is unforgeable, so reads of it are renamed to getters that the injected script defines: they yield the page's
 * own top window instead of the shell. Only forms that can mean nothing else are renamed: a member of `window` or `self`, a
 * comparison with `self`, and `top.location` and its like. `rect.top`, `{ top: 0 }` and a local `parent` are never touched.
 */
const NAMES: Record<string, string> = { top: '__tandem_top', parent: '__tandem_parent' };
/** `top.location` as one: the getter lets a framed document navigate the page, which the sandbox would forbid it. */
const LOCATIONS: Record<string, string> = {
  top: '__tandem_top_location',
  parent: '__tandem_parent_location',
};
const LOCATION = /^\s{0,8}\.\s{0,8}location(?![\w$])/;
/** A bare `parent` may be a local name (nodes of syntax trees have a `parent` with a `location`): only what navigates is meant. */
const NAVIGATES =
  /^\s{0,8}\.\s{0,8}location\s{0,8}(?:=\s{0,8}(?:["'`]|(?:self|window|document)\.)|\.\s{0,8}(?:href\s{0,8}=(?!=)|(?:assign|replace|reload)\s{0,8}\())/;

const ASKS = /\b(?:top|parent)\b/g;
const WINDOW = '(?:window|self|globalThis)';
const COMPARES = '\\s{0,8}[!=]==?\\s{0,8}';
const ENDS = '(?![\\w$])(?!\\s{0,8}[.[(])';
const ALONE = '(?<![\\w$.#])';
/** `self`, `window`, `window.self`; and for `parent`, which is a common local name compared with `window`, only what is a frame question. */
const SELF: Record<string, string> = {
  top: `(?:${WINDOW}\\s{0,8}\\.\\s{0,8}(?:self|window)|self|window|parent)`,
  parent: `(?:${WINDOW}\\s{0,8}\\.\\s{0,8}self|self|top)`,
};
const LOOK = 80;

const MEMBER = new RegExp(`${ALONE}${WINDOW}\\s{0,8}\\??\\.\\s{0,8}$`);
const BRACKET = new RegExp(`${ALONE}${WINDOW}\\[["']$`);
const ASSIGNED = /^\s{0,8}=(?!=)/;
const TOP_MEMBER = /^\s{0,8}\.\s{0,8}(?:location|document|frames|window|self|top)(?![\w$])/;
const PART_OF_NAME = /[\w$.#]$/;
const SELF_AFTER = {
  top: new RegExp(`^${COMPARES}${SELF.top}${ENDS}`),
  parent: new RegExp(`^${COMPARES}${SELF.parent}${ENDS}`),
};
const SELF_BEFORE = {
  top: new RegExp(`${ALONE}${SELF.top}${COMPARES}$`),
  parent: new RegExp(`${ALONE}${SELF.parent}${COMPARES}$`),
};
/** Minified: `w.top!==w.self`, `w.self===w.top`. */
const SELF_MEMBER_AFTER = new RegExp(`^${COMPARES}[\\w$]{1,40}\\.self${ENDS}`);
const SELF_MEMBER_BEFORE = new RegExp(`\\.self${COMPARES}[\\w$]{1,40}\\.$`);

/** Finds the names to change; for {@link StreamingEdits}. */
export const findFrameBusters: FindEdits = (text, from) => {
  const edits: Edit[] = [];
  ASKS.lastIndex = from;
  for (let match = ASKS.exec(text); match; match = ASKS.exec(text)) {
    const name = match[0] as 'top' | 'parent';
    const end = match.index + name.length;
    const after = text.slice(end, end + LOOK);
    if (!asksForFrame(name, text.slice(Math.max(0, match.index - LOOK), match.index), after)) continue;
    const location = LOCATION.exec(after)?.[0].length;
    edits.push(
      location === undefined
        ? { start: match.index, end, text: NAMES[name]! }
        : { start: match.index, end: end + location, text: LOCATIONS[name]! },
    );
  }
  return edits;
};

function asksForFrame(name: 'top' | 'parent', before: string, after: string): boolean {
  if (BRACKET.test(before)) return /^["']\]/.test(after);
  if (before.endsWith('.') || /\.\s{1,8}$/.test(before)) {
    if (MEMBER.test(before)) return !ASSIGNED.test(after);
    return SELF_MEMBER_AFTER.test(after) || SELF_MEMBER_BEFORE.test(before);
  }
  if (PART_OF_NAME.test(before)) return false;
  if ((name === 'top' ? TOP_MEMBER : NAVIGATES).test(after)) return true;
  if (SELF_AFTER[name].test(after)) return true;
  return SELF_BEFORE[name].test(before) && !/^\s{0,8}[([\w$]/.test(after);
}
