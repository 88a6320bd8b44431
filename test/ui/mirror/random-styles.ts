// Random operations on styles: inline ones, rules put in and taken out, constructed sheets and who adopts them.
import type { RandomPage } from './random-page.ts';

type Operation = (page: RandomPage) => void;

function styles(page: RandomPage): HTMLStyleElement[] {
  const list = [...page.document.querySelectorAll('style')];
  for (const root of page.roots()) list.push(...root.querySelectorAll('style'));
  return list;
}
function sheet(page: RandomPage): CSSStyleSheet {
  const list = styles(page);
  const found = list.length > 0 ? page.pick(list).sheet : null;
  if (!found) throw new Error('no sheet');
  return found;
}
const rule = (page: RandomPage): string =>
  page.pick([
    `.r${page.random(99)}{margin:${page.random(9)}px}`,
    `.v${page.random(9)}:hover{color:rgb(${page.random(255)},0,0)}`,
    `@media (min-width:1px){.m${page.random(9)}{top:0}}`,
    `@keyframes k${page.random(9)}{from{left:0}to{left:1px}}`,
    `:host{--h:${page.random(9)}}`,
  ]);

export const STYLE_OPERATIONS: Record<string, Operation> = {
  inline(page) {
    const element = page.pick([...page.all(), page.document.body]);
    element.style.setProperty(page.pick(['color', 'margin-left', '--x']), page.pick(['red', '1px', 'blue']));
  },
  inlineText(page) {
    page.pick([...page.all(), page.document.body]).style.cssText = page.pick(['', 'color: red; --y: 2px']);
  },
  insertRule(page) {
    const target = sheet(page);
    if (target.cssRules.length < 20) target.insertRule(rule(page), page.random(target.cssRules.length + 1));
  },
  deleteRule(page) {
    const target = sheet(page);
    target.deleteRule(page.random(target.cssRules.length));
  },
  groupRule(page) {
    for (const found of sheet(page).cssRules)
      if ('insertRule' in found) (found as CSSMediaRule).insertRule('.g{margin:1px}', 0);
  },
  declaration(page) {
    for (const found of sheet(page).cssRules)
      if ('style' in found) (found as CSSStyleRule).style.setProperty('padding', `${page.random(9)}px`);
  },
  selector(page) {
    for (const found of sheet(page).cssRules)
      if ('selectorText' in found) (found as CSSStyleRule).selectorText = `.q${page.random(9)}`;
  },
  disabled(page) {
    const target = sheet(page);
    target.disabled = !target.disabled;
  },
  source(page) {
    const list = styles(page);
    if (list.length > 0) page.pick(list).textContent = rule(page);
  },
  sourceGrows(page) {
    const list = styles(page);
    if (list.length > 0) page.pick(list).append(rule(page));
  },
  styleMoves(page) {
    const list = styles(page);
    const style = list.length > 0 ? page.pick(list) : undefined;
    if (style && style.id !== 'sheet') page.container().append(style);
  },
  construct(page) {
    const View = page.document.defaultView as Window & typeof globalThis;
    const made = new View.CSSStyleSheet();
    made.replaceSync(rule(page));
    page.kept.sheets.push(made);
  },
  adopt(page) {
    const root = page.pick([page.document, ...page.roots()]);
    const made = page.pick(page.kept.sheets);
    switch (page.random(4)) {
      case 0:
        root.adoptedStyleSheets.push(made);
        return;
      case 1:
        root.adoptedStyleSheets.splice(0, 1);
        return;
      default:
        root.adoptedStyleSheets = [...root.adoptedStyleSheets.slice(-2), made];
    }
  },
  reordered(page) {
    const root = page.pick([page.document, ...page.roots()]);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets].reverse();
  },
  nestedRule(page) {
    for (const found of sheet(page).cssRules)
      if ('selectorText' in found)
        (found as CSSStyleRule).insertRule(`&:hover{margin:${page.random(9)}px}`, 0);
  },
  constructed(page) {
    const made = page.pick(page.kept.sheets);
    switch (page.random(4)) {
      case 0:
        made.replaceSync(rule(page));
        return;
      case 1:
        void made.replace(rule(page));
        return;
      case 2:
        if (made.cssRules.length > 0) made.deleteRule(0);
        return;
      default:
        made.insertRule(rule(page), 0);
    }
  },
};
