// Applications of the control tests, bundled from node_modules as their authors' users do: React, Vue, Angular, Svelte and plain libraries.
import { basename, join } from 'node:path';
import { compile } from 'svelte/compiler';
import { build, type Plugin } from 'vite';

/** Files of a bundled application by name; `app.js` is a classic script, `app.css` is there when something imports CSS. */
export type AppFiles = ReadonlyMap<string, { type: string; body: string | Uint8Array }>;

const built = new Map<string, Promise<AppFiles>>();

/**
 * Bundles an application, once per test file.
 * @param entry below `test/apps`: a script such as `react-form/main.jsx` becomes one classic script, a page such as
 *   `tiptap/index.html` stays a page with what it needs
 * @param base path that the files will be served below, with a slash at the end
 */
export function bundleApp(entry: string, base: string): Promise<AppFiles> {
  const known = built.get(base + entry) ?? bundle(entry, base);
  built.set(base + entry, known);
  return known;
}

const SVELTE: Plugin = {
  name: 'svelte',
  transform(code, id) {
    if (!id.endsWith('.svelte')) return undefined;
    return compile(code, { filename: basename(id), css: 'injected', generate: 'client' }).js.code;
  },
};

const TYPES: Record<string, string> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  png: 'image/png',
  ttf: 'font/ttf',
  woff2: 'font/woff2',
};

async function bundle(entry: string, base: string): Promise<AppFiles> {
  const isPage = entry.endsWith('.html');
  const result = await build({
    configFile: false,
    logLevel: 'error',
    mode: 'production',
    base,
    root: join(import.meta.dirname, '../apps'),
    plugins: [SVELTE],
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    // with the compiler, because the tests write templates into their pages
    resolve: { alias: [{ find: /^vue$/, replacement: 'vue/dist/vue.esm-bundler.js' }] },
    oxc: { jsx: { runtime: 'automatic', importSource: 'react', development: false } },
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      modulePreload: false,
      assetsInlineLimit: 0,
      cssCodeSplit: false,
      rolldownOptions: {
        input: join(import.meta.dirname, '../apps', entry),
        output: isPage
          ? {}
          : {
              format: 'iife',
              name: 'app',
              entryFileNames: 'app.js',
              assetFileNames: (asset) =>
                asset.names[0]?.endsWith('.css') ? 'app.css' : '[name]-[hash][extname]',
            },
      },
    },
  });
  const output = Array.isArray(result) ? result[0]! : result;
  if (!('output' in output)) throw new Error('a watcher instead of a bundle');
  return new Map(
    output.output.map((file) => [
      basename(file.fileName) === 'index.html' ? 'index.html' : file.fileName,
      {
        type: TYPES[file.fileName.split('.').at(-1)!] ?? 'application/octet-stream',
        body: file.type === 'chunk' ? file.code : file.source,
      },
    ]),
  );
}
