// The shape of the source: who may import whom, how files are called, and what must not be in them.
import { globSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const PARTS = ['protocol', 'gateway', 'inject', 'ui', 'handover', 'demo', 'bench', 'scripts', 'test'];

/** Paths from the root, with `/`. */
const FILES = globSync(
  PARTS.map((part) => `${part}/**/*.{ts,tsx,js,css,html}`),
  { cwd: ROOT },
)
  .map((file) => file.split(sep).join('/'))
  .filter(
    (file) => !file.includes('/fixtures/') && !file.includes('node_modules') && !file.includes('.tmp.'),
  );
const SOURCES = FILES.filter((file) => /\.tsx?$/.test(file));

/** What each area of the product may import from, besides itself. Longest prefix wins. */
const MAY: Record<string, string[]> = {
  protocol: [],
  inject: ['protocol'],
  // The locales are data that operators edit; everything that shows words reads them.
  ui: ['protocol', 'config/locales'],
  'gateway/main.ts': ['gateway'],
  'gateway/gateway.ts': ['gateway'],
  'gateway/doors.ts': ['gateway', 'protocol'],
  // A command of its own beside the gateway: the pipeline with nobody in it.
  'gateway/check': [
    'gateway/proxy',
    'gateway/rewrite',
    'gateway/session',
    'gateway/sites',
    'gateway/tls',
    'gateway/errors.ts',
    'gateway/log.ts',
    'protocol',
  ],
  'gateway/content-coding.ts': [],
  'gateway/errors.ts': ['protocol'],
  'gateway/log.ts': [],
  'gateway/rate.ts': [],
  'gateway/http': [
    'gateway/session',
    'gateway/mirror',
    'gateway/sites',
    'gateway/store',
    'gateway/content-coding.ts',
    'gateway/errors.ts',
    'gateway/log.ts',
    'protocol',
  ],
  'gateway/proxy': [
    'gateway/session',
    'gateway/mirror',
    'gateway/rewrite',
    'gateway/sites',
    'gateway/store',
    'gateway/content-coding.ts',
    'gateway/errors.ts',
    'gateway/log.ts',
    'gateway/rate.ts',
    'protocol',
  ],
  'gateway/realtime': [
    'gateway/session',
    'gateway/mirror',
    'gateway/sites',
    'gateway/store',
    'gateway/errors.ts',
    'gateway/log.ts',
    'gateway/rate.ts',
    'protocol',
  ],
  'gateway/session': [
    'gateway/mirror',
    'gateway/sites',
    'gateway/store',
    'gateway/errors.ts',
    'gateway/log.ts',
    'protocol',
  ],
  'gateway/mirror': [
    'gateway/session',
    'gateway/sites',
    'gateway/store',
    'gateway/errors.ts',
    'gateway/log.ts',
    'gateway/rate.ts',
    'protocol',
  ],
  'gateway/rewrite': ['protocol'],
  'gateway/sites': ['gateway/store', 'gateway/errors.ts', 'gateway/log.ts', 'protocol'],
  'gateway/tls': ['gateway/sites', 'gateway/errors.ts', 'gateway/log.ts', 'protocol'],
  'gateway/store': ['gateway/sites', 'gateway/errors.ts', 'gateway/log.ts', 'protocol'],
  // Published for sites: it stands alone.
  handover: [],
  demo: ['gateway', 'handover'],
  bench: ['gateway', 'protocol', 'inject', 'ui', 'demo', 'test', 'scripts'],
  scripts: ['gateway'],
  test: ['gateway', 'protocol', 'inject', 'ui', 'handover', 'demo', 'scripts', 'bench'],
};

const AREAS = Object.keys(MAY).sort((a, b) => b.length - a.length);
const areaOf = (file: string): string | undefined =>
  AREAS.find((area) => file === area || file.startsWith(`${area}/`));

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Module names in `import`, `export … from` and `import()`. */
function importsOf(file: string): string[] {
  const found = textOf(file).matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'/g,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

describe('import directions', () => {
  it('each area imports only from the areas that it may lean on', () => {
    const wrong = SOURCES.flatMap((file) => {
      const area = areaOf(file);
      if (area === undefined) return [`${file} belongs to no known area`];
      return importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => posix.normalize(posix.join(posix.dirname(file), name)))
        .filter((target) => {
          const from = areaOf(target);
          if (target.startsWith(`${area}/`) || target === area) return false;
          return !MAY[area]!.some(
            (allowed) => target === allowed || target.startsWith(`${allowed}/`) || from === allowed,
          );
        })
        .map((target) => `${file} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('the protocol imports nothing from outside', () => {
    const wrong = SOURCES.filter((file) => file.startsWith('protocol/')).flatMap((file) =>
      importsOf(file)
        .filter((name) => !name.startsWith('./'))
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('the rewriters do no input or output', () => {
    const wrong = SOURCES.filter((file) => file.startsWith('gateway/rewrite/')).flatMap((file) =>
      importsOf(file)
        .filter((name) => /^node:(?!buffer$|stream$|string_decoder$)/.test(name))
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('the session knows neither HTTP nor sockets', () => {
    const wrong = SOURCES.filter((file) => file.startsWith('gateway/session/')).flatMap((file) =>
      importsOf(file)
        .filter((name) => /^(?:node:(?:http|https|http2|net|tls)|ws|express)$/.test(name))
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('what runs in production imports no package of development', () => {
    const manifest = JSON.parse(textOf('package.json')) as { dependencies: Record<string, string> };
    const wrong = SOURCES.filter((file) => /^(?:gateway|protocol)\//.test(file)).flatMap((file) =>
      importsOf(file)
        .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
        .map((name) =>
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        )
        .filter((name) => manifest.dependencies[name] === undefined)
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('names', () => {
  it('files and folders are kebab-case', () => {
    const wrong = FILES.filter((file) =>
      file.split('/').some((part) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*$/.test(part)),
    );
    expect(wrong).toEqual([]);
  });

  it('no file is called after nothing in particular', () => {
    const vague = /(?:^|[-/])(?:utils?|helpers?|common|misc|manager|service)[./]|\/types\.ts$/;
    expect(FILES.filter((file) => vague.test(file))).toEqual([]);
  });

  it('each source begins with one line on what lives there', () => {
    const wrong = SOURCES.filter((file) => !/^(?:#![^\n]*\n)?(?:\/\/ \S|\/\*\* ?\S)/.test(textOf(file)));
    expect(wrong).toEqual([]);
  });
});

describe('contents', () => {
  const everything = [
    ...FILES,
    ...globSync(['*.{json,md,ts,js}', 'Dockerfile', '.ci/run', 'config/**/*.{yaml,json}', 'docs/**/*.md'], {
      cwd: ROOT,
    }),
  ].filter((file) => file !== 'package-lock.json');

  it('nothing names a place on somebody’s machine', () => {
    const places = /\/(?:home\/[a-z]|Users\/[A-Z]|work\/(?:main|shared|brief)|root\/)/;
    const self = relative(ROOT, import.meta.filename)
      .split(sep)
      .join('/');
    expect(everything.filter((file) => file !== self && places.test(textOf(file)))).toEqual([]);
  });

  it('no type check and no lint rule is switched off without a reason on the line', () => {
    const wrong = SOURCES.filter((file) => file !== 'test/architecture.test.ts').flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, index) => {
          const bare = /@ts-nocheck|@ts-ignore|@ts-expect-error\s*$|biome-ignore(?:-all)? [^:]*:?\s*$/.test(
            line,
          );
          return bare ? [`${file}:${index + 1}`] : [];
        }),
    );
    expect(wrong).toEqual([]);
  });

  it('no work is left lying about', () => {
    const wrong = SOURCES.filter((file) => file !== 'test/architecture.test.ts').filter((file) =>
      /\b(?:TODO|FIXME|XXX|HACK)\b/.test(textOf(file)),
    );
    expect(wrong).toEqual([]);
  });
});
