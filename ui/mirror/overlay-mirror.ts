// What the overlay needs of the mirror below it.

/** The mirror as the overlay sees it. Outer coordinates are CSS px of the view's own viewport. */
export interface MirrorBelow {
  /** The inner frame. */
  readonly element: HTMLIFrameElement;
  /** The page's document in the inner frame. */
  document(): Document | undefined;
  idOf(node: Node): { frame: number; node: number } | undefined;
  nodeOf(frame: number, node: number): Node | undefined;
  /** Outer px per px of the page. */
  scale(): number;
  epoch(): number;
  /** The innermost element at an outer point, also in shadow trees and nested frames. */
  elementAt(clientX: number, clientY: number): Element | undefined;
  /** Border box in outer coordinates. */
  rectOf(element: Element): DOMRect;
  /** Where the leader's keys go, in nested frames and shadow trees too. */
  focused?(): Element | undefined;
  /** Hears that an input has been performed and what it changed at once is shown; undefined: all is anew, whatever was under way. */
  onPerformed?(listener: (seq: number | undefined) => void): void;
  /** Whether what it holds is shown as dots. */
  isMasked?(element: Element): boolean;
  /** The leader's selection; in a field both nodes are the field. */
  selection?(): MirrorSelection | undefined;
  /** Elements beside which the leader's browser shows words (`text`), or an open picker. */
  notes?(): Iterable<{ element: Element; text: string | undefined }>;
  /** What the leader has zoomed in on with two fingers, in outer coordinates. */
  part?(): DOMRect | undefined;
}

/** A selection by nodes of the mirror. */
export interface MirrorSelection {
  anchor: Node;
  anchorOffset: number;
  focus: Node;
  focusOffset: number;
}
