// A style sheet as text, as scripts have left it.

/**
 * All rules; undefined for a sheet of another origin, which scripts cannot edit either.
 * @param inlined sheets in which some import was edited: an address would bring the import as it was
 * @param mediaEdited sheets whose media are not what their element says
 */
export function textOfSheet(
  sheet: CSSStyleSheet,
  inlined: WeakSet<CSSStyleSheet>,
  mediaEdited: WeakSet<CSSStyleSheet>,
): string | undefined {
  const constructed = !sheet.ownerNode && !sheet.parentStyleSheet;
  // That of an element is said to be off; a constructed one has no rules then.
  if (constructed && sheet.disabled) return '';
  try {
    let text = '';
    for (const rule of sheet.cssRules) {
      const imported = inlined.has(sheet) ? (rule as CSSImportRule).styleSheet : null;
      const inner = imported && textOfSheet(imported, inlined, mediaEdited);
      text += `${imported && typeof inner === 'string' ? written(rule as CSSImportRule, inner, imported.href) : rule.cssText}\n`;
    }
    const { mediaText } = sheet.media;
    const isTold =
      !constructed && (!mediaEdited.has(sheet) || mediaText === (sheet.ownerNode as HTMLStyleElement).media);
    return mediaText === '' || isTold ? text : `@media ${mediaText} {\n${text}}\n`;
  } catch {
    return undefined;
  }
}

/** An import with its rules in its place; browsers write addresses in rules as `url("…")`. */
function written(rule: CSSImportRule, text: string, base: string | null): string {
  const { media, layerName, supportsText } = rule;
  let out = text.replace(/url\("([^"]+)"\)/g, (all, url: string) => {
    try {
      return `url("${new URL(url, base ?? undefined).href}")`;
    } catch {
      return all;
    }
  });
  if (media.mediaText !== '') out = `@media ${media.mediaText} {\n${out}}`;
  if (supportsText) out = `@supports (${supportsText}) {\n${out}}`;
  if (layerName !== null && layerName !== undefined) out = `@layer ${layerName} {\n${out}}`;
  return out;
}
