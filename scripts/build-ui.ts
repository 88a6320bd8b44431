// Builds our own pages and the injected script into dist/ with Vite; `--if-stale` does nothing when no input has changed.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const STAMP = 'inputs.sha256';

/** Everything that decides what the build yields. */
const INPUTS = ['ui', 'inject', 'protocol', 'config/locales', 'scripts/build-ui.ts', 'package-lock.json'];

/**
 * Pages by the origins that they live on, with their HTML below ui/. A browser shares no file between two origins, so each of these is
 * built by itself: one script where there would be ten that serve many.
 */
const ORIGINS: Record<string, string>[] = [
  { panel: 'panel/index.html', opening: 'opening/index.html' },
  { shell: 'shell/index.html' },
  { console: 'console/index.html' },
  { view: 'view/index.html' },
  { document: 'document/index.html' },
];

/** Classic scripts that run in other people's pages, each one file. */
const SCRIPTS: { entry: string; folder: string; file: string; global: string }[] = [
  { entry: 'inject/page.ts', folder: 'inject', file: 'page.js', global: 'tandemPage' },
  { entry: 'ui/panel/script.ts', folder: 'panel', file: 'panel.js', global: 'tandemPanel' },
];

async function filesBelow(path: string): Promise<string[]> {
  if (!existsSync(path)) return [];
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => undefined);
  if (!entries) return [path];
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function hashInputs(): Promise<string> {
  const hash = createHash('sha256');
  const files = (await Promise.all(INPUTS.map((input) => filesBelow(join(root, input))))).flat().sort();
  for (const file of files) hash.update(`${relative(root, file)}\0`).update(await readFile(file));
  return hash.digest('hex');
}

async function isFresh(hash: string): Promise<boolean> {
  const built = await readFile(join(dist, STAMP), 'utf8').catch(() => '');
  return built === hash;
}

async function buildInto(folder: string): Promise<void> {
  // Vite is a development dependency and slow to load: only when there is something to build.
  const { build } = await import('vite');
  const shared = {
    configFile: false,
    root: join(root, 'ui'),
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  } as const;
  const output = {
    emptyOutDir: false,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox128', 'safari17.5'],
    reportCompressedSize: false,
    copyPublicDir: false,
  };

  const pdfPackage = await readFile(join(root, 'node_modules/pdfjs-dist/package.json'), 'utf8');
  const { version: pdfVersion } = JSON.parse(pdfPackage) as { version: string };
  /** By page, Vite's manifest of what it may load. */
  const manifests: Record<string, unknown> = {};
  for (const pages of ORIGINS) {
    await build({
      ...shared,
      build: {
        ...output,
        outDir: folder,
        // No inline data: URLs and no inline polyfill: our policies allow files of our own host only.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        manifest: 'manifest.json',
        chunkSizeWarningLimit: 2_000,
        rolldownOptions: {
          input: Object.fromEntries(
            Object.entries(pages).map(([name, html]) => [name, join(root, 'ui', html)]),
          ),
          output: {
            // pdf.js appends file names to the address of their folder: they stay as they are, and the folder has the version.
            assetFileNames: ({ originalFileNames: [name = ''] }) => {
              const folder = /pdfjs-dist\/(cmaps|standard_fonts|wasm)\/[^/]+$/.exec(name)?.[1];
              return folder === undefined
                ? 'assets/[name]-[hash][extname]'
                : `assets/pdf-${pdfVersion}/${folder}/[name][extname]`;
            },
          },
        },
      },
    });
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    for (const name of Object.keys(pages)) manifests[name] = manifest;
  }
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifests));

  for (const script of SCRIPTS) {
    if (!existsSync(join(root, script.entry))) continue;
    await build({
      ...shared,
      build: {
        ...output,
        outDir: join(folder, script.folder),
        lib: {
          entry: join(root, script.entry),
          formats: ['iife'],
          name: script.global,
          fileName: () => script.file,
        },
      },
    });
  }
}

const hash = await hashInputs();
if (!process.argv.includes('--if-stale') || !(await isFresh(hash))) {
  const started = performance.now();
  // Built beside and swapped in, so that a gateway that starts meanwhile never sees half of it.
  const fresh = `${dist}.${process.pid}`;
  const old = `${fresh}.old`;
  try {
    await mkdir(fresh, { recursive: true });
    await buildInto(fresh);
    await writeFile(join(fresh, STAMP), hash);
    if (existsSync(dist)) await rename(dist, old);
    await rename(fresh, dist);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
  console.log(`Built the pages in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
