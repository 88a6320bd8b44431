// Scripts: what leader and follower have to load, packed by gzip, beside rrweb's two.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { rrwebScript } from './mirror/rrweb.ts';
import type { Row } from './report.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export async function run(): Promise<Row[]> {
  const kilobytes = (text: string | Uint8Array): number => gzipSync(text, { level: 9 }).length / 1_000;
  const record = kilobytes(await bundle('inject/record/index.ts'));
  const perform = kilobytes(await bundle('inject/perform/index.ts'));
  const page = kilobytes(await readFile(join(ROOT, 'dist/inject/page.js')));
  const first = kilobytes(await viewScripts('eager'));
  const later = kilobytes(await viewScripts('lazy'));
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
    row('Follower’s script, mirror and overlay, before the page is seen', first, 20, { rrweb: replay }),
    row('Follower’s script for who gets control or takes a tool', later),
  ];
}

/** One of our parts alone, as it is built for the page. */
async function bundle(entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: join(ROOT, entry), name: 'part', formats: ['iife'] },
    },
  });
  const output = Array.isArray(result) ? result[0]! : result;
  if (!('output' in output)) throw new Error('A watcher instead of a bundle.');
  return output.output[0].code;
}

interface Chunk {
  file: string;
  imports?: string[];
  dynamicImports?: string[];
}

/** All that the view's page loads at once, or later. */
async function viewScripts(when: 'eager' | 'lazy'): Promise<string> {
  const manifest = JSON.parse(await readFile(join(ROOT, 'dist/manifest.json'), 'utf8')) as Record<
    string,
    Chunk
  >;
  const eager = new Set<string>();
  const lazy = new Set<string>();
  const visit = (key: string, into: Set<string>): void => {
    if (eager.has(key) || into.has(key)) return;
    into.add(key);
    for (const other of manifest[key]?.imports ?? []) visit(other, into);
  };
  visit('view/index.html', eager);
  for (const key of eager) for (const other of manifest[key]?.dynamicImports ?? []) visit(other, lazy);
  const files = [...(when === 'eager' ? eager : lazy)].map((key) => manifest[key]!.file);
  const texts = files
    .filter((file) => file.endsWith('.js'))
    .map((file) => readFile(join(ROOT, 'dist', file), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}
