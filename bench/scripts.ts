// Scripts: what leader and follower have to load, packed by gzip, beside rrweb's two.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundleModule } from '../test/bundle.ts';
import { rrwebScript } from './mirror/rrweb.ts';
import type { Row } from './report.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export async function run(): Promise<Row[]> {
  const kilobytes = (text: string | Uint8Array): number => gzipSync(text, { level: 9 }).length / 1_000;
  const record = kilobytes(await bundle('inject/record/index.ts'));
  const perform = kilobytes(await bundle('inject/perform/index.ts'));
  const page = kilobytes(await readFile(join(ROOT, 'dist/inject/page.js')));
  const [first, beside, later] = (await viewScripts()).map(kilobytes) as [number, number, number];
  const replay = kilobytes(await readFile(rrwebScript('replay')));
  const row = (figure: string, value: number, target?: number, peers: Row['peers'] = {}): Row => ({
    figure,
    unit: 'kB gzip',
    value,
    peers,
    target: target === undefined ? '–' : `≤ ${target} kB`,
    met: target === undefined || value <= target,
  });
  return [
    row('Leader’s script: the recorder', record, 20, {
      rrweb: kilobytes(await readFile(rrwebScript('record'))),
    }),
    row('Leader’s script: what performs a follower’s input', perform),
    row('Leader’s script in all, with the proxy’s shims', page),
    row('Follower’s script, mirror, before the page is seen', first, 20, { rrweb: replay }),
    row('Follower’s script, overlay with pointers and input, which comes beside it', beside),
    row('Follower’s script for who gets control or takes a tool', later),
  ];
}

/** One of our parts alone, as it is built for the page. */
function bundle(entry: string): Promise<string> {
  return bundleModule(join(ROOT, entry), 'part', { target: 'es2022' });
}

interface Chunk {
  file: string;
  imports?: string[];
  dynamicImports?: string[];
}

/** What the view's page loads before it shows anything, what it asks for at the same time, and what when it is needed. */
async function viewScripts(): Promise<string[]> {
  const { view } = JSON.parse(await readFile(join(ROOT, 'dist/manifest.json'), 'utf8')) as {
    view: Record<string, Chunk>;
  };
  const known = new Set<string>();
  const take = (keys: readonly string[]): string[] => {
    const stage: string[] = [];
    const visit = (key: string): void => {
      if (known.has(key)) return;
      known.add(key);
      stage.push(key);
      for (const other of view[key]?.imports ?? []) visit(other);
    };
    for (const key of keys) visit(key);
    return stage;
  };
  const later = (keys: readonly string[]): string[] => keys.flatMap((key) => view[key]?.dynamicImports ?? []);
  const first = take(['view/index.html']);
  const beside = take(later(first));
  const last = take(later(beside));
  return await Promise.all(
    [first, beside, last].map(async (keys) => {
      const files = keys.map((key) => view[key]!.file).filter((file) => file.endsWith('.js'));
      return (await Promise.all(files.map((file) => readFile(join(ROOT, 'dist', file), 'utf8')))).join('\n');
    }),
  );
}
