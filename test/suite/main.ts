// `npm run suite [NAME …]`: walks through real applications directly, through Tandem and through node-unblocker, and writes the table.
import { parseArgs } from 'node:util';
import { APPLICATIONS } from './applications/all.ts';
import { type ApplicationResult, runApplication } from './run/run-application.ts';
import { keepRows, rowOf } from './run/table.ts';
import { WAYS, type WayName } from './ways/way.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { ways: { type: 'string' }, flow: { type: 'string' } },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const ways = (values.ways?.split(',') as WayName[] | undefined) ?? WAYS;
const chosen = APPLICATIONS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (chosen.length === 0) say(`There are: ${APPLICATIONS.map(({ name }) => name).join(', ')}`);
const results: ApplicationResult[] = [];
let table = '';
for (const application of chosen) {
  const { flow } = values;
  const flows = application.flows.filter(({ title }) => flow === undefined || title.includes(flow));
  const result = await runApplication({ ...application, flows }, ways, say).catch((error: Error) => ({
    application,
    missing: error.message,
    ways: [],
  }));
  results.push(result);
  if (result.missing) say(`– ${application.name}: ${result.missing}`);
  // A part of an application is no row, and without the direct way there is nothing to compare with.
  const row = ways.includes('direct') && values.flow === undefined ? rowOf(result) : undefined;
  if (row)
    table = await keepRows(
      [row],
      APPLICATIONS.map(({ name }) => name),
    );
  for (const { way, faults, leaks } of result.ways) {
    for (const fault of faults) say(`    ${way} ${fault}`);
    for (const leak of leaks) say(`    ${way} told the application an address of its own: ${leak}`);
  }
}
const bad = results.some(
  ({ missing, ways: walked }) =>
    missing !== undefined ||
    walked.some(
      ({ way, flows, leaks }) =>
        way === 'tandem' && (leaks.length > 0 || flows.some(({ failure }) => failure)),
    ),
);
say(`\n${table}`);
process.exit(bad ? 1 : 0);
