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
/** More would make each comparison slow. */
const MOST_ELEMENTS = 1_000;

const kept: Kept = { roots: [], detached: [], sheets: [], internals: [], names: 0 };

/**
 * Does `count` operations, some of them with pauses in which the recorder speaks.
 * @param only names of the operations to choose from, to find what a difference comes from; all when it is empty
 * @returns what was done
 */
export async function randomOperations({
  seed,
  count,
  only = [],
}: {
  seed: number;
  count: number;
  only?: readonly string[];
}): Promise<string[]> {
  const page = createRandomPage(seed, kept);
  const names = Object.keys(ALL).filter((name) => only.length === 0 || only.includes(name));
  const done: string[] = [];
  for (let i = 0; i < count; i++) {
    const name = page.pick(names);
    page.choose();
    try {
      ALL[name]!(page);
      done.push(name);
    } catch {
      // What the DOM refuses is no operation.
    }
    if (page.random(3) === 0) await (page.random(2) ? Promise.resolve() : window.leader.tasks());
  }
  for (const { body } of page.documents())
    while (body.querySelectorAll('*').length > MOST_ELEMENTS) body.lastElementChild!.remove();
  kept.roots = kept.roots.filter(({ isConnected }) => isConnected);
  kept.internals.splice(0, kept.internals.length - 20);
  kept.detached.splice(0, kept.detached.length - 20);
  kept.sheets.splice(0, kept.sheets.length - 20);
  return done;
}
