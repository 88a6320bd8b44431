// Scroll offsets, per element; the document's own on the document node.
import type { Observer, Recording } from './recording.ts';
import { listenOnRoots } from './root-events.ts';

export function startScroll(recording: Recording): Observer {
  const { dom, document, tree } = recording;
  /** Whatever was ever scrolled: only these are asked for an offset. */
  const scrolled = new WeakSet<Node>();
  /** Of these, what was in the document when it was looked at last. */
  const present = new Set<Element | Document>();
  let waiting = false;
  const note = (node: Element | Document): void => {
    scrolled.add(node);
    present.add(node);
    recording.changedProps(node);
  };
  const offsetOf = (node: Element | Document): [number, number] | undefined => {
    const { scrollingElement } = document;
    const element = node === document ? scrollingElement : (node as Element);
    // The root element's offset is the document's.
    if (!element || node === scrollingElement) return undefined;
    const left = round(dom.scrollLeft(element));
    const top = round(dom.scrollTop(element));
    return left || top ? [left, top] : undefined;
  };
  const lookAgain = (): void => {
    waiting = false;
    for (const node of present) {
      const known = tree.of(node);
      if (!known) present.delete(node);
      else if (`${known.props?.scroll}` !== `${offsetOf(node)}`) recording.changedProps(node);
    }
  };
  return {
    ...listenOnRoots(['scroll'], ({ target }) => {
      if (target && !recording.isOwn(target as Node))
        note(target === document.scrollingElement ? document : (target as Element));
    }),
    // It may have been scrolled before this recorder began: `document.open` keeps the offset.
    restate() {
      if (offsetOf(document)) note(document);
    },
    /** What is said changes the layout, which may take an offset with it without an event: known, and free to ask for, after the next picture. */
    look() {
      if (waiting || present.size === 0) return;
      waiting = true;
      dom.requestAnimationFrame(() => dom.setTimeout(lookAgain, 0));
    },
    read(element, _tag, props) {
      const offset = scrolled.has(element) && offsetOf(element);
      if (!offset) return;
      present.add(element);
      props.scroll = offset;
    },
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;
