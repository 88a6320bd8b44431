// TLS by files: which certificate is served, what is refused with file and line, and that the state before stays.
import { mkdtemp, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLog } from '../../../gateway/log.ts';
import { ConfigError, type ConfigProblem } from '../../../gateway/sites/config.ts';
import { readPair } from '../../../gateway/tls/certificate-pair.ts';
import { createSecureServer } from '../../../gateway/tls/secure-server.ts';
import { type FileCertificates, serveFiles } from '../../../gateway/tls/served-certificates.ts';
import { makeAuthority, makeKey, type TestAuthority } from './test-certificates.ts';

const log = createLog('silent');
let authority: TestAuthority;
let folder: string;
beforeAll(() => {
  authority = makeAuthority();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-tls-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
async function write(name: string, { cert, key }: { cert: string; key: string }) {
  await writeFile(at(`${name}.pem`), cert);
  await writeFile(at(`${name}.key`), key);
  return { certificate: at(`${name}.pem`), key: at(`${name}.key`) };
}
async function problemOf(files: { certificate: string; key: string }): Promise<ConfigProblem> {
  const error = await readPair(files).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).problems[0]!;
}

describe('a certificate and its key', () => {
  test('are taken with their chain', async () => {
    const { cert, key } = authority.issue(['a.example']);
    const pair = await readPair(await write('good', { cert: cert + authority.cert, key }));
    expect(pair.warnings).toEqual([]);
    expect(pair.cert).toContain(authority.cert.trim());
  });

  test('are refused with file, line and a sentence when they cannot be served', async () => {
    const good = authority.issue(['a.example']);
    const other = makeKey();
    const cases: [string, { cert: string; key: string }, number, RegExp, 'pem' | 'key'][] = [
      ['no certificate', { ...good, cert: 'nothing\n' }, 1, /no certificate in the file/, 'pem'],
      [
        'a damaged chain',
        { ...good, cert: `${good.cert}\n${authority.cert.replace(/MII../, '!!!!!')}` },
        good.cert.split('\n').length + 1,
        /cannot be read/,
        'pem',
      ],
      ['half a certificate', { ...good, cert: good.cert.slice(0, 200) }, 1, /has no end/, 'pem'],
      ['no key', { ...good, key: '' }, 1, /no private key/, 'key'],
      ['a locked key', { ...good, key: `\n${makeKey('secret').privateKey}` }, 2, /passphrase/, 'key'],
      ['a damaged key', { ...good, key: good.key.replace(/MII../, '!!!!!') }, 1, /cannot be read/, 'key'],
      ['the key of another', { ...good, key: other.privateKey }, 1, /does not belong to the key/, 'pem'],
      [
        'the chain in the wrong order',
        { ...good, cert: authority.cert + good.cert },
        authority.cert.trimEnd().split('\n').length + 1,
        /must be the first/,
        'pem',
      ],
      [
        'one that has expired',
        authority.issue(['a.example'], { from: -9, until: -1 }),
        1,
        /expired on \d/,
        'pem',
      ],
      ['one of tomorrow', authority.issue(['a.example'], { from: 2 }), 1, /valid only from \d/, 'pem'],
    ];
    for (const [name, pem, line, message, file] of cases) {
      const problem = await problemOf(await write('bad', pem));
      expect([name, problem]).toEqual([
        name,
        { file: at(`bad.${file}`), line, message: expect.stringMatching(message) },
      ]);
    }
    expect(await problemOf({ certificate: at('nowhere'), key: at('bad.key') })).toEqual({
      file: at('nowhere'),
      line: 1,
      message: 'The file cannot be read (ENOENT).',
    });
  });

  test('are spoken of before they run out', async () => {
    const { warnings } = await readPair(await write('soon', authority.issue(['a.example'], { until: 10 })));
    expect(warnings).toMatchObject([{ message: expect.stringMatching(/expires on \d/) }]);
  });
});

describe('a server with certificates of files', () => {
  let server: Server | undefined;
  let served: FileCertificates | undefined;
  let problems: ConfigProblem[] = [];
  afterEach(async () => {
    served?.close();
    await new Promise((done) => (server ? server.close(done) : done(undefined)));
    server = undefined;
  });
  afterAll(() => {
    problems = [];
  });

  async function serve(files: { certificate: string; key: string }[], names: string[] = []): Promise<void> {
    served = await serveFiles({
      files: () => files,
      names: () => names,
      report: (found) => {
        problems = found;
      },
      log,
      every: 20,
    });
    const certificates = served;
    server = createSecureServer({}, { certificates: () => certificates, minVersion: 'TLSv1.2', log });
    const listening = server;
    await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
  }

  /** Subject of the certificate that is served for a name, or why there is none. */
  function look(servername: string, more: { maxVersion?: 'TLSv1.1' | 'TLSv1.2' } = {}): Promise<string> {
    const { port } = server!.address() as AddressInfo;
    return new Promise((resolve) => {
      const socket = connect(
        {
          host: '127.0.0.1',
          port,
          servername,
          ca: authority.cert,
          ALPNProtocols: ['h2', 'http/1.1'],
          minVersion: 'TLSv1',
          ...more,
        },
        () => {
          const { subject } = socket.getPeerCertificate();
          resolve(`${subject.CN} ${String(socket.alpnProtocol)}`);
          socket.destroy();
        },
      );
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    });
  }

  test('chooses by name, speaks HTTP/1.1 only, and nothing older than TLS 1.2', async () => {
    await serve([
      await write('console', authority.issue(['console.example', 'panel.console.example'])),
      await write('pages', authority.issue(['*.pages.example'])),
    ]);
    expect(await look('console.example')).toBe('console.example http/1.1');
    expect(await look('a--b.pages.example')).toBe('*.pages.example http/1.1');
    expect(await look('A--B.Pages.Example')).toBe('*.pages.example http/1.1');
    expect(await look('stranger.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await look('console.example', { maxVersion: 'TLSv1.2' })).toBe('console.example http/1.1');
    expect(await look('console.example', { maxVersion: 'TLSv1.1' })).toMatch(/PROTOCOL|ALERT|UNSUPPORTED/);
  });

  test('serves what the files say now, also behind a link, and stays as it was when that is nothing', async () => {
    const files = await write('live', authority.issue(['a.example']));
    await write('next', authority.issue(['a.example', 'b.example']));
    const linked = { certificate: at('link.pem'), key: at('link.key') };
    await symlink(files.certificate, linked.certificate);
    await symlink(files.key, linked.key);
    await serve([linked]);
    expect(await look('a.example')).toMatch(/^a\.example/);
    expect(await look('b.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    await unlink(linked.certificate);
    await symlink(at('next.pem'), linked.certificate);
    await vi.waitFor(async () => expect(await look('b.example')).toMatch(/^a\.example/), { timeout: 5_000 });

    await writeFile(at('next.pem'), 'rubbish');
    await vi.waitFor(() => expect(problems).toMatchObject([{ file: linked.certificate, line: 1 }]), {
      timeout: 5_000,
    });
    expect(await look('b.example')).toMatch(/^a\.example/);
    await write('next', authority.issue(['c.example']));
    await vi.waitFor(async () => expect(await look('c.example')).toMatch(/^c\.example/), { timeout: 5_000 });
    expect(problems).toEqual([]);
  });

  test('tells which names of the gateway no certificate is for', async () => {
    const only = await write('only', authority.issue(['console.example', '*.pages.example']));
    await serve([only], ['console.example', 'panel.console.example', '*.pages.example']);
    expect(problems).toMatchObject([{ message: expect.stringContaining('"panel.console.example"') }]);
  });
});
