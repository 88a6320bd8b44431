// Reading our own cookies from a Cookie header, where pages of the same base may have planted twins.
import { Refused } from '../errors.ts';

/**
 * The value of a cookie of ours, undefined when it is not there.
 * @throws {Refused} `malformed` when the name comes twice: one of the two is planted, and nobody can tell which (security.md 2.2)
 */
export function readOwnCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  let found: string | undefined;
  for (const part of header.split(';')) {
    const cut = part.indexOf('=');
    if (cut < 0 || part.slice(0, cut).trim() !== name) continue;
    if (found !== undefined) throw new Refused('malformed');
    found = part.slice(cut + 1).trim();
  }
  return found;
}
