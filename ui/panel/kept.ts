// What the panel keeps in its own storage, which the browser partitions by the customer's site.

export interface Kept {
  /** Bearer of the conversation. */
  token?: string;
  open?: boolean;
  sound?: boolean;
  name?: string;
  size?: { width: number; height: number };
  /** How many messages the person has seen. */
  read?: number;
}

/** @param site conversations of two sites on one origin are two */
export function openKept(site: string): {
  read(): Kept;
  write(change: { [K in keyof Kept]: Kept[K] | undefined }): void;
} {
  const key = `tandem ${site}`;
  // Where storage is refused (private modes, third-party blocking) the panel works until the page is left.
  let memory: Kept = {};
  const read = (): Kept => {
    try {
      const text = localStorage.getItem(key);
      if (text !== null) memory = JSON.parse(text) as Kept;
    } catch {
      // Keep what is in memory.
    }
    return memory;
  };
  return {
    read,
    write(change) {
      memory = JSON.parse(JSON.stringify({ ...read(), ...change })) as Kept;
      try {
        localStorage.setItem(key, JSON.stringify(memory));
      } catch {
        // See above.
      }
    },
  };
}
