// Custom elements are never defined here; whether they are at the leader's is an attribute for `:defined`, their states one for `:state()`.
import { isElement, type Shown } from './shown.ts';

export function showDefined(shown: Shown): void {
  if (!isElement(shown) || !shown.tag.includes('-') || shown.tag.includes(':')) return;
  const { node, props } = shown;
  node.toggleAttribute('tandem-undefined', props?.defined !== true);
  if (props?.states) node.setAttribute('tandem-states', props.states.join(' '));
  else node.removeAttribute('tandem-states');
}
