// A node that the mirror shows: its place, and what was told of it.
import type { ElementProps, NodeId } from '../../protocol/nodes.ts';

/** One node. The gateway's word is kept beside the DOM, which also holds what we add. */
export interface Shown {
  readonly id: NodeId;
  /** As on the wire; '' for a text. */
  readonly tag: string;
  readonly node: Node;
  parent: Shown | undefined;
  children: Shown[];
  /** name, value, name, value… */
  attributes: string[];
  props: ElementProps | undefined;
  /** Its share in the digest. */
  hash: number;
}

/** Never changed in place: most nodes have none. */
export const NONE_SHOWN: Shown[] = [];
export const NO_ATTRIBUTES: string[] = [];

export function isStyle(shown: Shown): boolean {
  return shown.tag === 'style' || shown.tag === 'svg:style';
}

/** The value as told, not as it is in the DOM. */
export function attributeOf(shown: Shown, name: string): string | undefined {
  for (let i = 0; i < shown.attributes.length; i += 2)
    if (shown.attributes[i] === name) return shown.attributes[i + 1];
  return undefined;
}

/** Whether the node is an element in the DOM (no text, document or shadow root). */
export function isElement(shown: Shown): shown is Shown & { readonly node: HTMLElement } {
  return shown.tag !== '' && !shown.tag.startsWith('#');
}
