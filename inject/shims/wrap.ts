// How a shim replaces a function, a setter, a getter or a constructor: by a Proxy of the original, so that its name, length,
// `toString`, prototype and subclasses stay what they were. (Proxies of functions only: never of window or document.)
import type { Realm } from '../realm.ts';

// biome-ignore lint/complexity/noBannedTypes: any function of the browser
type AnyFunction = Function;

/** Called in place of the original. `native` calls the original with the same `this`. */
export type Replacement = (
  native: (...args: unknown[]) => unknown,
  self: unknown,
  args: unknown[],
) => unknown;

function proxyOf(realm: Realm, original: AnyFunction, replacement: Replacement): AnyFunction {
  const { apply, Proxy: NativeProxy } = realm.natives;
  return new NativeProxy(original, {
    apply: (target, self, args: unknown[]) =>
      replacement((...given) => apply(target, self, given), self, args),
  });
}

function redefine(owner: object, name: PropertyKey, descriptor: PropertyDescriptor): boolean {
  return Reflect.defineProperty(owner, name, { ...descriptor, configurable: true });
}

/** Replaces a method; does nothing where the browser has none of that name. */
export function wrapMethod(
  realm: Realm,
  owner: object | undefined,
  name: string,
  replacement: Replacement,
): void {
  const descriptor = owner && Object.getOwnPropertyDescriptor(owner, name);
  if (!owner || typeof descriptor?.value !== 'function') return;
  redefine(owner, name, { ...descriptor, value: proxyOf(realm, descriptor.value, replacement) });
}

/** Replaces the setter of a property; the getter stays. */
export function wrapSetter(
  realm: Realm,
  owner: object | undefined,
  name: string,
  replacement: Replacement,
): void {
  const descriptor = owner && Object.getOwnPropertyDescriptor(owner, name);
  if (!owner || !descriptor?.set) return;
  redefine(owner, name, { ...descriptor, set: proxyOf(realm, descriptor.set, replacement) as never });
}

/** Replaces the getter of a property; the setter stays. */
export function wrapGetter(
  realm: Realm,
  owner: object | undefined,
  name: string,
  replacement: Replacement,
): void {
  const descriptor = owner && Object.getOwnPropertyDescriptor(owner, name);
  if (!owner || !descriptor?.get) return;
  redefine(owner, name, { ...descriptor, get: proxyOf(realm, descriptor.get, replacement) as never });
}

/** Replaces a constructor of the window; `change` gets the arguments and returns those that the original is called with. */
export function wrapConstructor(realm: Realm, name: string, change: (args: unknown[]) => unknown[]): void {
  const { window } = realm;
  const descriptor = Object.getOwnPropertyDescriptor(window, name);
  const original: unknown = descriptor?.value;
  if (!descriptor || typeof original !== 'function') return;
  const { construct, Proxy: NativeProxy } = realm.natives;
  const replacement: object = new NativeProxy(original, {
    construct: (target, args: unknown[], newTarget): object =>
      construct(target, change(args), newTarget === replacement ? target : newTarget) as object,
  });
  redefine(window, name, { ...descriptor, value: replacement });
  const { prototype } = original as { prototype: object };
  redefine(prototype, 'constructor', {
    ...Object.getOwnPropertyDescriptor(prototype, 'constructor'),
    value: replacement,
  });
}
