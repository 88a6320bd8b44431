// Paths of ours on every session address.
import { OWN_PREFIX } from '../../protocol/address.ts';

export const SCRIPT_PATH = `${OWN_PREFIX}page.js`;
export const CLEAR_PATH = `${OWN_PREFIX}clear`;
export const OUTSIDE_PATH = `${OWN_PREFIX}outside`;
/** Where our own policy is reported to; content-policy.ts names it. */
export const REPORT_PATH = `${OWN_PREFIX}report`;
export const BLANK_PATH = `${OWN_PREFIX}blank`;

/** Address of the page that says that a URL is not part of what is shared. */
export function outsidePath(url: string): string {
  return `${OUTSIDE_PATH}?url=${encodeURIComponent(url)}`;
}
