// What of a node may reach a follower: elements and attributes by allowlist, addresses as resources, nothing that acts.
import type { NodeId } from '../../protocol/nodes.ts';
import { followerUrl, NOTHING, PART_STATES, rewriteFollowerCss } from './follower-css.ts';
import type { ResourceIds } from './resources.ts';

/** What the attributes of one document are judged by. */
export interface Surroundings {
  /** Base of relative addresses: a session address. */
  base: string;
  /** Of elements that loaded something while it was another, that one. */
  bases?: ReadonlyMap<NodeId, string>;
  resources: ResourceIds;
  /** A session address as the real one, for links; undefined off the list. */
  toUpstream: (url: string) => string | undefined;
}

const words = (text: string): Set<string> => new Set(text.split(/\s+/));

const HTML = words(
  `a abbr acronym address area article aside audio b bdi bdo big blockquote body br button canvas caption center cite code
  col colgroup data datalist dd del details dfn dialog dir div dl dt em fieldset figcaption figure font footer form frame frameset
  h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map mark marquee menu meter
  nav nobr noscript ol optgroup option output p picture pre progress q rp rt ruby s samp script search section select slot small
  source span strike strong style sub summary sup table tbody td template textarea tfoot th thead time title tr track tt u ul var
  video wbr base meta selectedcontent rb rtc`,
);
const SVG = words(
  `svg g defs symbol use path rect circle ellipse line polyline polygon text tspan textPath image marker pattern mask clipPath
  linearGradient radialGradient stop filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix
  feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge
  feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence title desc metadata switch view
  style a foreignObject animate animateTransform animateMotion mpath`,
);
/** What stands in the place of an element that is not on the list; its children stay. In a drawing it is not drawn, as little as any other that browsers do not know. */
const OTHER = 'tandem-other';

/** Elements whose children are never emitted: code, what scripts-off browsers would show, and inert content. */
const EMPTY = words('script noscript template iframe frame noembed noframes object embed');

/** The tag as emitted. */
export function emittedTag(tag: string): string {
  if (tag.startsWith('#')) return tag;
  if (tag.startsWith('svg:')) return SVG.has(tag.slice(4)) ? tag : `svg:${OTHER}`;
  if (tag.startsWith('math:'))
    return /^math:[a-z]{1,20}$/.test(tag) && !tag.endsWith(':annotation-xml') ? tag : 'math:mrow';
  if (HTML.has(tag)) return tag;
  // A name with a hyphen is a custom element, which the mirror never defines; names that XML forbids would not be made.
  return /^[a-z][a-z0-9._]*-[a-z0-9._-]*$/.test(tag) ? tag : OTHER;
}

/** Whether the children of such an element reach followers. */
export function emitsChildren(tag: string): boolean {
  return !EMPTY.has(tag);
}

/** HTML and SVG attributes without behaviour of their own. Names with a hyphen or underscore mean nothing to a browser but `aria-*`. */
const PLAIN = words(
  `abbr accept-charset accesskey align alt autocapitalize autocorrect axis bgcolor border cellpadding cellspacing char charoff charset checked cite class clear
  color cols colspan compact coords datetime dir disabled draggable enterkeyhint exportparts face for form formnovalidate frame frameborder framespacing headers height hidden high
  id inert inputmode is itemid itemprop itemref itemscope itemtype kind label lang list loading low marginheight marginwidth max maxlength media min minlength
  multiple muted name noshade novalidate nowrap open optimum part pattern placeholder popover readonly rel required rev reversed role rows rowspan
  rules scope scrolling selected shape size sizes slot span spellcheck start step summary tabindex text title translate type usemap valign value
  valuetype vspace hspace width wrap writingsuggestions controls loop playsinline mode doctype theme contenteditable
  accent-height amplitude attributename attributetype azimuth basefrequency baseprofile begin bias by calcmode cx cy d decelerate
  diffuseconstant divisor dur dx dy edgemode elevation end exponent fill filterunits font-family fr from fx fy gradienttransform gradientunits
  in in2 intercept k k1 k2 k3 k4 kernelmatrix kernelunitlength keypoints keysplines keytimes lengthadjust limitingconeangle markerheight
  markerunits markerwidth maskcontentunits maskunits method mode numoctaves offset opacity operator order orient overflow pathlength
  patterncontentunits patterntransform patternunits points preservealpha preserveaspectratio primitiveunits r radius refx refy repeatcount
  repeatdur restart result rotate rx ry scale seed spacing specularconstant specularexponent spreadmethod stddeviation stitchtiles stroke
  surfacescale tablevalues targetx targety textlength to transform values version viewbox visibility x x1 x2 xchannelselector xmlns y y1 y2
  ychannelselector z zoomandpan display mask filter cursor additive accumulate
  mathvariant mathsize mathcolor mathbackground displaystyle scriptlevel stretchy symmetric fence separator lspace rspace minsize maxsize
  linethickness rowalign columnalign rowspacing columnspacing columnlines rowlines notation accent accentunder stretchy`,
);

/** Never, whatever the element: they load, send, run or lead somewhere, or would lie about what the mirror itself says. */
const NEVER =
  /^(?:on|xmlns:|tandem-|formaction|srcdoc|ping|http-equiv|nonce|integrity|action|target|manifest|background|dynsrc|lowsrc|archive|codebase|classid|data$|content$|srcset$|imagesrcset$|autofocus$|crossorigin$|referrerpolicy$|sandbox$|allow$|csp$|download$|profile$|longdesc$|is$|shadowroot|command|popovertarget|interest)/;

/** `blob:` and other addresses need no mention: {@link followerUrl} knows only `/r/`, `data:` and fragments. */
const MEDIA_SOURCE = words('img image video audio source track input');

/**
 * Attributes as emitted: name, value, name, value…
 * @param tag as received
 */
export function emittedAttributes(
  tag: string,
  attributes: readonly string[],
  around: Surroundings,
): string[] {
  const out: string[] = [];
  if (tag === '#document' || tag === '#shadow') {
    for (let i = 0; i < attributes.length; i += 2)
      if (/^(?:mode|doctype|focus|slots)$/.test(attributes[i]!)) out.push(attributes[i]!, attributes[i + 1]!);
    return out;
  }
  if (tag === 'script' || tag === 'meta' || tag === 'base' || tag === 'noscript') return out;
  // An animation may set any attribute, a link's address too.
  if (tag.startsWith('svg:anim') && /href|^on|style/i.test(find(attributes, 'attributeName') ?? ''))
    return out;
  const replaced = emittedTag(tag) !== tag;
  const colon = tag.indexOf(':');
  const local = tag.slice(colon + 1);
  for (let i = 0; i < attributes.length; i += 2) {
    const name = attributes[i]!;
    // What an unknown element's attributes mean is unknown too.
    if (replaced && !/^(?:class|id|style|data-[\w-]+)$/i.test(name)) continue;
    const value = emittedValue(tag, local, name.toLowerCase(), attributes[i + 1]!, attributes, around);
    if (value !== undefined && isName(name)) out.push(name, value);
  }
  if (tag === 'iframe' || tag === 'frame') {
    const label = frameLabel(attributes, around);
    if (label !== undefined) out.push('tandem-label', label);
  }
  return out;
}

/** Names that `setAttribute` takes in every browser. */
function isName(name: string): boolean {
  return /^[A-Za-z_][\w.:-]*$/.test(name) && name.length <= 200;
}

function emittedValue(
  tag: string,
  local: string,
  name: string,
  value: string,
  attributes: readonly string[],
  around: Surroundings,
): string | undefined {
  if (name === 'style') return rewriteFollowerCss(value, around.base, around.resources);
  if (isCustom(tag) && /^(?:href|src|poster)$/.test(name)) {
    // Never defined here, it loads nothing; but its style may ask whether it has an address.
    const own = /^\s*(?:#|data:)/i.test(value) && followerUrl(value, around.base, around.resources);
    return own || '';
  }
  if (name === 'href' || name === 'xlink:href') {
    if (tag === 'a' || tag === 'area' || tag === 'svg:a') return linkAddress(value, around);
    // A sheet that followers may not load is one without rules, as at the leader.
    if (tag === 'link')
      return isStyleLink(attributes) ? (followerUrl(value, around.base, around.resources) ?? '') : undefined;
    // What `use` draws becomes part of the document: only its own, or what came through the gateway.
    if (tag === 'svg:use' && /^\s*data:/i.test(value)) return undefined;
    if (tag.startsWith('svg:')) return followerUrl(value, around.base, around.resources);
    return undefined;
  }
  if (name === 'src' || name === 'poster') {
    if (!MEDIA_SOURCE.has(local) || tag.startsWith('math:')) return undefined;
    const url = followerUrl(value, around.base, around.resources);
    // What the leader's browser could not load either is a broken image, not none: it takes its room.
    return url ?? (tag === 'img' && name === 'src' && value.trim() !== '' ? NOTHING : undefined);
  }
  if (NEVER.test(name)) return undefined;
  // The names by which parts are told of their states go out with the parts.
  if (name === 'exportparts') return `${value}, ${PART_STATES.map((state) => `tandem-${state}`).join(', ')}`;
  if (tag === 'input' && name === 'value' && isHiddenField(attributes)) return undefined;
  if (tag === 'a' && name === 'type') return undefined;
  if (!isKnownAttribute(local, name)) return undefined;
  // Presentation attributes of SVG: `fill="url(#a)"`.
  if (tag.startsWith('svg:') && /url\s*\(/i.test(value))
    return rewriteFollowerCss(value, around.base, around.resources);
  return value;
}

/** Whether a tag is a custom element's. */
function isCustom(tag: string): boolean {
  return tag.includes('-') && !tag.includes(':');
}

function find(attributes: readonly string[], name: string): string | undefined {
  for (let i = 0; i < attributes.length; i += 2) if (attributes[i] === name) return attributes[i + 1];
  return undefined;
}

function isStyleLink(attributes: readonly string[]): boolean {
  const rel = find(attributes, 'rel')?.toLowerCase().split(/\s+/) ?? [];
  // Alternate ones too: the recorder says which of them are on.
  return rel.includes('stylesheet');
}

function isHiddenField(attributes: readonly string[]): boolean {
  const type = find(attributes, 'type')?.trim().toLowerCase();
  return type === 'hidden' || type === 'file';
}

/** Links keep their real address, for `:any-link` and for people to read; the overlay takes every click. */
function linkAddress(value: string, around: Surroundings): string | undefined {
  const trimmed = value.trim();
  if (trimmed.startsWith('#')) return trimmed;
  try {
    const url = new URL(trimmed, around.base);
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      return /^(?:mailto|tel):$/.test(url.protocol) ? '#' : undefined;
    return around.toUpstream(url.href) ?? url.href;
  } catch {
    return undefined;
  }
}

/** Host of a frame that is not shared. */
function frameLabel(attributes: readonly string[], around: Surroundings): string | undefined {
  const src = find(attributes, 'src');
  if (src === undefined) return undefined;
  try {
    const url = new URL(src.trim(), around.base);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
    return around.resources.upstreamUrl(url.href) === undefined ? url.host : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an attribute without an address or code in it reaches followers. @param name in lower case */
export function isKnownAttribute(local: string, name: string): boolean {
  return (
    PLAIN.has(name) ||
    name.includes('-') ||
    name.startsWith('_') ||
    (local.includes('-') && !name.includes(':')) ||
    name === 'xml:space' ||
    name === 'xml:lang'
  );
}
