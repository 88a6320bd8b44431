// What a node of the mirror is at the leader's: kept in the node itself, where nothing else sees it.
import { createNodeField } from '../../protocol/node-field.ts';
import type { NodeId } from '../../protocol/nodes.ts';

/** A node by its frame and its id there. */
export interface NodeName {
  frame: number;
  node: NodeId;
}

/** The name of a node, in the node. */
export const nodeNames = createNodeField<NodeName>();
