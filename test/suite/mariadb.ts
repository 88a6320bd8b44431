// A MariaDB of an application's own: its data in the application's folder, reached by a socket there.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Program, startProgram } from './processes.ts';

export interface Database extends Program {
  /** Path of the socket. */
  socket: string;
  run(sql: string): void;
}

/** User `wanda` with password `willow-bark` may do everything. */
export async function startMariaDb(folder: string): Promise<Database> {
  const data = join(folder, 'data');
  const socket = join(folder, 'db.sock');
  const made = spawnSync(
    'mariadb-install-db',
    [`--datadir=${data}`, '--user=root', '--auth-root-authentication-method=normal', '--skip-test-db'],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`mariadb-install-db: ${made.error ?? made.stdout.slice(-500)}`);
  const run = (sql: string): boolean =>
    spawnSync('mariadb', [`--socket=${socket}`, '-u', 'root', '-e', sql]).status === 0;
  const { stop } = await startProgram(
    'mariadbd',
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${socket}`,
      `--pid-file=${join(folder, 'db.pid')}`,
      '--user=root',
      '--skip-networking',
      '--innodb-flush-log-at-trx-commit=0',
    ],
    { ready: async () => run('SELECT 1') },
  );
  run("CREATE USER wanda@localhost IDENTIFIED BY 'willow-bark'; GRANT ALL ON *.* TO wanda@localhost");
  return { socket, stop, run: (sql) => void run(sql) };
}

export const MARIADB = ['mariadb-server-core', 'mariadb-client-core', 'php8.2-mysql'];
