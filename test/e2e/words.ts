// The words of the user interface, by which tests find what a person sees.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const EN = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../config/locales/en.json'), 'utf8'),
) as Record<string, string>;

/** The English text of a locale key with its holes filled. @throws Error for an unknown key */
export function word(key: string, params: Record<string, string | number> = {}): string {
  const text = EN[key];
  if (text === undefined) throw new Error(`There is no locale key ${key}.`);
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => String(params[name] ?? hole));
}
