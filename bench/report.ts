// What a figure looks like, as a table for people and as JSON for the README.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One measured figure. `floor` is the least that any implementation could have, measured in the same run. */
export interface Row {
  figure: string;
  unit: string;
  value: number;
  floor?: number;
  /** Others, measured in the same run. */
  peers: Record<string, number>;
  /** In words, as `≤ 2.0 × floor`. */
  target: string;
  met: boolean;
}

/** What each file of bench/ exports. */
export interface Bench {
  run(): Promise<Row[]>;
  /** Takes so long that it runs only when named. */
  long?: boolean;
}

const RESULTS = join(import.meta.dirname, 'results');
const README = join(import.meta.dirname, '..', 'README.md');
const MARKS = ['<!-- figures: written by npm run bench -->', '<!-- /figures -->'] as const;

/** Three significant digits are all that a shared machine can promise. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}

export function ratio(value: number, floor: number | undefined): string {
  return floor === undefined || floor === 0 ? '–' : `${round(value / floor)}×`;
}

/** The value below which `share` (0–1) of the samples lie. @throws RangeError without samples */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new RangeError('No samples.');
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** A Markdown table. */
export function formatTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const peers = Object.entries(row.peers).map(([name, value]) => `${name} ${round(value)}`);
    return `| ${row.figure} | ${round(row.value)} ${row.unit} | ${row.floor === undefined ? '–' : round(row.floor)} | ${ratio(row.value, row.floor)} | ${peers.join(', ') || '–'} | ${row.target} | ${row.met ? 'yes' : 'no'} |`;
  });
  return [
    '| figure | value | floor | ratio | peers | target | met |',
    '|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

/** Writes `bench/results/NAME.json`. */
export async function saveRows(name: string, rows: readonly Row[]): Promise<void> {
  await mkdir(RESULTS, { recursive: true });
  const rounded = rows.map((row) => ({
    ...row,
    value: round(row.value),
    ...(row.floor === undefined ? {} : { floor: round(row.floor) }),
    peers: Object.fromEntries(Object.entries(row.peers).map(([peer, value]) => [peer, round(value)])),
  }));
  await writeFile(join(RESULTS, `${name}.json`), `${JSON.stringify(rounded, null, 2)}\n`);
}

/** Puts ratios and the commands that make them between the marks of the README. */
export async function writeReadme(names: readonly string[]): Promise<void> {
  const lines: string[] = [];
  for (const name of names) {
    const text = await readFile(join(RESULTS, `${name}.json`), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    for (const row of JSON.parse(text) as Row[]) {
      const shown =
        row.floor === undefined
          ? `${row.value} ${row.unit}`
          : `${ratio(row.value, row.floor)} the floor (${row.value} ${row.unit})`;
      const peers = Object.entries(row.peers).map(([peer, value]) => `${peer} ${ratio(value, row.floor)}`);
      const beside = row.floor === undefined ? '–' : peers.join(', ') || '–';
      lines.push(`| ${row.figure} | ${shown} | ${beside} | \`npm run bench -- ${name}\` |`);
    }
  }
  if (lines.length === 0) return;
  const table = ['| figure | Tandem | beside it | command |', '|---|---|---|---|', ...lines].join('\n');
  const readme = await readFile(README, 'utf8');
  const from = readme.indexOf(MARKS[0]) + MARKS[0].length;
  const to = readme.indexOf(MARKS[1]);
  await writeFile(README, `${readme.slice(0, from)}\n${table}\n${readme.slice(to)}`);
}
