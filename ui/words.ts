// Words of our own pages: `t(key)` in the person's language, with English as fallback. All locale files are config/locales/*.json.
import english from '../config/locales/en.json' with { type: 'json' };
import type { Reason } from '../protocol/reasons.ts';

/** A key of the locale files; English has them all. */
export type WordKey = keyof typeof english;
type Words = Partial<Record<string, string>>;

/** Locales beside English, loaded when a person wants them. */
const OTHERS: Record<string, () => Promise<{ default: Words }>> = {
  de: () => import('../config/locales/de.json', { with: { type: 'json' } }),
};
const RIGHT_TO_LEFT = new Set(['ar', 'fa', 'he', 'ur']);

let chosen: Words = {};
let language = 'en';
/** With the region, for times and numbers. */
let region = 'en';

/** Picks the first of the browser's languages that there is, and marks the document with it. Call it before rendering. */
export async function loadWords(wanted: readonly string[] = navigator.languages): Promise<void> {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0] ?? '';
    if (base === 'en') {
      region = tag;
      break;
    }
    const load = OTHERS[base];
    if (!load) continue;
    chosen = (await load()).default;
    language = base;
    region = tag;
    break;
  }
  document.documentElement.lang = language;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr';
}

/** The text of a key with `{name}` filled in. */
export function t(key: WordKey, params: Record<string, string | number> = {}): string {
  const text = chosen[key] ?? english[key];
  return text.replace(/\{(\w+)\}/g, (hole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : hole,
  );
}

/** A text with a singular: `key.one` for 1, else `key.many`, with `{n}`. */
export function tn(
  key:
    | 'users'
    | 'unread'
    | 'pages'
    | 'documents'
    | 'admin.blocked'
    | 'admin.blocked.times'
    | 'admin.blocked.others'
    | 'admin.blocked.dismissed',
  n: number,
): string {
  return t(n === 1 ? `${key}.one` : `${key}.many`, { n });
}

/** The sentence of a reason code; unknown codes get the general one. */
export function sentenceOf(reason: Reason | string, params: Record<string, string> = {}): string {
  const key = `reason.${reason}`;
  return t((key in english ? key : 'reason.internal') as WordKey, params);
}

/** Text of a chat line of the system: by its key where all its holes can be filled, else as it was sent. */
export function wordOr(
  key: string | undefined,
  fallback: string,
  params: Record<string, string> = {},
): string {
  if (key === undefined || !(key in english)) return fallback;
  const text = t(key as WordKey, params);
  return /\{\w+\}/.test(text) ? fallback : text;
}

/** Time of day of an ISO time, as people here write it. */
export function timeOf(iso: string): string {
  return new Date(iso).toLocaleTimeString(region, { hour: '2-digit', minute: '2-digit' });
}

/** Day and time of an ISO time, short. */
export function momentOf(iso: string): string {
  return new Date(iso).toLocaleString(region, { dateStyle: 'short', timeStyle: 'short' });
}

/** A number of bytes in words. */
export function sizeOf(bytes: number): string {
  const [amount, unit] =
    bytes >= 2 ** 20 ? [bytes / 2 ** 20, 'megabyte'] : [Math.max(1, Math.round(bytes / 1024)), 'kilobyte'];
  return new Intl.NumberFormat(region, { style: 'unit', unit, maximumFractionDigits: 1 }).format(amount);
}

/** A stretch of time in words, to the second. */
export function durationOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? t('time.minutes', { minutes, seconds: seconds % 60 }) : t('time.seconds', { seconds });
}
