// The embedded store: one SQLite file in the data folder; sealed values are ciphertext, their keys lie in seals.ts's files.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { decrypt, encrypt, Seals } from './seals.ts';
import type { PutOptions, Store } from './store.ts';

const SWEEP_EVERY_MS = 30_000;

interface Row {
  key: string;
  version: number;
  seal: string | null;
  value: Uint8Array;
}

/**
 * Opens (and makes) the store of a data folder. One process at a time.
 *
 * The journal is a WAL without fsync at each write: a power cut may lose the last moments, never damage the file. Page images in
 * the WAL hold sealed values only as ciphertext, and the WAL is emptied when a seal is destroyed; `secure_delete` overwrites what
 * is freed in the file itself. So a destroyed seal leaves nothing that can be read, wherever the disk still keeps old blocks.
 *
 * @param options.now the clock, milliseconds since the epoch
 * @throws Error when the folder cannot be written, or another process has it open
 */
export async function openEmbedded(folder: string, options: { now?: () => number } = {}): Promise<Store> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(folder, 'tandem.sqlite'));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = NORMAL');
    database.exec('PRAGMA secure_delete = ON');
    // Temporary tables and sorters stay in memory.
    database.exec('PRAGMA temp_store = MEMORY');
    database.exec(`
      CREATE TABLE IF NOT EXISTS entries (
        space TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, expires INTEGER, seal TEXT, value BLOB NOT NULL,
        PRIMARY KEY (space, key)
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS by_seal ON entries (seal) WHERE seal IS NOT NULL;
      CREATE INDEX IF NOT EXISTS by_expiry ON entries (expires) WHERE expires IS NOT NULL;
    `);
  } catch (error) {
    database.close();
    const busy = error instanceof Error && /locked|busy/i.test(error.message);
    throw new Error(
      busy ? `Another process uses the data folder ${folder}.` : `${folder} cannot be used as data folder.`,
      {
        cause: error,
      },
    );
  }
  return new EmbeddedStore(database, new Seals(folder), options.now ?? Date.now);
}

class EmbeddedStore implements Store {
  readonly #database: DatabaseSync;
  readonly #seals: Seals;
  readonly #now: () => number;
  readonly #sweeper: NodeJS.Timeout;
  readonly #sql: ReturnType<typeof prepare>;
  /** Ascends over all keys, so that a version names one write for ever, also after delete and put. */
  #version: number;
  #closed = false;

  constructor(database: DatabaseSync, seals: Seals, now: () => number) {
    this.#database = database;
    this.#seals = seals;
    this.#now = now;
    this.#sql = prepare(database);
    this.#version = Number(this.#sql.lastVersion.get()?.version ?? 0);
    this.#sweep();
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_EVERY_MS).unref();
  }

  async get<T>(space: string, key: string): Promise<{ value: T; version: number } | undefined> {
    const row = this.#find(space, key);
    const opened = row && this.#open<T>(space, row);
    return opened && { value: opened.value, version: row.version };
  }

  async list<T>(space: string): Promise<{ key: string; value: T; version: number }[]> {
    const rows = this.#sql.list.all(space, this.#now()) as unknown as Row[];
    return rows.flatMap((row) => {
      const opened = this.#open<T>(space, row);
      return opened ? [{ key: row.key, value: opened.value, version: row.version }] : [];
    });
  }

  async put(
    space: string,
    key: string,
    value: unknown,
    options: PutOptions = {},
  ): Promise<number | undefined> {
    const { seal, expires, expect } = options;
    if (seal !== undefined && this.#seals.isDestroyed(seal)) return undefined;
    if (expect !== undefined && (this.#find(space, key)?.version ?? 0) !== expect) return undefined;
    const json = JSON.stringify(value);
    if (json === undefined) throw new TypeError('Only JSON values can be stored');
    const plain = Buffer.from(json);
    const bytes =
      seal === undefined ? plain : encrypt(this.#seals.ensure(seal), plain, contextOf(space, key));
    const version = ++this.#version;
    this.#sql.put.run(space, key, version, expires ?? null, seal ?? null, bytes);
    return version;
  }

  async take<T>(space: string, key: string): Promise<T | undefined> {
    const row = this.#find(space, key);
    if (!row) return undefined;
    this.#sql.remove.run(space, key);
    return this.#open<T>(space, row)?.value;
  }

  async delete(space: string, key: string): Promise<void> {
    this.#sql.remove.run(space, key);
  }

  async destroySeal(seal: string): Promise<void> {
    // First the key: whatever happens after, the values are unreadable.
    this.#seals.destroy(seal);
    this.#sql.removeSeal.run(seal);
    this.#emptyJournal();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#sweeper);
    this.#emptyJournal();
    this.#database.close();
    this.#seals.close();
  }

  #find(space: string, key: string): Row | undefined {
    return this.#sql.get.get(space, key, this.#now()) as unknown as Row | undefined;
  }

  /** Undefined where the seal's key is gone. @throws Error when the file was tampered with */
  #open<T>(space: string, row: Row): { value: T } | undefined {
    const bytes = Buffer.from(row.value.buffer, row.value.byteOffset, row.value.byteLength);
    if (row.seal === null) return { value: JSON.parse(bytes.toString()) as T };
    const key = this.#seals.find(row.seal);
    return key && { value: JSON.parse(decrypt(key, bytes, contextOf(space, row.key)).toString()) as T };
  }

  /** Deletes what has expired, and the keys of seals under which nothing is left. */
  #sweep(): void {
    const { changes } = this.#sql.removeExpired.run(this.#now());
    const living = this.#sql.seals.all() as { seal: string }[];
    this.#seals.keepOnly(living.map(({ seal }) => seal));
    if (changes > 0) this.#emptyJournal();
  }

  /** Copies the WAL into the file and cuts it to zero bytes. */
  #emptyJournal(): void {
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }
}

/** Ties a ciphertext to its place: values cannot be swapped within the file. */
function contextOf(space: string, key: string): string {
  return JSON.stringify([space, key]);
}

function prepare(database: DatabaseSync) {
  const living = '(expires IS NULL OR expires > ?)';
  return {
    get: database.prepare(
      `SELECT key, version, seal, value FROM entries WHERE space = ? AND key = ? AND ${living}`,
    ),
    list: database.prepare(
      `SELECT key, version, seal, value FROM entries WHERE space = ? AND ${living} ORDER BY key`,
    ),
    put: database.prepare(
      'INSERT OR REPLACE INTO entries (space, key, version, expires, seal, value) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    remove: database.prepare('DELETE FROM entries WHERE space = ? AND key = ?'),
    removeSeal: database.prepare('DELETE FROM entries WHERE seal = ?'),
    removeExpired: database.prepare('DELETE FROM entries WHERE expires <= ?'),
    seals: database.prepare('SELECT DISTINCT seal FROM entries WHERE seal IS NOT NULL'),
    lastVersion: database.prepare('SELECT MAX(version) AS version FROM entries'),
  };
}
