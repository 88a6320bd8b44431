// The command line: what it answers without starting, and what it says when it cannot start.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyPassword } from '../../gateway/sites/accounts.ts';
import { spoil } from './sites/config-text.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'gateway', 'main.ts');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-main-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the program to its end. */
function run(args: string[], input = ''): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('error', fail);
    child.on('close', (code) => done({ code, out, err }));
    child.stdin.end(input);
  });
}

test('--hash-password prints a hash of the line on standard input', async () => {
  const { code, out } = await run(['--hash-password'], 'correct horse\n');
  expect(code).toBe(0);
  expect(out).toMatch(/^scrypt\$\S+\n$/);
  expect(await verifyPassword('correct horse', out.trim())).toBe(true);
  expect(await run(['--hash-password'])).toEqual({
    code: 1,
    out: '',
    err: 'There was no password on standard input.\n',
  });
});

test('--help explains the arguments; an unknown one is answered with them', async () => {
  const help = await run(['--help']);
  expect(help).toMatchObject({ code: 0, err: '' });
  expect(help.out).toContain('--config FILE');
  const unknown = await run(['--colour']);
  expect(unknown.code).toBe(1);
  expect(unknown.err).toContain("Unknown option '--colour'");
  expect(unknown.err).toContain('--config FILE');
  expect((await run(['--port', 'many'])).err).toMatch(/^--port must be a number/);
});

test('a missing or bad configuration ends the start with file, line and sentence', async () => {
  expect((await run(['--config', 'none.yaml'])).err).toBe('There is no configuration at none.yaml.\n');
  await writeFile(join(folder, 'bad.yaml'), spoil('cobrowsing: true # R1', 'cobrowsing: maybe'));
  const bad = await run(['--config', 'bad.yaml']);
  expect(bad.code).toBe(1);
  expect(bad.err).toBe('bad.yaml:3: "system.cobrowsing" must be true or false.\n');
});
