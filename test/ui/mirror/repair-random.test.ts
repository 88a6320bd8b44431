// Random operations of all kinds while messages on both ways, and questions for what was lost, are lost, doubled and overtaken; a failure names its seed.
// By the environment: REPAIR_SEEDS (how many), REPAIR_SEED (the first), REPAIR_ROUNDS (per seed). How fast that is: `npm run bench -- mirror-repair`.
import { expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { FAULT_KINDS, type Round, runFaults } from './random-faults.ts';

const SEEDS = Number(process.env.REPAIR_SEEDS ?? 2);
const FIRST = Number(process.env.REPAIR_SEED ?? 1);
const ROUNDS = Number(process.env.REPAIR_ROUNDS ?? 3 * FAULT_KINDS.length);

/** Without the beginning of a document there is nothing to mend. */
const BEGINNING = /^(?:frame\.(?:opened|snapshot|closed)|mirror\.(?:frame|snapshot))$/;

/** More than was needed: for the loss of one change no whole document is said. */
function tooMuch({ faults, resends }: Round): string | undefined {
  if (faults.length > 1 || BEGINNING.test(faults[0]!.type)) return undefined;
  const whole = resends.filter((why) => why === 'gap' || why === 'digest' || why === 'frame 1');
  return whole.length > 0 ? `all was asked for: ${whole}` : undefined;
}

const browser = useBrowser();

it.each(Array.from({ length: SEEDS }, (_, i) => FIRST + i))(
  'are all equal again, seed %i',
  async (seed) => {
    const { wrong } = await runFaults(browser(), {
      seed,
      rounds: ROUNDS,
      kinds: FAULT_KINDS,
      judge: tooMuch,
    });
    if (wrong !== undefined) expect.unreachable(wrong);
  },
  60_000 + ROUNDS * 5_000,
);
