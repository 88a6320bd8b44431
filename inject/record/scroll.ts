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
    const element = target === document ? document.scrollingElement : (target as Element | null);
    if (!element || recording.isOwn(element)) return;
    scrolled.add(element);
    moved.add(element);
    if (element === document.scrollingElement) recording.changedProps(document);
    else recording.changedProps(element);
  };
  return {
    ...listenOnRoots(['scroll'], onScroll),
    restate() {
      if (document.scrollingElement && moved.has(document.scrollingElement)) recording.changedProps(document);
    },
    look() {
      for (const element of moved) {
        if (element === document.scrollingElement) continue;
        if (tree.of(element)) recording.recheck(element);
        else if (!element.isConnected) moved.delete(element);
      }
    },
    read(element, tag, props) {
      if (tag === '#document') {
        const scroller = document.scrollingElement;
        if (scroller && scrolled.has(scroller)) put(props, scroller);
      } else if (scrolled.has(element) && element !== document.scrollingElement) put(props, element);
    },
  };
  function put(props: { scroll?: [number, number] }, element: Element): void {
    const offset: [number, number] = [round(dom.scrollLeft(element)), round(dom.scrollTop(element))];
    if (offset[0] !== 0 || offset[1] !== 0) props.scroll = offset;
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;
