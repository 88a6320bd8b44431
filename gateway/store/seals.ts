// The keys of seals: one small file each, wrapped with the master key; destroying one overwrites its file in place.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Seals destroyed in this process that are remembered, so that a late write cannot bring one back to life. */
const REMEMBERED = 20_000;

/** AES-256-GCM; the result is nonce, ciphertext, tag. `context` must be the same at opening. */
export function encrypt(key: Buffer, plain: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error when key or context are others, or a byte was changed */
export function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}

/** The keys of all living seals of one data folder. */
export class Seals {
  readonly #folder: string;
  readonly #master: Buffer;
  readonly #keys = new Map<string, Buffer>();
  readonly #destroyed = new Set<string>();

  /** @param folder the data folder; gets `master.key` and `seals/`, readable by the owner only */
  constructor(folder: string) {
    this.#folder = join(folder, 'seals');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#master = readMaster(join(folder, 'master.key'));
  }

  #fileOf(seal: string): string {
    return join(this.#folder, createHash('sha256').update(seal).digest('hex'));
  }

  isDestroyed(seal: string): boolean {
    return this.#destroyed.has(seal);
  }

  /** The key of a seal; undefined when there is none or it was destroyed. */
  find(seal: string): Buffer | undefined {
    const known = this.#keys.get(seal);
    if (known || this.#destroyed.has(seal)) return known;
    try {
      const key = decrypt(this.#master, readFileSync(this.#fileOf(seal)), seal);
      this.#keys.set(seal, key);
      return key;
    } catch {
      return undefined; // no file, or one whose destruction was cut short
    }
  }

  /** The key of a seal, made at the first call. @throws Error when the seal was destroyed */
  ensure(seal: string): Buffer {
    const known = this.find(seal);
    if (known) return known;
    if (this.#destroyed.has(seal)) throw new Error('This seal was destroyed');
    const key = randomBytes(KEY_BYTES);
    const fd = openSync(this.#fileOf(seal), 'w', 0o600);
    try {
      writeSync(fd, encrypt(this.#master, key, seal));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    this.#keys.set(seal, key);
    return key;
  }

  /** Overwrites the key's file in place before it is unlinked: an unlink alone leaves the bytes on the disk. */
  destroy(seal: string): void {
    this.#keys.get(seal)?.fill(0);
    this.#keys.delete(seal);
    this.#destroyed.add(seal);
    if (this.#destroyed.size > REMEMBERED) this.#destroyed.delete(this.#destroyed.values().next().value!);
    wipe(this.#fileOf(seal));
  }

  /** Destroys the keys of all seals but these: what a crash between two steps left over. */
  keepOnly(seals: Iterable<string>): void {
    const kept = new Set([...seals].map((seal) => this.#fileOf(seal)));
    for (const name of readdirSync(this.#folder)) {
      const file = join(this.#folder, name);
      if (!kept.has(file)) wipe(file);
    }
    for (const seal of this.#keys.keys()) if (!kept.has(this.#fileOf(seal))) this.#keys.delete(seal);
  }

  close(): void {
    for (const key of this.#keys.values()) key.fill(0);
    this.#keys.clear();
    this.#master.fill(0);
  }
}

function wipe(file: string): void {
  let fd: number;
  try {
    fd = openSync(file, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    writeSync(fd, randomBytes(Math.max(1, fstatSync(fd).size)), 0, undefined, 0);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  rmSync(file, { force: true });
}

function readMaster(file: string): Buffer {
  try {
    writeFileSync(file, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    chmodSync(file, 0o600);
  }
  const key = readFileSync(file);
  if (key.length !== KEY_BYTES) throw new Error(`${file} is not a master key of ${KEY_BYTES} bytes`);
  return key;
}
