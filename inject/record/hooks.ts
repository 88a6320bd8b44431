// Page functions whose calls the recorder hears of. They are wrapped once per window; recorders come and go.
import type { PageWindow } from '../natives.ts';

/** Hears of a call after it was done. It must not throw. */
export type Heard = (self: object, args: unknown[], result: unknown) => void;

interface Hook {
  listeners: Set<Heard>;
  /** Puts the window's own function back, if it is still wrapped by this alone. */
  unwrap(): void;
}
type Kind = 'value' | 'set' | 'get';

/** A window's wrapped functions outlive the recorder that wrapped them, as a document may be recorded again. */
const hooks = new WeakMap<object, Map<string, Hook>>();

function wrap(owner: object, name: string, kind: Kind): Hook | undefined {
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
  const hook: Hook = {
    listeners: new Set(),
    unwrap() {
      if (Object.getOwnPropertyDescriptor(owner, name)?.[kind] !== proxy) return;
      Reflect.defineProperty(owner, name, descriptor);
      known.delete(key);
    },
  };
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

/** Listens to calls of methods, setters or getters of prototypes of one window, and of objects that came from others. */
export class Hooks {
  readonly #window: PageWindow;
  readonly #undo: (() => void)[] = [];
  readonly #asked: [type: string, name: string, kind: Kind, heard: Heard][] = [];
  /** Prototypes that were looked at, and whether they are of another window. */
  readonly #known = new WeakMap<object, boolean>();

  constructor(window: PageWindow) {
    this.#window = window;
  }

  #listen(owner: object, name: string, kind: Kind, heard: Heard, isForeign = false): void {
    const hook = wrap(owner, name, kind);
    if (!hook || hook.listeners.has(heard)) return;
    hook.listeners.add(heard);
    this.#undo.push(() => {
      hook.listeners.delete(heard);
      // That window may stay while documents like ours come and go.
      if (isForeign && hook.listeners.size === 0) hook.unwrap();
    });
  }

  #ask(type: string, names: readonly string[], kind: Kind, heard: Heard): void {
    const own = (this.#window as unknown as Record<string, { prototype: object } | undefined>)[type];
    for (const name of names) {
      if (own) this.#listen(own.prototype, name, kind, heard);
      this.#asked.push([type, name, kind, heard]);
    }
  }

  /** After a method was called. Does nothing where the browser has none of that name. */
  afterCall(type: string, names: readonly string[], heard: Heard): void {
    this.#ask(type, names, 'value', heard);
  }

  /** After a property was set. */
  afterSet(type: string, names: readonly string[], heard: Heard): void {
    this.#ask(type, names, 'set', heard);
  }

  /** After a property was read: what it gave may be changed by the page without our hearing. */
  afterGet(type: string, names: readonly string[], heard: Heard): void {
    this.#ask(type, names, 'get', heard);
  }

  /**
   * Hears of an object's calls too if it came from another window of this origin: an element keeps the prototypes of that.
   * @returns whether it did
   */
  reach(object: object): boolean {
    const owner = Object.getPrototypeOf(object) as object | null;
    if (!owner) return object !== this.#window.Object.prototype;
    let isForeign = this.#known.get(owner);
    if (isForeign !== undefined) return isForeign;
    isForeign = this.reach(owner);
    this.#known.set(owner, isForeign);
    const type: unknown = Object.getOwnPropertyDescriptor(owner, Symbol.toStringTag)?.value;
    if (isForeign)
      for (const [of, name, kind, heard] of this.#asked)
        if (of === type) this.#listen(owner, name, kind, heard, true);
    return isForeign;
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
