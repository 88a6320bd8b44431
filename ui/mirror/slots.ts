// Slots of shadow roots whose assignment is manual: what the leader's script has put into them.
import type { NodeId } from '../../protocol/nodes.ts';
import type { Shown } from './shown.ts';

/** Assigns the nodes that were told; the browser shows those of them that are the host's children. */
export function showAssigned({ tag, node, props }: Shown, nodes: ReadonlyMap<NodeId, Shown>): void {
  if (tag !== 'slot' || !props?.assigned) return;
  const assigned = props.assigned.flatMap((id) => nodes.get(id)?.node ?? []);
  (node as HTMLSlotElement).assign(...(assigned as Element[]));
}
