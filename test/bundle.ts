// Bundles one of our browser modules for a test page: its exports become properties of a global.
import { build } from 'vite';

/** The module as a classic script; `page.addScriptTag({ content })` makes `globalThis[name]` of it. */
export async function bundleModule(entry: string, name: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, minify: false, lib: { entry, name, formats: ['iife'] } },
  });
  const output = Array.isArray(result) ? result[0]! : result;
  if (!('output' in output)) throw new Error('a watcher instead of a bundle');
  return output.output[0].code;
}
