// Seals cookies for one gateway, one site and one challenge: AES-256-GCM under a key made of the shared secret (docs/HANDOVER.md).
import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';

const LABEL = 'tandem-handover 1';

/** @type {typeof import('./handover.js').sealCookies} */
export function sealCookies({ secret, site, challenge, origin, cookies, now = Date.now() }) {
  if (secret.length < 32) throw new TypeError('The secret needs at least 32 characters.');
  const key = Buffer.from(hkdfSync('sha256', secret, '', LABEL, 32));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(`${LABEL}\n${site}\n${challenge}`));
  const plain = JSON.stringify({ issued: now, origin, cookies });
  const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `1.${sealed.toString('base64url')}`;
}
