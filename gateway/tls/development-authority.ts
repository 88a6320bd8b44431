// The certificate authority of `--https`: made by the gateway for this computer, able to vouch for its own names only.
import { generateKeyPair, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { isWithin } from '../sites/hosts.ts';

export interface DevelopmentAuthority {
  /** Where its certificate stands: what a browser is told to trust. */
  file: string;
  /** The same, PEM. */
  certificate: string;
  /**
   * A certificate for these names, of which `*.` may begin one, with its key, PEM.
   * @throws RangeError for a name that it may not vouch for
   */
  issue(names: readonly string[]): Promise<{ cert: string; key: string; until: Date }>;
}

const FOLDER = 'development-authority';
const CERTIFICATE = 'tandem-development-only.pem';
const KEY = 'tandem-development-only.key';
const DAY = 24 * 60 * 60 * 1_000;
const AUTHORITY_DAYS = 730;
/** Browsers refuse more than 398 days. */
const LEAF_DAYS = 30;

/**
 * Reads the authority of a data folder, or makes one. It is bound to its names by the certificate itself (RFC 5280 4.2.1.10),
 * so that its key, if it ever gets into other hands, vouches for no real site.
 * @param folder the data folder; gets a folder of mode 0700 with the key in a file of mode 0600
 * @param scopes host names; it vouches for them and for what is below them
 */
export async function openDevelopmentAuthority(
  folder: string,
  scopes: readonly string[] = ['localhost'],
): Promise<DevelopmentAuthority> {
  const place = join(folder, FOLDER);
  const file = join(place, CERTIFICATE);
  const kept = (await readKept(place, scopes)) ?? (await makeAuthority(place, scopes));
  const signer = forge.pki.privateKeyFromPem(kept.key);
  const issuer = forge.pki.certificateFromPem(kept.certificate);
  const leafKey = makeKey();
  return {
    file,
    certificate: kept.certificate,
    async issue(names) {
      const strange = names.find(
        (name) => !scopes.some((scope) => isWithin(name.replace(/^\*\./, ''), scope)),
      );
      if (strange !== undefined) throw new RangeError(`Not a name of this gateway: "${strange}"`);
      const key = await leafKey;
      const cert = startCertificate(key.publicKey, LEAF_DAYS);
      // Short enough for the field's 64 characters whatever the names are.
      cert.setSubject([{ name: 'commonName', value: 'Tandem development certificate' }]);
      cert.setIssuer(issuer.subject.attributes);
      cert.setExtensions([
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
        { name: 'subjectKeyIdentifier' },
        {
          name: 'authorityKeyIdentifier',
          keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes(),
        },
      ]);
      cert.sign(signer, forge.md.sha256.create());
      return {
        cert: `${forge.pki.certificateToPem(cert)}${kept.certificate}`,
        key: key.privateKey,
        until: cert.validity.notAfter,
      };
    },
  };
}

/** What is kept; undefined when there is nothing, it is at its end, or it vouches for other names than are wanted. */
async function readKept(
  place: string,
  scopes: readonly string[],
): Promise<{ certificate: string; key: string } | undefined> {
  try {
    const [certificate, key] = await Promise.all([
      readFile(join(place, CERTIFICATE), 'utf8'),
      readFile(join(place, KEY), 'utf8'),
    ]);
    const { validity, subject } = forge.pki.certificateFromPem(certificate);
    const left = validity.notAfter.getTime() - Date.now();
    const isFor = subject.getField('OU')?.value === scopeText(scopes);
    return left > LEAF_DAYS * DAY && isFor ? { certificate, key } : undefined;
  } catch {
    return undefined; // none yet, or not to be read: a new one is made
  }
}

function scopeText(scopes: readonly string[]): string {
  return `only for ${scopes.join(', ')}`.slice(0, 64);
}

async function makeAuthority(
  place: string,
  scopes: readonly string[],
): Promise<{ certificate: string; key: string }> {
  const { publicKey, privateKey } = await makeKey();
  const cert = startCertificate(publicKey, AUTHORITY_DAYS);
  const today = new Date().toISOString().slice(0, 10);
  const name = [
    { name: 'commonName', value: `Tandem DEVELOPMENT ONLY, made ${today}` },
    { name: 'organizationName', value: 'Tandem on this computer' },
    { shortName: 'OU', value: scopeText(scopes) },
  ];
  cert.setSubject(name);
  cert.setIssuer(name);
  cert.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { id: '2.5.29.30', critical: true, value: nameConstraints(scopes) },
    { name: 'subjectKeyIdentifier' },
  ]);
  cert.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  const certificate = forge.pki.certificateToPem(cert);
  await mkdir(place, { recursive: true, mode: 0o700 });
  await writeFile(join(place, KEY), privateKey, { mode: 0o600 });
  await writeFile(join(place, CERTIFICATE), certificate, { mode: 0o644 });
  return { certificate, key: privateKey };
}

function startCertificate(publicKey: string, days: number): forge.pki.Certificate {
  const cert = forge.pki.createCertificate();
  cert.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // Positive, 16 bytes (RFC 5280 4.1.2.2).
  cert.serialNumber = `4${randomBytes(16).toString('hex').slice(1)}`;
  // Clocks differ.
  cert.validity.notBefore = new Date(Date.now() - DAY);
  cert.validity.notAfter = new Date(Date.now() + days * DAY);
  return cert;
}

/** Permitted: these names and what is below them; excluded: every IP address, which names alone would leave free. */
function nameConstraints(scopes: readonly string[]): string {
  const { asn1 } = forge;
  const { Class, Type } = asn1;
  const sequence = (parts: forge.asn1.Asn1[]) => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, parts);
  const subtree = (tag: number, value: string) =>
    sequence([asn1.create(Class.CONTEXT_SPECIFIC, tag, false, value)]);
  const trees = (tag: number, parts: forge.asn1.Asn1[]) =>
    asn1.create(Class.CONTEXT_SPECIFIC, tag, true, parts);
  const DNS = 2;
  const IP = 7;
  const value = sequence([
    trees(
      0,
      scopes.map((scope) => subtree(DNS, scope)),
    ),
    trees(1, [subtree(IP, '\0'.repeat(8)), subtree(IP, '\0'.repeat(32))]),
  ]);
  return asn1.toDer(value).getBytes();
}

async function makeKey(): Promise<{ publicKey: string; privateKey: string }> {
  return await promisify(generateKeyPair)('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
