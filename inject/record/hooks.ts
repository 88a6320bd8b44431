// Page functions whose calls the recorder hears of. They are wrapped once per window; recorders come and go.
import type { PageWindow } from '../natives.ts';

/** Hears of a call after it was done. It must not throw. */
export type Heard = (self: object, args: unknown[], result: unknown) => void;

interface Hook {
  listeners: Set<Heard>;
}

/** A window's wrapped functions outlive the recorder that wrapped them, as a document may be recorded again. */
const hooks = new WeakMap<object, Map<string, Hook>>();

function wrap(owner: object, name: string, kind: 'value' | 'set' | 'get'): Hook | undefined {
  let known = hooks.get(owner);
  if (!known) {
    known = new Map();
    hooks.set(owner, known);
  }
  const key = `${kind} ${name}`;
  const present = known.get(key);
  if (present) return present;
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  const original: unknown = descriptor?.[kind];
  if (!descriptor || typeof original !== 'function') return undefined;
  const hook: Hook = { listeners: new Set() };
  const { apply } = Reflect;
  const proxy: unknown = new Proxy(original, {
    apply(target, self: object, args: unknown[]) {
      const result: unknown = apply(target, self, args);
      for (const listener of hook.listeners) {
        try {
          listener(self, args, result);
        } catch {
          // The page's call has succeeded; what we make of it is not its concern.
        }
      }
      return result;
    },
    construct(target, args: unknown[], made) {
      const result = Reflect.construct(target, args, made) as object;
      for (const listener of hook.listeners) listener(result, args, result);
      return result;
    },
  });
  if (!Reflect.defineProperty(owner, name, { ...descriptor, [kind]: proxy, configurable: true }))
    return undefined;
  known.set(key, hook);
  return hook;
}

/** Listens to calls of methods, setters or getters of prototypes of one window. */
export class Hooks {
  readonly #window: PageWindow;
  readonly #undo: (() => void)[] = [];

  constructor(window: PageWindow) {
    this.#window = window;
  }

  #owner(type: string): object | undefined {
    return (this.#window as unknown as Record<string, { prototype: object } | undefined>)[type]?.prototype;
  }

  #listen(owner: object | undefined, name: string, kind: 'value' | 'set' | 'get', heard: Heard): void {
    const hook = owner && wrap(owner, name, kind);
    if (!hook) return;
    hook.listeners.add(heard);
    this.#undo.push(() => hook.listeners.delete(heard));
  }

  /** After a method was called. Does nothing where the browser has none of that name. */
  afterCall(type: string, names: readonly string[], heard: Heard): void {
    for (const name of names) this.#listen(this.#owner(type), name, 'value', heard);
  }

  /** After a property was set. */
  afterSet(type: string, names: readonly string[], heard: Heard): void {
    for (const name of names) this.#listen(this.#owner(type), name, 'set', heard);
  }

  /** After a property was read: what it gave may be changed by the page without our hearing. */
  afterGet(type: string, names: readonly string[], heard: Heard): void {
    for (const name of names) this.#listen(this.#owner(type), name, 'get', heard);
  }

  /** After an object was made. @param heard is given the object as `self` */
  afterConstruct(type: string, heard: Heard): void {
    this.#listen(this.#window, type, 'value', heard);
  }

  /** After a method of an object of the window (`customElements.define`). */
  afterCallOn(object: object, name: string, heard: Heard): void {
    for (let owner: object | null = object; owner; owner = Object.getPrototypeOf(owner) as object | null)
      if (Object.hasOwn(owner, name)) {
        this.#listen(owner, name, 'value', heard);
        return;
      }
  }

  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }
}
