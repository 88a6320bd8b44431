// A whole gateway that serves TLS by its config: names, redirect, HSTS, edits that are refused, and limits before the handshake.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect as connectPlain, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { connect as connectSecure } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Gateway, startGateway } from '../../../gateway/gateway.ts';
import { createLog } from '../../../gateway/log.ts';
import { ConfigError } from '../../../gateway/sites/config.ts';
import { ASSETS } from '../start-gateway.ts';
import { makeAuthority, type TestAuthority } from './test-certificates.ts';

const NAMES = ['console.company.test', 'panel.console.company.test'];
const BASE = 'pages.content.test';

let authority: TestAuthority;
let folder: string;
let gateway: Gateway | undefined;
const opened: Socket[] = [];
beforeAll(() => {
  authority = makeAuthority();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-gateway-tls-'));
  await write('console', authority.issue(NAMES));
  await write('pages', authority.issue([`*.${BASE}`]));
});
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  await gateway?.stop();
  gateway = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function write(name: string, { cert, key }: { cert: string; key: string }): Promise<void> {
  await writeFile(join(folder, `${name}.pem`), cert);
  await writeFile(join(folder, `${name}.key`), key);
}

async function start(more = ''): Promise<Gateway> {
  const file = join(folder, 'tandem.yaml');
  await writeFile(
    file,
    `listen: 127.0.0.1:0
publicUrl: https://console.company.test
base: ${BASE}
data: ./data
hsts: 600
tls:
  certificates:
    - { certificate: console.pem, key: console.key }
    - { certificate: pages.pem, key: pages.key }
  redirect: 127.0.0.1:0
${more}`,
  );
  gateway = await startGateway({ configFile: file, assets: ASSETS, log: createLog('silent') });
  return gateway;
}

interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  subject: string;
}

/** By TLS; the certificate must be good for the host. */
function ask(host: string, path = '/'): Promise<Answer | string> {
  return new Promise((resolve) => {
    const { port } = gateway!;
    const req = secureRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        servername: host,
        headers: { host },
        ca: authority.cert,
        agent: false,
      },
      (res) => {
        const subject = (res.socket as ReturnType<typeof connectSecure>).getPeerCertificate().subject.CN;
        res.resume();
        resolve({ status: res.statusCode ?? 0, headers: res.headers, subject: String(subject) });
      },
    );
    req.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    req.end();
  });
}

function askPlain(
  port: number,
  host: string,
  path: string,
  method = 'GET',
): Promise<[number, string] | string> {
  return new Promise((resolve) => {
    const req = plainRequest(
      { host: '127.0.0.1', port, path, method, headers: { host }, agent: false },
      (res) => {
        res.resume();
        resolve([res.statusCode ?? 0, res.headers.location ?? '']);
      },
    );
    req.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    req.end();
  });
}

describe('a gateway with certificates of its own', () => {
  test('serves each of its names with the right one, and says HSTS as configured', async () => {
    await start();
    expect(await ask('console.company.test', '/healthz')).toMatchObject({
      status: 200,
      subject: 'console.company.test',
      headers: { 'strict-transport-security': 'max-age=600' },
    });
    const panel = await ask('panel.console.company.test', '/opening');
    expect(panel).toMatchObject({ status: 200, headers: { 'strict-transport-security': 'max-age=600' } });
    expect(await ask(`abcdefghijklmnop.${BASE}`)).toMatchObject({ status: 410, subject: `*.${BASE}` });
    expect(await askPlain(gateway!.port, 'console.company.test', '/')).toBeTypeOf('string');
    expect(gateway!.registry.problems).toEqual([]);
  });

  test('sends plain http on to https, for its own names and for reading only', async () => {
    const { redirectPort } = await start();
    const port = redirectPort!;
    expect(await askPlain(port, 'console.company.test', '/admin?a=1')).toEqual([
      308,
      'https://console.company.test/admin?a=1',
    ]);
    expect(await askPlain(port, `abcdefghijklmnop.${BASE}:80`, '/')).toEqual([
      308,
      `https://abcdefghijklmnop.${BASE}/`,
    ]);
    for (const host of [
      'evil.example',
      '127.0.0.1',
      `evil.example.${BASE}`,
      'console.company.test.evil.example',
    ])
      expect([host, await askPlain(port, host, '/')]).toEqual([host, [421, '']]);
    expect(await askPlain(port, 'console.company.test', '/console/api/login', 'POST')).toEqual([403, '']);
    expect(await askPlain(port, 'console.company.test', '//evil.example/')).toEqual([
      308,
      'https://console.company.test//evil.example/',
    ]);
  });

  test('goes on with what it has when a file or the config says something impossible, and tells the admin', async () => {
    const { registry } = await start();
    const file = join(folder, 'console.pem');
    await writeFile(file, 'rubbish');
    const problem = { file, line: 1, message: expect.stringMatching(/no certificate/) };
    await vi.waitFor(() => expect(registry.problems).toEqual([problem]), { timeout: 8_000, interval: 50 });
    expect(await ask('console.company.test', '/healthz')).toMatchObject({ status: 200 });

    // An edit that names others applies without a restart.
    await write('renewed', authority.issue(['new.subject', ...NAMES]));
    const config = join(folder, 'tandem.yaml');
    const text = await readFile(config, 'utf8');
    await writeFile(
      config,
      text.replaceAll('console.pem, key: console.key', 'renewed.pem, key: renewed.key'),
    );
    await vi.waitFor(
      async () => expect(await ask('console.company.test')).toMatchObject({ subject: 'new.subject' }),
      { timeout: 8_000, interval: 50 },
    );
    expect(registry.problems).toEqual([]);
  });

  test('does not start with a certificate or an authority that cannot be read, and says where', async () => {
    await writeFile(join(folder, 'pages.key'), '');
    const error = await start().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain(`${join(folder, 'pages.key')}:1: There is no private key`);
    await write('pages', authority.issue([`*.${BASE}`]));
    const domains = (ca: string) =>
      `domains:\n  - { title: Shop, hosts: [www.shop.example], protocols: [https], ca: ${ca} }\n`;
    await expect(start(domains('nowhere.pem'))).rejects.toThrow(/nowhere\.pem:1: The file cannot be read/);
    await expect(start(domains('pages.pem'))).rejects.toThrow(/pages\.pem:1: .* not that of an authority/);
  });

  test('counts connections from the first byte on, before they are encrypted', async () => {
    await start('limits: { connectionsFromLoopback: 3 }\n');
    const { port } = gateway!;
    for (let count = 0; count < 3; count += 1) {
      const silent = connectPlain(port, '127.0.0.1');
      opened.push(silent);
      await new Promise((done) => silent.once('connect', done));
    }
    await vi.waitFor(async () => expect(await ask('console.company.test', '/healthz')).toBe('ECONNRESET'));
    opened[0]?.destroy();
    await vi.waitFor(async () =>
      expect(await ask('console.company.test', '/healthz')).toMatchObject({ status: 200 }),
    );
  });
});

describe('--https', () => {
  test('and a plain public address contradict each other', async () => {
    const file = join(folder, 'tandem.yaml');
    await writeFile(file, 'listen: 127.0.0.1:0\npublicUrl: http://console.localhost:9000\n');
    await expect(
      startGateway({ configFile: file, assets: ASSETS, log: createLog('silent'), https: true }),
    ).rejects.toThrow(/must begin with https/);
  });
});
