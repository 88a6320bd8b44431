// Bundles one of our browser modules: its exports become properties of a global.
import { type BuildOptions, build } from 'vite';

/**
 * The module as a classic script; `page.addScriptTag({ content })` makes `globalThis[name]` of it.
 * @param options readable where nothing else is said
 */
export async function bundleModule(
  entry: string,
  name: string,
  options: BuildOptions = { minify: false },
): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: { ...options, write: false, lib: { entry, name, formats: ['iife'] } },
  });
  const output = Array.isArray(result) ? result[0]! : result;
  if (!('output' in output)) throw new Error('a watcher instead of a bundle');
  return output.output[0].code;
}
