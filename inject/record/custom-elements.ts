// Custom elements: which of them have been defined, for `:defined`.
import type { Observer, Recording } from './recording.ts';

export function startCustomElements(recording: Recording): Observer {
  const { dom, hooks, window } = recording;
  if (window.customElements)
    hooks.afterCallOn(window.customElements, 'define', (_self, [name]) => {
      if (typeof name !== 'string') return;
      for (const root of recording.roots)
        for (const element of root.querySelectorAll(name)) recording.changedProps(element);
    });
  return {
    read(element, tag, props) {
      if (tag.includes('-') && !tag.includes(':') && dom.matches(element, ':defined')) props.defined = true;
    },
  };
}
