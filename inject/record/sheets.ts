// Style sheets beyond their source: rules that scripts put in or took out, and constructed sheets with who adopts them.
import type { NodeId, Op } from '../../protocol/nodes.ts';
import type { Observer, Recording } from './recording.ts';
import { PIECE } from './rows.ts';

const RULE_METHODS = ['insertRule', 'deleteRule', 'addRule', 'removeRule', 'replaceSync'];

export function startSheets(recording: Recording): Observer {
  const { hooks, tree } = recording;
  const ids = new WeakMap<CSSStyleSheet, NodeId>();
  let nextId = 1;
  /** Text of each sheet as it was sent last. */
  const sent = new WeakMap<CSSStyleSheet, string>();
  const adopted = new WeakMap<Document | ShadowRoot, string>();
  /** Elements whose sheet was edited, with that sheet: a new source makes a new sheet, and the edits are gone. */
  const edited = new Map<Element, CSSStyleSheet>();
  const handedOut = new Set<CSSStyleSheet>();
  const roots = new Set<Document | ShadowRoot>();
  /** Our own reading is not heard as the page's. */
  let reading = false;
  const sheetsOf = (root: Document | ShadowRoot): readonly CSSStyleSheet[] => {
    reading = true;
    const list = [...root.adoptedStyleSheets];
    reading = false;
    return list;
  };

  const changed = (sheet: CSSStyleSheet | null): void => {
    if (!sheet) return;
    const owner = sheet.ownerNode as Element | null;
    if (!owner) {
      const parent = sheet.parentStyleSheet;
      if (parent) changed(parent);
      else if (ids.has(sheet)) recording.say(sheet, () => constructedOps(sheet));
      return;
    }
    edited.set(owner, sheet);
    recording.say(owner, () => rulesOps(owner));
  };

  const rulesOps = (owner: Element): readonly Op[] | undefined => {
    const sheet = edited.get(owner);
    const id = recording.idOf(owner);
    if (!sheet || id === 0) return undefined;
    if ((owner as HTMLStyleElement).sheet !== sheet) {
      edited.delete(owner);
      return [['rules', id, undefined]];
    }
    return textOps(sheet, id, '#rules', (text) => ['rules', id, text]);
  };

  const constructedOps = (sheet: CSSStyleSheet): readonly Op[] | undefined => {
    const id = ids.get(sheet)!;
    return textOps(sheet, id, '#sheet', (text) => ['sheet', id, text]);
  };

  /** The whole text, or only what was put behind it. */
  const textOps = (
    sheet: CSSStyleSheet,
    id: NodeId,
    where: string,
    whole: (text: string) => Op,
  ): readonly Op[] | undefined => {
    const text = textOf(sheet);
    if (text === undefined) return undefined;
    const before = sent.get(sheet);
    if (before === text) return undefined;
    sent.set(sheet, text);
    const ops: Op[] = [];
    const goesOn = before !== undefined && before !== '' && text.startsWith(before);
    if (!goesOn) ops.push(whole(text.slice(0, PIECE)));
    recording.append(ops, id, where, text.slice(goesOn ? before.length : PIECE));
    return ops;
  };

  const adopt = (root: Document | ShadowRoot): void =>
    recording.say(root, () => {
      const id = recording.idOf(root);
      if (id === 0) return undefined;
      const ops: Op[] = [];
      const list: NodeId[] = [];
      for (const sheet of sheetsOf(root)) {
        let known = ids.get(sheet);
        if (known === undefined) {
          known = nextId++;
          ids.set(sheet, known);
        }
        ops.push(...(constructedOps(sheet) ?? []));
        list.push(known);
      }
      const key = list.join();
      if ((adopted.get(root) ?? '') !== key) {
        adopted.set(root, key);
        ops.push(['adopt', id, list]);
      }
      return ops;
    });

  hooks.afterCall('CSSStyleSheet', RULE_METHODS, (self) => changed(self as CSSStyleSheet));
  hooks.afterCall('CSSStyleSheet', ['replace'], (self, _args, result) => {
    void (result as Promise<unknown>).then(
      () => changed(self as CSSStyleSheet),
      () => {},
    );
  });
  hooks.afterSet('StyleSheet', ['disabled'], (self) => changed(self as CSSStyleSheet));
  for (const group of ['CSSGroupingRule', 'CSSKeyframesRule'])
    hooks.afterCall(group, ['insertRule', 'deleteRule', 'appendRule'], (self) =>
      changed((self as CSSRule).parentStyleSheet),
    );
  hooks.afterSet('CSSStyleRule', ['selectorText'], (self) => changed((self as CSSRule).parentStyleSheet));
  // A rule's declarations are handed out and changed without our hearing: looked at after the task, and once more a frame later.
  for (const owner of ['CSSStyleRule', 'CSSFontFaceRule', 'CSSKeyframeRule', 'CSSPageRule'])
    hooks.afterGet(owner, ['style'], (self) => {
      const sheet = (self as CSSRule).parentStyleSheet;
      if (!sheet || handedOut.has(sheet)) return;
      handedOut.add(sheet);
      if (!sent.has(sheet)) sent.set(sheet, textOf(sheet) ?? '');
      queueMicrotask(() => changed(sheet));
      recording.dom.requestAnimationFrame(() => {
        handedOut.delete(sheet);
        changed(sheet);
      });
    });
  for (const owner of ['Document', 'ShadowRoot']) {
    hooks.afterSet(owner, ['adoptedStyleSheets'], (self) => adopt(self as Document));
    // The list may be pushed to.
    hooks.afterGet(owner, ['adoptedStyleSheets'], (self) => {
      if (!reading && roots.has(self as Document)) adopt(self as Document);
    });
  }

  return {
    root(root) {
      roots.add(root);
    },
    sent(root) {
      adopted.delete(root);
      if (sheetsOf(root).length > 0) adopt(root);
    },
    element(element, tag) {
      if (tag !== 'style' && tag !== 'link') return;
      const sheet = edited.get(element) ?? null;
      if (!sheet) return;
      sent.delete(sheet);
      recording.say(element, () => rulesOps(element));
    },
    look() {
      for (const [owner, sheet] of edited) {
        if (!tree.of(owner)) continue;
        if ((owner as HTMLStyleElement).sheet !== sheet) recording.say(owner, () => rulesOps(owner));
      }
    },
    restate() {
      for (const root of roots) {
        for (const sheet of sheetsOf(root)) sent.delete(sheet);
        adopted.delete(root);
        if (sheetsOf(root).length > 0) adopt(root);
      }
    },
  };
}

/** All rules as text; undefined for a sheet of another origin, which scripts cannot edit either. A disabled one has none. */
function textOf(sheet: CSSStyleSheet): string | undefined {
  if (sheet.disabled) return '';
  try {
    let text = '';
    for (const rule of sheet.cssRules) text += `${rule.cssText}\n`;
    return text;
  } catch {
    return undefined;
  }
}
