// Random names and credentials: how they are made, stored (hashed only) and compared.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { SID_LENGTH } from '../../protocol/address.ts';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** `length` characters of base32, five random bits each; an identifier, never a credential. */
export function newId(length: number): string {
  let id = '';
  // 256 is a multiple of 32, so taking the low five bits favours no character.
  for (const byte of randomBytes(length)) id += BASE32[byte & 31];
  return id;
}

/** A session id: 80 random bits that fit a DNS label. */
export function newSid(): string {
  return newId(SID_LENGTH);
}

/** A credential of 256 random bits, base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a credential: SHA-256, hex. Enough for 256 random bits; passwords need scrypt. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares a presented credential with a stored hash in constant time. */
export function secretIs(secret: string, hash: string | undefined): boolean {
  if (hash === undefined) return false;
  const expected = Buffer.from(hash, 'hex');
  const presented = createHash('sha256').update(secret).digest();
  return expected.length === presented.length && timingSafeEqual(presented, expected);
}

/** A value that only the holder of `key` can compute for `subject`: HMAC-SHA-256, base64url. */
export function proofOf(key: string, subject: string): string {
  return createHmac('sha256', key).update(subject).digest('base64url');
}

/** Compares two texts in constant time. */
export function sameText(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  const right = createHash('sha256').update(b).digest();
  return timingSafeEqual(left, right);
}
