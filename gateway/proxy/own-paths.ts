// Paths of ours on every session address.
import { OWN_PREFIX } from '../../protocol/address.ts';

export const SCRIPT_PATH = `${OWN_PREFIX}page.js`;
export const CLEAR_PATH = `${OWN_PREFIX}clear`;
export const OUTSIDE_PATH = `${OWN_PREFIX}outside`;
export const BLANK_PATH = `${OWN_PREFIX}blank`;

/** Address of the page that says that a URL is not part of what is shared. */
export function outsidePath(url: string): string {
  return `${OUTSIDE_PATH}?url=${encodeURIComponent(url)}`;
}
