// Custom elements: which of them have been defined, for `:defined`, and their states of their own, for `:state()`.
import type { Observer, Recording } from './recording.ts';

export function startCustomElements(recording: Recording): Observer {
  const { dom, hooks, window } = recording;
  if (window.customElements)
    hooks.afterCallOn(window.customElements, 'define', (_self, [name]) => {
      if (typeof name !== 'string') return;
      for (const root of recording.roots)
        for (const element of root.querySelectorAll(name)) recording.changedProps(element);
    });
  hooks.afterCall('HTMLElement', ['attachInternals'], (self, _args, internals) => {
    const { states } = internals as ElementInternals;
    if (!states) return;
    statesOf.set(self as Element, states as unknown as Set<string>);
    elementOf.set(states, self as Element);
  });
  hooks.afterCall('CustomStateSet', ['add', 'delete', 'clear'], (self) => {
    const element = elementOf.get(self);
    if (element) recording.changedProps(element);
  });
  return {
    tags: /^[^:]*-[^:]*$/,
    read(element, _tag, props, known) {
      if (dom.matches(element, ':defined')) props.defined = true;
      const states = statesOf.get(element);
      if (states?.size && !known.mask) props.states = [...states].slice(0, 50);
    },
  };
}

/** Kept beyond a recorder, as a page attaches them once. */
const statesOf = new WeakMap<Element, Set<string>>();
const elementOf = new WeakMap<object, Element>();
