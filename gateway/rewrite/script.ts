// Scripts, JSON and text: literals of the site's own hosts and frame-buster reads; never re-printed, only byte ranges change.
import { findFrameBusters } from './frame-busters.ts';
import { findHostReads } from './host-reads.ts';
import { findLiterals, type LiteralOptions } from './literals.ts';
import {
  applyEdits,
  type Edit,
  type FindEdits,
  LineEdits,
  StreamingEdits,
  type TextRewriter,
} from './splice.ts';

export interface ScriptOptions extends Omit<LiteralOptions, 'bareHosts'> {
  /** The real host is read: literals that are compared with it stay as they are. */
  realHosts?: boolean | undefined;
}

function findInScript(options: ScriptOptions): FindEdits {
  const literals = findLiterals({ ...options, bareHosts: !options.realHosts });
  const reads: FindEdits = options.realHosts ? findHostReads : () => [];
  return (text, from) => merge(merge(literals(text, from), reads(text, from)), findFrameBusters(text, from));
}

/** Two ordered lists as one; of two that overlap the earlier stays. */
function merge(a: Edit[], b: Edit[]): Edit[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const all = [...a, ...b].sort((x, y) => x.start - y.start);
  return all.filter((edit, index) => index === 0 || edit.start >= all[index - 1]!.end);
}

/** A JavaScript file or inline script, streamed. */
export function scriptRewriter(options: ScriptOptions): StreamingEdits {
  return new StreamingEdits(findInScript(options));
}

/** JSON, import maps and plain text, streamed: whole URLs only. */
export function jsonRewriter(options: ScriptOptions): StreamingEdits {
  return new StreamingEdits(findLiterals({ ...options, bareHosts: false }));
}

/** Server-sent events: whole URLs only, each line passed on at once. */
export function eventRewriter(options: ScriptOptions): TextRewriter {
  return new LineEdits(findLiterals({ ...options, bareHosts: false }));
}

/** A whole script at once. */
export function rewriteScript(code: string, options: ScriptOptions): string {
  return applyEdits(code, findInScript(options)(code, 0));
}

/** A whole JSON text at once. */
export function rewriteJson(text: string, options: ScriptOptions): string {
  return applyEdits(text, findLiterals({ ...options, bareHosts: false })(text, 0));
}
