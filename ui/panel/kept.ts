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

/** As long as an agent's login at most: a conversation does not last longer. */
const COOKIE_SECONDS = 12 * 60 * 60;

/** @param site conversations of two sites on one origin are two */
export function openKept(site: string): {
  read(): Kept;
  write(change: { [K in keyof Kept]: Kept[K] | undefined }): void;
} {
  const place = openPlace(site);
  let memory: Kept = {};
  const read = (): Kept => {
    try {
      const text = place.read();
      if (text !== null) memory = JSON.parse(text) as Kept;
    } catch {
      // Where everything is refused the panel works from memory until the page is left.
    }
    return memory;
  };
  return {
    read,
    write(change) {
      memory = JSON.parse(JSON.stringify({ ...read(), ...change })) as Kept;
      try {
        place.write(JSON.stringify(memory));
      } catch {
        // See above.
      }
    },
  };
}

interface Place {
  read(): string | null;
  write(text: string): void;
}

function openPlace(site: string): Place {
  const key = `tandem ${site}`;
  try {
    // Reading the property is what throws.
    const storage = localStorage;
    return { read: () => storage.getItem(key), write: (text) => storage.setItem(key, text) };
  } catch {
    return openCookie(`__Host-tandem-${site}`);
  }
}

/**
 * Private windows and "block third-party cookies" refuse a frame all storage but cookies that are partitioned by the site
 * (CHIPS). The gateway never reads it.
 */
function openCookie(name: string): Place {
  return {
    read() {
      const pair = document.cookie.split('; ').find((one) => one.startsWith(`${name}=`));
      return pair === undefined ? null : decodeURIComponent(pair.slice(name.length + 1));
    },
    write(text) {
      const value = encodeURIComponent(text);
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is refused here, too, and not in every browser
      document.cookie = `${name}=${value}; Path=/; Secure; SameSite=None; Partitioned; Max-Age=${COOKIE_SECONDS}`;
    },
  };
}
