// Passwords of local accounts: scrypt hashes as they stand in the config file.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** OWASP's second choice (2024): 32 MiB and three rounds, about a quarter of a second. */
const COST = { N: 2 ** 15, r: 8, p: 3 };
const KEY_BYTES = 32;
/** A hash in the config may cost at most this much memory, whatever it says. */
const MAX_MEMORY = 256 * 1024 * 1024;

function derive(password: string, salt: Buffer, bytes: number, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // NFKC: the same password typed on another keyboard may come in another composition.
    scrypt(password.normalize('NFKC'), salt, bytes, { ...cost, maxmem: MAX_MEMORY }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/** `scrypt$N$r$p$salt$hash`, base64url, with a fresh salt. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, KEY_BYTES, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Whether the password is the hashed one. False also for a hash that is none, or too costly to be one of ours. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [kind, N, r, p, salt, key, ...more] = hash.split('$');
  if (kind !== 'scrypt' || salt === undefined || key === undefined || more.length > 0) return false;
  const expected = Buffer.from(key, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  if (expected.length < 16 || 128 * cost.N * cost.r > MAX_MEMORY / 2 || cost.p > 16) return false;
  try {
    const actual = await derive(password, Buffer.from(salt, 'base64url'), expected.length, cost);
    return timingSafeEqual(actual, expected);
  } catch {
    return false; // parameters that scrypt itself refuses
  }
}
