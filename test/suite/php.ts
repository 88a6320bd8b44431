// PHP's own server in front of an application's folder.
import type { Running } from './application.ts';
import { findFreePort, startProgram } from './processes.ts';

/** @param args settings (`-d name=value`) and a router script, as `php` takes them */
export async function startPhp(
  host: string,
  root: string,
  options: {
    settings?: Record<string, string>;
    router?: string;
    env?: Record<string, string>;
    path?: string;
  } = {},
): Promise<Running> {
  const { settings = {}, router, env = {}, path = '/' } = options;
  const port = await findFreePort();
  const given = Object.entries({ display_errors: '0', ...settings }).flatMap(([name, value]) => [
    '-d',
    `${name}=${value}`,
  ]);
  const program = await startProgram(
    'php',
    [...given, '-S', `127.0.0.1:${port}`, '-t', root, ...(router ? [router] : [])],
    { env: { PHP_CLI_SERVER_WORKERS: '4', ...env }, ready: `http://127.0.0.1:${port}${path}` },
  );
  return { ports: { [host]: port }, stop: program.stop };
}
