// Style sheets as followers get them: URLs become resources of the view host, pseudo-classes of the customer's hand become attributes.
import { escapeCss, scanCss } from '../../protocol/css-scan.ts';
import type { ResourceIds } from './resources.ts';

/**
 * The follower's page never has the leader's pointer and focus, so the mirror sets attributes and the selectors ask for those:
 * same specificity, (0,1,0) each. Built-in elements are always `:defined`.
 */
const TWINS: Record<string, string> = {
  hover: '[tandem-hover]',
  active: '[tandem-active]',
  focus: '[tandem-focus]',
  'focus-visible': '[tandem-focus-visible]',
  'focus-within': '[tandem-focus-within]',
  target: '[tandem-target]',
  defined: ':not([tandem-undefined])',
  fullscreen: '[tandem-fullscreen]',
  'user-valid': '[tandem-user-valid]',
  'user-invalid': '[tandem-user-invalid]',
  // Custom elements take no custom validity here, and pickers do not open.
  invalid: ':is(:invalid,[tandem-invalid])',
  open: ':is(:open,[tandem-open])',
};

/** States that parts of a component are told of by names. */
export const PART_STATES = ['hover', 'active', 'focus', 'focus-visible', 'focus-within', 'target'];

/** What stands in place of an address that followers may not load. */
export const NOTHING = 'data:,';

/**
 * @param css a style sheet, or the text of a `style` attribute
 * @param baseUrl absolute; what relative addresses stand to
 */
export function rewriteFollowerCss(css: string, baseUrl: string, resources: ResourceIds): string {
  const { urls, pseudos } = scanCss(css);
  if (urls.length === 0 && pseudos.length === 0) return css;
  const edits: [start: number, end: number, text: string][] = [];
  for (const { start, end, url, quote, kind } of urls) {
    if (kind === 'namespace') continue;
    edits.push([start, end, escapeCss(followerUrl(url, baseUrl, resources) ?? NOTHING, quote)]);
  }
  for (const { start, end, name, argument, element } of pseudos) {
    // Nothing but pseudo-classes may follow a pseudo-element: a part is asked for a further name that the mirror gives it; others
    // (scroll bars) stay as they are.
    if (element) {
      if (element.name === 'part' && !element.within && PART_STATES.includes(name))
        edits.push([element.close, element.close, ` tandem-${name}`], [start, end, '']);
    } else if (name === 'state')
      edits.push([start, end, `[tandem-states~="${escapeCss(argument ?? '', '"')}"]`]);
    else if (Object.hasOwn(TWINS, name)) edits.push([start, end, TWINS[name]!]);
  }
  edits.sort((one, other) => one[0] - other[0]);
  let out = '';
  let at = 0;
  for (const [start, end, text] of edits) {
    out += css.slice(at, start) + text;
    at = end;
  }
  return out + css.slice(at);
}

/** Types of `data:` addresses that a follower may have. */
const SAFE_DATA =
  /^data:(?:image\/|font\/|application\/(?:x-)?font|application\/vnd\.ms-fontobject|text\/css|video\/|audio\/|application\/octet-stream;base64)/i;

/**
 * An address as a follower may load it: `/r/<id>`, a harmless `data:` or a fragment.
 * Undefined for anything else, hosts off the list included.
 */
export function followerUrl(url: string, baseUrl: string, resources: ResourceIds): string | undefined {
  const trimmed = url.trim();
  if (trimmed === '') return undefined;
  if (trimmed.startsWith('#')) return trimmed;
  if (/^data:/i.test(trimmed)) return SAFE_DATA.test(trimmed) ? trimmed : undefined;
  let absolute: URL;
  try {
    absolute = new URL(trimmed, baseUrl);
  } catch {
    return undefined;
  }
  const path = resources.idOf(absolute.href);
  return path === undefined ? undefined : path + absolute.hash;
}
