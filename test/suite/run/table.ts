// The table of docs/APPLICATIONS.md, made of results that are kept beside it.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WayName } from '../ways/way.ts';
import type { ApplicationResult, WayResult } from './run-application.ts';

/** What is kept of one application's run. */
export interface Row {
  name: string;
  title: string;
  kind: string;
  version: string;
  from: string;
  composed: boolean;
  flows: number;
  steps: number;
  ways: Partial<
    Record<
      WayName,
      { flows: number; steps: number; faults: number; leaks: number; compared: number; agreed: number }
    >
  >;
}

/** Sums of one way over the applications that were walked by it. */
interface Total {
  flows: number;
  steps: number;
  faults: number;
  leaks: number;
  allFlows: number;
  allSteps: number;
}

const ROOT = join(import.meta.dirname, '../../..');
const PAGE = join(ROOT, 'docs/APPLICATIONS.md');
const KEPT = join(ROOT, 'test/suite/results.json');
const BEGIN = '<!-- suite: begin -->';
const END = '<!-- suite: end -->';

/** @returns undefined for an application that was not tried */
export function rowOf({ application, ways }: ApplicationResult): Row | undefined {
  if (ways.length === 0) return undefined;
  const { name, title, kind, version, from, composed = false, flows } = application;
  const stepsOf = ({ flows: walked }: WayResult): number =>
    walked.reduce((sum, { steps }) => sum + steps.length, 0);
  const row: Row = { name, title, kind, version, from, composed, flows: flows.length, steps: 0, ways: {} };
  for (const way of ways) {
    const compared = way.flows.reduce((sum, flow) => sum + flow.compared, 0);
    const differing = way.flows.reduce((sum, flow) => sum + flow.differences.length, 0);
    row.ways[way.way] = {
      flows: way.flows.filter(({ failure }) => !failure).length,
      steps: stepsOf(way),
      faults: way.faults.length,
      leaks: way.leaks.length,
      compared,
      agreed: compared - differing,
    };
    if (way.way === 'direct') row.steps = stepsOf(way);
  }
  return row;
}

/** Puts new rows, or new ways of them, in the place of older ones, and writes results and table. @returns the table */
export async function keepRows(rows: readonly Row[], order: readonly string[]): Promise<string> {
  const before = JSON.parse(await readFile(KEPT, 'utf8').catch(() => '[]')) as Row[];
  const kept = new Map(before.map((row) => [row.name, row]));
  for (const row of rows) {
    // Ways that were not walked this time keep what they had.
    const old = kept.get(row.name);
    kept.set(row.name, { ...row, ways: { ...(old?.steps === row.steps ? old.ways : {}), ...row.ways } });
  }
  const all = order.flatMap((name) => kept.get(name) ?? []);
  await writeFile(KEPT, `${JSON.stringify(all, null, 2)}\n`);
  const table = tableOf(all);
  const page = await readFile(PAGE, 'utf8');
  const [head = '', rest = ''] = page.split(BEGIN);
  const tail = rest.slice(rest.indexOf(END) + END.length);
  await writeFile(PAGE, `${head}${BEGIN}\n${table}\n${END}${tail}`);
  return table;
}

function tableOf(rows: readonly Row[]): string {
  const lines = [
    '| application | version, package | flows: direct | Tandem | unblocker | steps: direct | Tandem | unblocker | mirror agrees | page errors: Tandem | unblocker | addresses at the upstream: Tandem | unblocker |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|---|',
  ];
  const total: Partial<Record<WayName, Total>> = {};
  let compared = 0;
  let agreed = 0;
  for (const row of rows) {
    const { direct, tandem, unblocker } = row.ways;
    compared += tandem?.compared ?? 0;
    agreed += tandem?.agreed ?? 0;
    for (const [name, way] of Object.entries(row.ways) as [WayName, NonNullable<typeof direct>][]) {
      total[name] ??= { flows: 0, steps: 0, faults: 0, leaks: 0, allFlows: 0, allSteps: 0 };
      const sum = total[name];
      sum.allFlows += row.flows;
      sum.allSteps += row.steps;
      for (const key of ['flows', 'steps', 'faults', 'leaks'] as const) sum[key] += way[key];
    }
    const cells = [
      `${row.title} (${row.kind})${row.composed ? ' *' : ''}`,
      `${row.version}, ${row.from}`,
      of(direct?.flows, row.flows),
      of(tandem?.flows, row.flows),
      of(unblocker?.flows, row.flows),
      of(direct?.steps, row.steps),
      of(tandem?.steps, row.steps),
      of(unblocker?.steps, row.steps),
      tandem ? `${tandem.agreed}/${tandem.compared}` : '–',
      tandem?.faults ?? '–',
      unblocker?.faults ?? '–',
      tandem?.leaks ?? '–',
      unblocker?.leaks ?? '–',
    ];
    lines.push(`| ${cells.join(' | ')} |`);
  }
  const flowsOf = (way: Total | undefined): string => of(way?.flows, way?.allFlows ?? 0);
  const stepsOf = (way: Total | undefined): string => of(way?.steps, way?.allSteps ?? 0);
  const { direct, tandem, unblocker } = total;
  const ways = [direct, tandem, unblocker];
  const cells = [
    ...ways.map(flowsOf),
    ...ways.map(stepsOf),
    `${agreed}/${compared}`,
    tandem?.faults ?? '–',
    unblocker?.faults ?? '–',
    tandem?.leaks ?? '–',
    unblocker?.leaks ?? '–',
  ];
  lines.push(`| **all ${rows.length}** | | ${cells.join(' | ')} |`);
  return lines.join('\n');
}

/** `–` for what was not walked. */
function of(value: number | undefined, all: number): string {
  return value === undefined ? '–' : `${value}/${all}`;
}
