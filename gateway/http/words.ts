// Sentences for people, in the language they asked for: the same locale files as the pages use.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Reason } from '../../protocol/reasons.ts';

const FALLBACK = 'en';
const folder = fileURLToPath(new URL('../../config/locales/', import.meta.url));
let locales: Map<string, Record<string, string>> | undefined;

function readLocales(): Map<string, Record<string, string>> {
  return new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => [
        name.slice(0, -'.json'.length).toLowerCase(),
        JSON.parse(readFileSync(folder + name, 'utf8')) as Record<string, string>,
      ]),
  );
}

/** Languages of an Accept-Language header, best first, `de-AT` followed by `de` (RFC 9110 section 12.5.4, RFC 4647 lookup). */
export function acceptedLanguages(header: string | undefined): string[] {
  if (!header) return [];
  const wanted = header
    .split(',', 20)
    .map((part) => {
      const [tag = '', ...options] = part.split(';').map((piece) => piece.trim().toLowerCase());
      const quality = options.find((option) => option.startsWith('q='))?.slice(2);
      return { tag, quality: quality === undefined ? 1 : Number(quality) || 0 };
    })
    .filter(({ tag, quality }) => /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/.test(tag) && quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wanted.flatMap(({ tag }) => (tag.includes('-') ? [tag, tag.slice(0, tag.indexOf('-'))] : [tag]));
}

/** The text of a key with `{name}` filled in; the key itself when no locale has it. */
export function word(key: string, params: Record<string, string> = {}, acceptLanguage?: string): string {
  locales ??= readLocales();
  for (const language of [...acceptedLanguages(acceptLanguage), FALLBACK]) {
    const text = locales.get(language)?.[key];
    if (text !== undefined)
      return text.replace(/\{(\w+)\}/g, (hole, name: string) =>
        Object.hasOwn(params, name) ? (params[name] ?? hole) : hole,
      );
  }
  return key;
}

/** The sentence that explains a reason to a person. */
export function sentence(
  reason: Reason,
  params: Record<string, string> = {},
  acceptLanguage?: string,
): string {
  return word(`reason.${reason}`, params, acceptLanguage);
}
