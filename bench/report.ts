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
const FIGURES = join(import.meta.dirname, '..', 'docs', 'FIGURES.md');
/** How the figures begin that the README quotes; docs/FIGURES.md has all of them. */
const QUOTED = [
  'Start click',
  'Leader’s DOM change → follower’s DOM, p95',
  'Agent’s click → leader → mirror, p95',
  'Longest task of the leader’s page by a snapshot (66',
  'Snapshot for a joiner',
  'Leader’s main thread per 1,000 rows',
  'CPU per request, image of 220 kB',
  'CPU per request, page of 220 kB',
  'Time to first byte',
  'Leader’s script: the recorder',
  'Follower’s script, mirror',
  'Follower’s script, overlay',
];
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

/** Puts ratios and the commands that make them between the marks of docs/FIGURES.md, and of the README what it quotes. */
export async function writeFigures(names: readonly string[]): Promise<void> {
  const all: Row[] = [];
  const lines = new Map<Row, string>();
  for (const name of names) {
    const text = await readFile(join(RESULTS, `${name}.json`), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    for (const row of JSON.parse(text) as Row[]) {
      all.push(row);
      lines.set(row, formatQuote(row, name));
    }
  }
  if (all.length === 0) return;
  const table = (rows: readonly Row[]): string =>
    [
      '| figure | Tandem | beside it | aim | command |',
      '|---|---|---|---|---|',
      ...rows.map((row) => lines.get(row)!),
    ].join('\n');
  await fill(FIGURES, table(all));
  await fill(README, table(all.filter(({ figure }) => QUOTED.some((start) => figure.startsWith(start)))));
}

function formatQuote(row: Row, name: string): string {
  const shown =
    row.floor === undefined
      ? `${row.value} ${row.unit}`
      : `${ratio(row.value, row.floor)} the floor (${row.value} ${row.unit})`;
  const peers = Object.entries(row.peers).map(([peer, value]) =>
    row.floor === undefined ? `${peer} ${value} ${row.unit}` : `${peer} ${ratio(value, row.floor)}`,
  );
  const aim = row.met ? row.target : `${row.target}, missed`;
  return `| ${row.figure} | ${shown} | ${peers.join(', ') || '–'} | ${aim} | \`npm run bench -- ${name}\` |`;
}

/** Replaces what is between the marks of a file. */
async function fill(file: string, table: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const from = text.indexOf(MARKS[0]) + MARKS[0].length;
  await writeFile(file, `${text.slice(0, from)}\n${table}\n${text.slice(text.indexOf(MARKS[1]))}`);
}
