// `npm run bench [-- NAME …]`: runs the figures one after the other, prints them, writes bench/results, docs/FIGURES.md and what the README quotes.
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Bench, formatTable, saveRows, writeFigures } from './report.ts';

/** Files of this folder that are no figures of their own; a figure exports `run`. */
const NOT_FIGURES = new Set(['main', 'report']);

const names = (await readdir(import.meta.dirname))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => basename(file, '.ts'))
  .filter((name) => !NOT_FIGURES.has(name))
  .sort();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no figure ${unknown.join(', ')}; there are ${names.join(', ')}.`);
  process.exit(1);
}

let failed = false;
const figures: string[] = [];
for (const name of names) {
  const bench = (await import(join(import.meta.dirname, `${name}.ts`))) as Partial<Bench>;
  if (!bench.run) continue;
  figures.push(name);
  if (wanted.length > 0 ? !wanted.includes(name) : bench.long) continue;
  console.log(`\n${name}`);
  try {
    const rows = await bench.run();
    console.log(formatTable(rows));
    await saveRows(name, rows);
  } catch (error) {
    failed = true;
    console.error(`${name} could not be measured:`, error);
  }
}
await writeFigures(figures);
process.exit(failed ? 1 : 0);
