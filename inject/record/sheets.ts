// Style sheets beyond their source: rules that scripts put in or took out, and constructed sheets with who adopts them.
import { maskStyle } from '../../protocol/masking.ts';
import type { NodeId, Op } from '../../protocol/nodes.ts';
import type { Observer, Recording } from './recording.ts';
import { listenOnRoots } from './root-events.ts';
import { PIECE } from './rows.ts';
import { textOfSheet } from './sheet-text.ts';

const RULE_METHODS = ['insertRule', 'deleteRule', 'addRule', 'removeRule', 'replaceSync'];

/** Declarations that may change without our hearing: how many are compared, and how often, ms. */
const MAX_HANDED_OUT = 500;
const CHECK_EVERY = 1_000;
const FORGOTTEN_AFTER = 60_000;

export function startSheets(recording: Recording): Observer {
  const { hooks, tree, dom } = recording;
  const ids = new WeakMap<CSSStyleSheet, NodeId>();
  let nextId = 1;
  /** Text of each sheet as it was sent last. */
  let sent = new WeakMap<CSSStyleSheet, string>();
  const adopted = new WeakMap<Document | ShadowRoot, string>();
  /** Elements whose sheet was edited, with that sheet: a new source makes a new sheet, and the edits are gone. */
  const edited = new Map<Element, CSSStyleSheet>();
  /** Declarations and media lists that the page may hold, and change without our hearing, with what they said last. */
  const handedOut = new Map<object, { sheet: CSSStyleSheet; read: () => string; last: string; at: number }>();
  let checkedAt = 0;
  let checkTimer: number | undefined;
  /** Sheets whose imports script edited, which are written out for that; those whose media it edited. */
  const inlined = new WeakSet<CSSStyleSheet>();
  const mediaEdited = new WeakSet<CSSStyleSheet>();
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
      if (parent) {
        inlined.add(parent);
        changed(parent);
      } else if (ids.has(sheet)) recording.say(sheet, () => constructedOps(sheet));
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
    reading = true;
    let text = textOfSheet(sheet, inlined, mediaEdited);
    reading = false;
    if (text === undefined) return undefined;
    if (sheet.ownerNode && tree.of(sheet.ownerNode as Element)?.mask) text = maskStyle(text);
    else recording.bytes.seenIn(text);
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
  const onOff = (sheet: CSSStyleSheet): void => {
    if (sheet.ownerNode) recording.changedProps(sheet.ownerNode as Element);
    else changed(sheet);
  };
  hooks.afterSet('StyleSheet', ['disabled'], (self) => onOff(self as CSSStyleSheet));
  /** An alternate sheet is off until it was disabled and is not any more (HTML 4.2.4 "explicitly enabled"). */
  const isAlternate = (element: Element): boolean =>
    dom.localName(element) === 'link' && /\balternate\b/i.test(dom.getAttribute(element, 'rel') ?? '');
  const wasDisabled = new WeakSet<Element>();
  for (const owner of ['HTMLStyleElement', 'HTMLLinkElement', 'SVGStyleElement'])
    hooks.afterSet(owner, ['disabled'], (self, [value]) => {
      if (value) wasDisabled.add(self as Element);
      recording.changedProps(self as Element);
    });

  const ofRule = (self: object): void => changed((self as CSSRule).parentStyleSheet);
  for (const group of ['CSSGroupingRule', 'CSSStyleRule', 'CSSKeyframesRule'])
    hooks.afterCall(group, ['insertRule', 'deleteRule', 'appendRule'], ofRule);
  hooks.afterSet('CSSStyleRule', ['selectorText'], ofRule);
  hooks.afterSet('CSSPageRule', ['selectorText'], ofRule);
  hooks.afterSet('CSSKeyframeRule', ['keyText'], ofRule);
  hooks.afterSet('CSSKeyframesRule', ['name'], ofRule);
  const ofDeclaration = (self: object): void => {
    const rule = (self as CSSStyleDeclaration).parentRule;
    if (rule) ofRule(rule);
  };
  hooks.afterCall('CSSStyleDeclaration', ['setProperty', 'removeProperty'], ofDeclaration);
  hooks.afterSet('CSSStyleDeclaration', ['cssText'], ofDeclaration);

  const check = (): void => {
    checkedAt = dom.now();
    for (const [key, held] of handedOut) {
      const now = held.read();
      if (now === held.last) {
        if (checkedAt - held.at > FORGOTTEN_AFTER) handedOut.delete(key);
        continue;
      }
      held.last = now;
      held.at = checkedAt;
      if (key === held.sheet) mediaEdited.add(held.sheet);
      changed(held.sheet);
    }
    if (handedOut.size > 0) checkTimer ??= dom.setTimeout(checkLater, CHECK_EVERY);
  };
  const checkLater = (): void => {
    checkTimer = undefined;
    check();
  };
  const handOut = (key: object, sheet: CSSStyleSheet | null, read: () => string): void => {
    // A script that reads every rule there is does not change them all.
    if (!sheet || handedOut.has(key) || handedOut.size >= MAX_HANDED_OUT) return;
    handedOut.set(key, { sheet, read, last: read(), at: dom.now() });
    // Most change it at once.
    queueMicrotask(check);
  };
  for (const owner of [
    'CSSStyleRule',
    'CSSFontFaceRule',
    'CSSKeyframeRule',
    'CSSPageRule',
    'CSSNestedDeclarations',
  ])
    hooks.afterGet(owner, ['style', 'styleMap'], (self) => {
      const rule = self as CSSRule;
      if (!reading) handOut(rule, rule.parentStyleSheet, () => rule.cssText);
    });
  for (const owner of ['CSSMediaRule', 'CSSImportRule'])
    hooks.afterGet(
      owner,
      ['media'],
      (self, _args, list) =>
        reading || handOut(self, (self as CSSRule).parentStyleSheet, () => (list as MediaList).mediaText),
    );
  hooks.afterGet('StyleSheet', ['media'], (self, _args, list) => {
    if (!reading) handOut(self, self as CSSStyleSheet, () => (list as MediaList).mediaText);
  });
  for (const owner of ['Document', 'ShadowRoot']) {
    hooks.afterSet(owner, ['adoptedStyleSheets'], (self) => adopt(self as Document));
    // The list may be pushed to.
    hooks.afterGet(owner, ['adoptedStyleSheets'], (self) => {
      if (!reading && roots.has(self as Document)) adopt(self as Document);
    });
  }

  /** Elements that came from another window: their sheets and rules are of that, too. */
  const foreign = new Set<Element>();
  const reach = (holder: CSSStyleSheet | CSSRule): void => {
    hooks.reach(holder);
    const { style, cssRules } = holder as CSSStyleRule;
    if (style) hooks.reach(style);
    for (const rule of cssRules ?? []) reach(rule);
  };
  const reachForeign = (): void => {
    reading = true;
    for (const element of foreign) {
      if (!tree.of(element)) foreign.delete(element);
      try {
        reach((element as HTMLStyleElement).sheet!);
      } catch {
        // None yet, or one that nobody may read.
      }
    }
    reading = false;
  };
  /** Elements whose sheet is switched off. */
  const off = new Set<Element>();
  const loads = listenOnRoots(['load'], ({ target }) => {
    if (target && dom.nodeType(target) === 1 && dom.localName(target) === 'link')
      recording.changedProps(target as Element);
  });

  return {
    root(root) {
      roots.add(root);
      loads.root(root);
    },
    stop() {
      loads.stop();
      dom.clearTimeout(checkTimer);
    },
    tags: /^(?:style|link|svg:style)$/,
    read(element, tag, props) {
      const { sheet } = element as HTMLStyleElement;
      const isDisabled = tag === 'link' && dom.getAttribute(element, 'disabled') !== null;
      if (isDisabled) wasDisabled.add(element);
      const isOff = isDisabled || (isAlternate(element) ? !wasDisabled.has(element) : sheet?.disabled);
      // Followers' browsers are not told to enable one: its rules come instead.
      if (sheet && !isOff && isAlternate(element)) changed(sheet);
      if (isOff) props.off = true;
      if (props.off) off.add(element);
      else off.delete(element);
    },
    sent(root) {
      adopted.delete(root);
      if (sheetsOf(root).length > 0) adopt(root);
    },
    element(element, tag, _known, isForeign) {
      if (isForeign) {
        foreign.add(element);
        reachForeign();
        changed((element as HTMLStyleElement).sheet);
      }
      if (tag === 'svg:style') return;
      const sheet = edited.get(element) ?? null;
      if (!sheet) return;
      sent.delete(sheet);
      recording.say(element, () => rulesOps(element));
    },
    look() {
      reachForeign();
      // A new source is a new sheet, which is on.
      for (const element of off)
        if (element.isConnected) recording.recheck(element);
        else off.delete(element);
      if (handedOut.size > 0 && dom.now() - checkedAt > CHECK_EVERY / 4) check();
      for (const [owner, sheet] of edited) {
        if (!tree.of(owner)) continue;
        if ((owner as HTMLStyleElement).sheet !== sheet) recording.say(owner, () => rulesOps(owner));
      }
    },
    restate() {
      sent = new WeakMap();
      for (const root of roots) {
        adopted.delete(root);
        if (sheetsOf(root).length > 0) adopt(root);
      }
    },
  };
}
