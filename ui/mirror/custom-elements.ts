// Custom elements are never defined here; whether they are at the leader's is an attribute for `:defined`.
import { isElement, type Shown } from './shown.ts';

export function showDefined(shown: Shown): void {
  if (!isElement(shown) || !shown.tag.includes('-') || shown.tag.includes(':')) return;
  shown.node.toggleAttribute('tandem-undefined', shown.props?.defined !== true);
}
