// Children, texts and attributes: one observer for the document and all shadow roots, so that records keep their order.
import { ELEMENT } from './dom.ts';
import type { Observer, Recording } from './recording.ts';

const OPTIONS: MutationObserverInit = {
  childList: true,
  characterData: true,
  attributes: true,
  subtree: true,
};
/** Names of attributes that are remembered. */
const MAX_NAMES = 1_000;
/** Attributes on which the state of fields and pictures depends. */
const OF_FIELDS =
  /^(?:src|srcset|value|checked|selected|type|multiple|size|min|max|step|required|pattern|minlength|maxlength|disabled|readonly)$/;

export function startMutations(recording: Recording): Observer {
  const { dom, document, tree, masks } = recording;
  /** What an attribute bears on, by its name: many are changed, of few names. */
  const bearings = new Map<string, { onField: boolean; onMasks: boolean }>();
  const bearingOf = (name: string): { onField: boolean; onMasks: boolean } => {
    let bearing = bearings.get(name);
    if (!bearing) {
      bearing = { onField: OF_FIELDS.test(name), onMasks: masks.looksAt(name) };
      if (bearings.size < MAX_NAMES) bearings.set(name, bearing);
    }
    return bearing;
  };
  const take = (records: readonly MutationRecord[]): void => {
    let last: Node | undefined;
    for (const record of records) {
      const { target } = record;
      if (record.type === 'childList') {
        // Often there is one for each of many children.
        if (target !== last) {
          recording.changed(target);
          fillsField(target);
          last = target;
        }
        // What is out of the document now is observed no more: if it comes back it may be another, and is sent anew.
        const { removedNodes } = record;
        for (let i = 0; i < removedNodes.length; i++) {
          const node = removedNodes[i]!;
          const known = tree.of(node);
          if (known && (!dom.isConnected(node) || dom.ownerDocument(node) !== document)) {
            tree.forget(known);
            recording.removed.add(node);
          }
        }
      } else if (record.type === 'characterData') {
        recording.changedText(target);
        // Its text is its value, as long as nobody has typed into it.
        const parent = tree.of(target)?.parent;
        if (parent?.isField) recording.changedProps(parent.node as Element);
      } else {
        const element = target as Element;
        const name = nameOf(element, record);
        recording.changedAttribute(element, name);
        // Whether that is told depends on the type.
        if (name === 'type' && dom.localName(element) === 'input')
          recording.changedAttribute(element, 'value');
        const { onField, onMasks } = bearingOf(name);
        if (onField) affectsField(element);
        if (onMasks) remask(element);
      }
    }
  };
  /** A field's state follows from its attributes and options too, however deep these lie. */
  const affectsField = (element: Element): void => {
    const field = dom.closest(element, 'input,select,textarea,img');
    if (field) recording.changedProps(field);
  };
  /** As {@link affectsField}, of children: by what is known, as most lie in no field, and to look for one costs as much as all else (measured). */
  const fillsField = (node: Node): void => {
    let known = tree.of(node);
    if (!known && dom.nodeType(node) === ELEMENT) affectsField(node as Element);
    for (; known; known = known.parent) if (known.isField) recording.changedProps(known.node as Element);
  };
  /** Sends anew what is masked differently now. */
  const remask = (element: Element): void => {
    const look = (candidate: Element): void => {
      const known = tree.of(candidate);
      if (known && masks.own(candidate, dom.localName(candidate)) !== known.own) recording.renew(candidate);
    };
    look(element);
    if (!masks.reachesDown || !tree.of(element)) return;
    // What matched before and what matches now: the rest cannot differ.
    for (const candidate of dom.queryAll(element, masks.selectors)) look(candidate);
    for (const candidate of masked(element)) look(candidate);
  };
  const masked = function* (element: Element): Generator<Element> {
    const stack = [tree.of(element)!];
    for (let known = stack.pop(); known; known = stack.pop()) {
      if (known.own !== 0 && known.node !== element) yield known.node as Element;
      // a list that is being written has gaps
      for (const child of known.children) if (child) stack.push(child);
    }
  };

  const observer = new dom.MutationObserver((records) => {
    take(records);
    recording.sayNow();
  });
  // From its beginning: what goes in and out again before it is sent may change in between.
  recording.hooks.afterCall('Element', ['attachShadow'], (_self, _args, root) =>
    observer.observe(root as ShadowRoot, OPTIONS),
  );
  return {
    root: (root) => observer.observe(root, OPTIONS),
    look: () => take(observer.takeRecords()),
    stop: () => observer.disconnect(),
  };
}

/** The attribute's name as written: records say only its local part. */
function nameOf(element: Element, { attributeName, attributeNamespace }: MutationRecord): string {
  const local = attributeName!;
  if (!attributeNamespace) return local;
  const attribute = element.getAttributeNodeNS(attributeNamespace, local);
  if (attribute) return attribute.name;
  return attributeNamespace === 'http://www.w3.org/1999/xlink' ? `xlink:${local}` : local;
}
