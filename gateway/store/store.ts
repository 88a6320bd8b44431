// The store: what survives a restart. One interface; the embedded one (SQLite) and later Redis pass the same contract test.

/**
 * A small keyed store with expiry, compare-and-set and sealed (encrypted) values.
 * Namespaces are flat names such as `session`, `conversation`, `login`, `jar:<sid>`.
 * Every value is JSON. Under a `seal` id it is encrypted with that seal's own key (AES-256-GCM); destroying the seal makes
 * all its values unreadable at once and deletes them.
 */
export interface Store {
  /** The value and its version, or undefined when absent or expired. */
  get<T>(space: string, key: string): Promise<{ value: T; version: number } | undefined>;
  /** All live entries of a namespace. */
  list<T>(space: string): Promise<{ key: string; value: T; version: number }[]>;
  /**
   * Writes a value. With `expect`, only when the present version is that (0 = absent).
   * @returns the new version, or undefined when `expect` did not hold
   */
  put(space: string, key: string, value: unknown, options?: PutOptions): Promise<number | undefined>;
  /** Deletes and yields what was there: single use of tickets. */
  take<T>(space: string, key: string): Promise<T | undefined>;
  delete(space: string, key: string): Promise<void>;
  /** Destroys the key of a seal and every value under it; what is freed on disk is overwritten. */
  destroySeal(seal: string): Promise<void>;
  close(): Promise<void>;
}

export interface PutOptions {
  /** Milliseconds since the epoch. */
  expires?: number;
  /** Encrypt under this seal (the session id). */
  seal?: string;
  expect?: number;
}
