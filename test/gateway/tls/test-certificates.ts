// Authorities and certificates of tests, good and bad, made on the spot.
import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

const DAY = 24 * 60 * 60 * 1_000;

export interface Pem {
  cert: string;
  key: string;
}

export interface TestAuthority extends Pem {
  /** @param more days from now of beginning and end; a key of its own where the files shall not fit an older one */
  issue(names: string[], more?: { from?: number; until?: number; key?: string }): Pem;
}

export function makeKey(passphrase?: string): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: {
      type: 'pkcs8',
      format: 'pem',
      ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }),
    },
  });
}

let serial = 1;

function start(publicKey: string, name: string, from: number, until: number): forge.pki.Certificate {
  const cert = forge.pki.createCertificate();
  cert.publicKey = forge.pki.publicKeyFromPem(publicKey);
  cert.serialNumber = (serial++).toString(16).padStart(4, '0');
  cert.validity.notBefore = new Date(Date.now() + from * DAY);
  cert.validity.notAfter = new Date(Date.now() + until * DAY);
  cert.setSubject([{ name: 'commonName', value: name }]);
  return cert;
}

export function makeAuthority(name = 'Test authority'): TestAuthority {
  const own = makeKey();
  const signer = forge.pki.privateKeyFromPem(own.privateKey);
  const authority = start(own.publicKey, name, -400, 400);
  authority.setIssuer(authority.subject.attributes);
  authority.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  authority.sign(signer, forge.md.sha256.create());
  // One key for all: making them is what takes time.
  const leaf = makeKey();
  return {
    cert: forge.pki.certificateToPem(authority),
    key: own.privateKey,
    issue(names, { from = -1, until = 90, key } = {}) {
      const pair =
        key === undefined ? leaf : { privateKey: key, publicKey: forge.pki.publicKeyToPem(publicOf(key)) };
      const cert = start(pair.publicKey, names[0] ?? 'none', from, until);
      cert.setIssuer(authority.subject.attributes);
      cert.setExtensions([
        { name: 'basicConstraints', cA: false },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
      ]);
      cert.sign(signer, forge.md.sha256.create());
      return { cert: forge.pki.certificateToPem(cert), key: pair.privateKey };
    },
  };
}

function publicOf(key: string): forge.pki.rsa.PublicKey {
  const { n, e } = forge.pki.privateKeyFromPem(key);
  return forge.pki.setRsaPublicKey(n, e);
}
