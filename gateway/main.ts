// The process: arguments, config path, listening, signals. Everything else is built in gateway.ts.
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { CHECK_USAGE } from './check/usage.ts';
import { createLog } from './log.ts';
import { hashPassword } from './sites/accounts.ts';
import { ConfigError } from './sites/config.ts';

const USAGE = `Tandem, the co-browsing gateway.

  npm start -- [--config FILE] [--port PORT] [--https]

  --config FILE     the configuration (default config/tandem.yaml)
  --port PORT       listen here instead of the port in the configuration
  --https           serve https for development, by an authority that is made for it in the data folder
  --hash-password   read a password from standard input and print its hash for the configuration
  --help            print this

${CHECK_USAGE}`;

/** Answers the arguments that need no gateway; otherwise yields what to start. */
function readArguments():
  | { config: string; port?: number; https: boolean; hashPassword: boolean }
  | undefined {
  const { values } = parseArgs({
    options: {
      config: { type: 'string', default: 'config/tandem.yaml' },
      port: { type: 'string' },
      https: { type: 'boolean', default: false },
      'hash-password': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return undefined;
  }
  const { config, port } = values;
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535))
    throw new TypeError(`--port must be a number from 0 to 65535, not "${port}".`);
  return {
    config,
    https: values.https,
    hashPassword: values['hash-password'],
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

/** One line from standard input; not echoed on a terminal. */
async function readPassword(): Promise<string> {
  const { stdin, stderr } = process;
  if (stdin.isTTY) stderr.write('Password: ');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: silent, terminal: stdin.isTTY });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (stdin.isTTY) stderr.write('\n');
  }
}

async function printHash(): Promise<void> {
  const password = await readPassword();
  if (password === '') throw new TypeError('There was no password on standard input.');
  process.stdout.write(`${await hashPassword(password)}\n`);
}

async function run(options: { config: string; port?: number; https: boolean }): Promise<void> {
  if (!existsSync(options.config)) throw new TypeError(`There is no configuration at ${options.config}.`);
  const log = createLog();
  // Loaded only here: printing a hash needs no server.
  const { startGateway } = await import('./gateway.ts');
  const { config: configFile, port, https } = options;
  const gateway = await startGateway({ configFile, log, https, ...(port === undefined ? {} : { port }) });
  log.info(
    {
      port: gateway.port,
      console: gateway.places.consoleOrigin,
      base: gateway.places.base,
      ...(gateway.redirectPort === undefined ? {} : { redirectPort: gateway.redirectPort }),
      ...(gateway.authorityFile === undefined ? {} : { trust: gateway.authorityFile }),
    },
    'listening',
  );
  stopOnSignals(() => gateway.stop(), log);
}

/** The first signal lets the work finish, the second ends the process at once. */
function stopOnSignals(stop: () => Promise<void>, log: ReturnType<typeof createLog>): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop in order');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/** In a sentence that the operator can act on. */
function sayWhy(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, message, port, address } = error as NodeJS.ErrnoException & {
    port?: number;
    address?: string;
  };
  if (code?.startsWith('ERR_PARSE_ARGS')) return `${message}\n\n${USAGE}`;
  if (code === 'EADDRINUSE') return `${address}:${port} is in use by another process.`;
  if (code === 'EACCES' && port !== undefined) return `Listening on port ${port} is not permitted.`;
  return error instanceof Error ? message : String(error);
}

try {
  if (process.argv[2] === 'check') {
    const { runCheck } = await import('./check/check-command.ts');
    process.exitCode = await runCheck(process.argv.slice(3));
  } else await main();
} catch (error) {
  process.stderr.write(`${sayWhy(error)}\n`);
  process.exitCode = process.argv[2] === 'check' ? 2 : 1;
}

async function main(): Promise<void> {
  const options = readArguments();
  if (options?.hashPassword) await printHash();
  else if (options) await run(options);
}
