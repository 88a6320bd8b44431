// PHP's own server in front of an application's folder.
import { findFreePort } from '../free-port.ts';
import type { Running } from './application.ts';
import { type Program, startProgram } from './processes.ts';

export interface PhpOptions {
  /** As `-d name=value`. */
  settings?: Record<string, string>;
  env?: Record<string, string>;
  /** What answers once the application is ready. */
  path?: string;
  /** A program that the application needs; stopped after it, and when it does not start. */
  beside?: Program;
}

export async function startPhp(host: string, root: string, options: PhpOptions = {}): Promise<Running> {
  const { settings = {}, env = {}, path = '/', beside } = options;
  const port = await findFreePort();
  const given = Object.entries({ display_errors: '0', ...settings }).flatMap(([name, value]) => [
    '-d',
    `${name}=${value}`,
  ]);
  const php = await startProgram('php', [...given, '-S', `127.0.0.1:${port}`, '-t', root], {
    env: { PHP_CLI_SERVER_WORKERS: '4', ...env },
    ready: `http://127.0.0.1:${port}${path}`,
  }).catch(async (error: Error) => {
    await beside?.stop();
    throw error;
  });
  return {
    ports: { [host]: port },
    async stop() {
      await php.stop();
      await beside?.stop();
    },
  };
}
