// Random operations on a page and its frames, repeatable by seed. Runs in the leader's page.
import { FIELD_OPERATIONS } from './random-fields.ts';
import { FRAME_OPERATIONS } from './random-frames.ts';
import { createRandomPage, type Kept, type RandomPage } from './random-page.ts';
import { STATE_OPERATIONS } from './random-states.ts';
import { STYLE_OPERATIONS } from './random-styles.ts';
import { TREE_OPERATIONS } from './random-tree.ts';

const ALL: Record<string, (page: RandomPage) => void> = {
  ...TREE_OPERATIONS,
  ...FIELD_OPERATIONS,
  ...STYLE_OPERATIONS,
  ...STATE_OPERATIONS,
  ...FRAME_OPERATIONS,
};
/** Elements in the page's own document, and in a frame's: more would make each comparison slow, fewer would be no page. */
const ELEMENTS = { least: 150, most: 300 };
const FRAMED = { least: 20, most: 80 };
/** After so many operations each document is cut back to that. */
const CUT_EVERY = 25;

const kept: Kept = { roots: [], detached: [], sheets: [], internals: [], assigned: new Map(), names: 0 };

/**
 * Does the operations number `from` to `from + count`, some of them with pauses in which the recorder speaks. Each has a chance of
 * its own, so that the others stay the same when fewer are done at a time.
 * @param only names of the operations to choose from, to find what a difference comes from; all when it is empty
 * @returns what was done
 */
export async function randomOperations({
  seed,
  from = 0,
  count,
  only = [],
}: {
  seed: number;
  from?: number;
  count: number;
  only?: readonly string[];
}): Promise<string[]> {
  const names = Object.keys(ALL).filter((name) => only.length === 0 || only.includes(name));
  const done: string[] = [];
  for (let number = from; number < from + count; number++) {
    const page = createRandomPage(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b), kept);
    // What the DOM refuses, or has nothing to do it on, is no operation: another one is done.
    for (let tries = 0; tries < 20; tries++) {
      const name = page.pick(names);
      page.choose();
      if (page.random(2) && page.all().length < sizeOf(page.document).least) TREE_OPERATIONS.insert!(page);
      try {
        ALL[name]!(page);
        done.push(name);
        break;
      } catch {
      } finally {
        partSlots();
      }
    }
    if (number % CUT_EVERY === 0) for (const document of page.documents()) cut(page, document);
    if (page.random(3) === 0) await (page.random(2) ? Promise.resolve() : window.leader.tasks());
  }
  return done;
}

/**
 * Takes slots out of what was assigned to them by hand: Chromium 156 lays that out for ever, and takes all memory for it, in the
 * page itself and without a recorder [measured].
 */
function partSlots(): void {
  for (const [slot, nodes] of kept.assigned) if (nodes.some((node) => node.contains(slot))) slot.remove();
}

function sizeOf(document: Document): typeof ELEMENTS {
  return document === window.document ? ELEMENTS : FRAMED;
}

function cut(page: RandomPage, document: Document): void {
  page.choose(document);
  const { most } = sizeOf(document);
  for (let all = page.all(); all.length > most; all = page.all()) page.pick(all).remove();
  kept.roots = kept.roots.filter(({ isConnected }) => isConnected);
  kept.internals.splice(0, kept.internals.length - 20);
  kept.detached.splice(0, kept.detached.length - 20);
  kept.sheets.splice(0, kept.sheets.length - 20);
}
