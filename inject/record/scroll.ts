// Scroll offsets, per element; the document's own on the document node.
import type { Observer, Recording } from './recording.ts';
import { listenOnRoots } from './root-events.ts';

export function startScroll(recording: Recording): Observer {
  const { dom, document, tree } = recording;
  /** Whatever was ever scrolled: only these are asked for an offset. */
  const scrolled = new WeakSet<Node>();
  /** Kept to look at again: content that goes may take an offset with it, without an event. */
  const moved = new Set<Element>();
  const onScroll = ({ target }: Event): void => {
    if (!target || recording.isOwn(target as Node)) return;
    const node = target === document.scrollingElement ? document : (target as Element | Document);
    scrolled.add(node);
    if (node !== document) moved.add(node as Element);
    recording.changedProps(node);
  };
  return {
    ...listenOnRoots(['scroll'], onScroll),
    restate() {
      // It may have been scrolled before this recorder began: `document.open` keeps the offset.
      scrolled.add(document);
      recording.changedProps(document);
    },
    look() {
      for (const element of moved)
        if (tree.of(element)) recording.recheck(element);
        else if (!element.isConnected) moved.delete(element);
    },
    read(element, tag, props) {
      if (!scrolled.has(element)) return;
      const { scrollingElement } = document;
      if (tag !== '#document') {
        if (element !== scrollingElement) put(props, element);
      } else if (scrollingElement) put(props, scrollingElement);
    },
  };
  function put(props: { scroll?: [number, number] }, element: Element): void {
    const offset: [number, number] = [round(dom.scrollLeft(element)), round(dom.scrollTop(element))];
    if (offset[0] !== 0 || offset[1] !== 0) props.scroll = offset;
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;
