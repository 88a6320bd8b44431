// A PostgreSQL of an application's own: its data in the application's folder, reached on a port of loopback.
import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '../free-port.ts';
import { type Program, startProgram } from './processes.ts';

export interface Postgres extends Program {
  port: number;
}

export const POSTGRES = ['postgresql-15'];
const PROGRAMS = '/usr/lib/postgresql/15/bin';
/** The database refuses to run as root, and then runs as `nobody`. */
const NOBODY = 65_534;

/** User `wanda` may do everything, in the database `wanda`. */
export async function startPostgres(folder: string): Promise<Postgres> {
  const data = join(folder, 'data');
  await mkdir(data);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    await chmod(folder, 0o711);
    await chown(data, NOBODY, NOBODY);
  }
  const as = (program: string, ...args: string[]): [string, string[]] => {
    const path = join(PROGRAMS, program);
    const other = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', path];
    return isRoot ? ['setpriv', [...other, ...args]] : [path, args];
  };
  const made = spawnSync(...as('initdb', '-D', data, '-U', 'wanda', '--auth=trust', '-E', 'UTF8', '-N'), {
    cwd: '/',
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`initdb: ${made.error ?? made.stderr.slice(-500)}`);
  const port = await findFreePort();
  const run = (sql: string): boolean =>
    spawnSync('psql', ['-h', '127.0.0.1', '-p', String(port), '-U', 'wanda', '-c', sql, 'postgres'])
      .status === 0;
  const listens = ['-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'];
  const { stop } = await startProgram(
    ...as('postgres', '-D', data, '-k', data, '-p', String(port), ...listens),
    {
      cwd: '/',
      ready: async () => run('SELECT 1'),
    },
  );
  if (!run('CREATE DATABASE wanda')) throw new Error('PostgreSQL made no database.');
  return { port, stop };
}
