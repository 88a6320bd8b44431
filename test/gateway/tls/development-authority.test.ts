// The authority of --https: whom it vouches for, how its key is kept, and that a gateway speaks TLS by it.
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createSecureContext } from 'node:tls';
import forge from 'node-forge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDevelopmentAuthority } from '../../../gateway/tls/development-authority.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-authority-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a client that trusts the authority says to a server with this certificate. */
async function handshake(
  ca: string,
  pem: { cert: string; key: string },
  servername: string,
): Promise<string> {
  const server = createServer(pem, (_req, res) => res.end('ok'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, servername, ca }, () => {
        socket.destroy();
        resolve('trusted');
      });
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  } finally {
    server.close();
  }
}

describe('the authority of development', () => {
  test('is made once, says what it is, and keeps its key to itself', async () => {
    const first = await openDevelopmentAuthority(folder);
    const again = await openDevelopmentAuthority(folder);
    expect(again.certificate).toBe(first.certificate);
    expect(await readFile(first.file, 'utf8')).toBe(first.certificate);
    expect(new X509Certificate(first.certificate).subject).toContain('DEVELOPMENT ONLY');
    const key = first.file.replace(/\.pem$/, '.key');
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'development-authority'))).mode & 0o777).toBe(0o700);
  });

  test('vouches for its own names and their wildcards', async () => {
    const authority = await openDevelopmentAuthority(folder);
    const issued = await authority.issue(['*.cobrowse.localhost', 'cobrowse.localhost']);
    for (const name of ['a--b.cobrowse.localhost', 'cobrowse.localhost'])
      expect(await handshake(authority.certificate, issued, name)).toBe('trusted');
    expect(await handshake(authority.certificate, issued, 'other.localhost')).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
    await expect(authority.issue(['www.bank.example'])).rejects.toThrow(RangeError);
    await expect(authority.issue(['localhost.evil.example'])).rejects.toThrow(RangeError);
  });

  test('could vouch for no real site, even by one who has its key', async () => {
    const { certificate, file } = await openDevelopmentAuthority(folder);
    const key = await readFile(file.replace(/\.pem$/, '.key'), 'utf8');
    const issuer = forge.pki.certificateFromPem(certificate);
    const forged = forge.pki.createCertificate();
    forged.publicKey = issuer.publicKey;
    forged.serialNumber = '01';
    forged.validity.notAfter = new Date(Date.now() + 86_400_000);
    forged.setSubject([{ name: 'commonName', value: 'www.bank.example' }]);
    forged.setIssuer(issuer.subject.attributes);
    for (const name of [
      { type: 2, value: 'www.bank.example' },
      { type: 7, ip: '127.0.0.1' },
    ]) {
      forged.setExtensions([{ name: 'subjectAltName', altNames: [name] }]);
      forged.sign(forge.pki.privateKeyFromPem(key), forge.md.sha256.create());
      const pem = { cert: forge.pki.certificateToPem(forged), key };
      // OpenSSL's names for a breach of RFC 5280 4.2.1.10.
      expect(await handshake(certificate, pem, 'www.bank.example')).toMatch(
        /PERMITTED|EXCLUDED|UNSPECIFIED|violation/i,
      );
    }
  });

  test('is made anew when the gateway gets other names', async () => {
    const before = await openDevelopmentAuthority(folder);
    const after = await openDevelopmentAuthority(folder, ['localhost', 'tandem.test']);
    expect(after.certificate).not.toBe(before.certificate);
    const issued = await after.issue(['console.tandem.test']);
    expect(createSecureContext(issued)).toBeDefined();
    expect(await handshake(after.certificate, issued, 'console.tandem.test')).toBe('trusted');
  });
});
