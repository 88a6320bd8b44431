// Hashes of what the recorder said and the gateway had to mask: so that drift is found there too, without keeping what is masked.
import type { Slot } from './tree.ts';

/** Names: '' for a text, `name` for an attribute, `.name` for a property. */
export class Unmasked {
  readonly #hashes = new Map<Slot, Map<string, number>>();

  /** @param hash share of the value as it was said */
  keep(slot: Slot, name: string, hash: number): void {
    const hashes = this.#hashes.get(slot);
    if (hashes) hashes.set(name, hash);
    else this.#hashes.set(slot, new Map([[name, hash]]));
  }

  find(slot: Slot, name: string): number | undefined {
    return this.#hashes.get(slot)?.get(name);
  }

  of(slot: Slot): ReadonlyMap<string, number> | undefined {
    return this.#hashes.get(slot);
  }

  /** Said anew: what was there is not any more. */
  forget(slot: Slot, name?: string): void {
    if (name === undefined) this.#hashes.delete(slot);
    else this.#hashes.get(slot)?.delete(name);
  }
}
