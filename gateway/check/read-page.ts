// One document of the site, as the gateway rewrote it: what it links to, what it loads from where, and what of it is peculiar.
import { type CheerioAPI, load } from 'cheerio';
import type { BlockedKind } from '../../protocol/blocked.ts';
import { OUTSIDE_PATH } from '../proxy/own-paths.ts';
import { refreshUrl } from '../rewrite/links.ts';

/** An address that a page names, resolved; at a session address where its host is listed. */
export interface Reference {
  url: string;
  kind: BlockedKind;
  /** Where a form is sent. */
  isForm?: boolean;
}

export interface ReadPage {
  $: CheerioAPI;
  /** Places to go to from here. */
  links: string[];
  references: Reference[];
  /** Code in the page itself. */
  scripts: string[];
  speculation: boolean;
  /** Where a meta refresh leads. */
  refresh: string | undefined;
}

const ATTRIBUTES: [selector: string, attribute: string, kind: BlockedKind][] = [
  ['script[src]', 'src', 'script'],
  ['img[src], input[type=image][src], image[href]', 'src', 'image'],
  ['video[src], audio[src], video source[src], audio source[src], track[src]', 'src', 'media'],
  ['video[poster]', 'poster', 'image'],
  ['[background]', 'background', 'image'],
  ['iframe[src], frame[src], embed[src]', 'src', 'frame'],
  ['object[data]', 'data', 'frame'],
  ['a[href], area[href]', 'href', 'navigation'],
  ['form[action]', 'action', 'navigation'],
  ['[formaction]', 'formaction', 'navigation'],
];
const LINKS_BY_AS: Record<string, BlockedKind> = {
  font: 'font',
  image: 'image',
  script: 'script',
  style: 'style',
  fetch: 'fetch',
};
/** What a style sheet loads. */
const CSS_URL = /(?:url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)'))/gi;
const FONT = /\.(?:woff2?|ttf|otf|eot)(?:[?#]|$)/i;

/** Addresses in a style sheet. @param base its own address */
export function readStyle(css: string, base: string): Reference[] {
  return [...css.matchAll(CSS_URL)].flatMap((match) => {
    const [text, ...groups] = match;
    const url = absolute(groups.find((group) => group !== undefined) ?? '', base);
    const kind = /^@import/i.test(text) ? 'style' : FONT.test(url ?? '') ? 'font' : 'image';
    return url === undefined ? [] : [{ url, kind }];
  });
}

/** @param at the page's session address */
export function readPage(html: string, at: string): ReadPage {
  const $ = load(html);
  $('script[data-tandem]').remove();
  const base = absolute($('base[href]').attr('href') ?? '', at) ?? at;
  const references: Reference[] = [];
  const add = (text: string | undefined, kind: BlockedKind, isForm = false) => {
    const url = absolute(text ?? '', base);
    if (url !== undefined) references.push({ url: unwrap(url), kind, ...(isForm ? { isForm } : {}) });
  };
  for (const [selector, attribute, kind] of ATTRIBUTES)
    for (const element of $(selector)) add($(element).attr(attribute), kind, attribute.endsWith('action'));
  for (const element of $('img[srcset], source[srcset], link[imagesrcset]')) {
    const set = $(element).attr('srcset') ?? $(element).attr('imagesrcset') ?? '';
    for (const one of set.split(/,\s+|,(?=https?:|\/\/)/)) add(one.trim().split(/\s+/, 1)[0], 'image');
  }
  for (const element of $('link[href]')) {
    const rel = ($(element).attr('rel') ?? '').toLowerCase();
    const as = ($(element).attr('as') ?? '').toLowerCase();
    const kind = /\bstylesheet\b/.test(rel)
      ? 'style'
      : /\bicon\b/.test(rel)
        ? 'image'
        : /\bmodulepreload\b/.test(rel)
          ? 'script'
          : /\bpreload\b/.test(rel)
            ? (LINKS_BY_AS[as] ?? 'other')
            : /\bmanifest\b/.test(rel)
              ? 'other'
              : undefined;
    if (kind) add($(element).attr('href'), kind);
  }
  for (const element of $('style')) references.push(...readStyle($(element).text(), base));
  for (const element of $('[style]')) references.push(...readStyle($(element).attr('style') ?? '', base));
  const content = $('meta[http-equiv="refresh" i]').attr('content');
  const refresh = content === undefined ? undefined : refreshUrl(content)?.url;
  return {
    $,
    // Forms are not sent, however they are sent.
    links: references.flatMap(({ url, kind, isForm }) =>
      !isForm && (kind === 'navigation' || kind === 'frame') ? [url] : [],
    ),
    references,
    scripts: [...$('script:not([src])')].map((element) => $(element).text()),
    // The gateway has switched it off by this type.
    speculation: $('script[type="application/x-speculationrules-off"]').length > 0,
    refresh: refresh === undefined ? undefined : unwrap(absolute(refresh, base) ?? ''),
  };
}

/** Undefined for what is no address of the web. */
function absolute(text: string, base: string): string | undefined {
  const url = text.trim() === '' ? null : URL.parse(text.trim(), base);
  return url && /^(?:https?|wss?):$/.test(url.protocol) ? url.href : undefined;
}

/** In place of an address that may not be shown stands our own page, which names it. */
function unwrap(url: string): string {
  const parsed = URL.parse(url);
  if (parsed?.pathname !== OUTSIDE_PATH) return url;
  return parsed.searchParams.get('url') ?? url;
}
