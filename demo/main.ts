// `npm run demo`: gateway and demo shop in one process, with the links to try it.
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGateway } from '../gateway/gateway.ts';
import { createLog } from '../gateway/log.ts';
import { type Demo, startDemo } from './shop/start-demo.ts';

const ROOT = join(import.meta.dirname, '..');
const GATEWAY_PORT = 8080;
const SHOP_PORT = 8090;
/** How many ports above the wanted one are tried. */
const TRIES = 20;

if (process.argv.includes('--watch')) {
  // Node restarts the child when a file that it imports changes.
  const child = spawn(process.execPath, ['--watch', '--watch-preserve-output', import.meta.filename], {
    stdio: 'inherit',
  });
  child.on('exit', (code) => process.exit(code ?? 1));
} else {
  try {
    await runDemo();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

async function runDemo(): Promise<void> {
  const shop = await onFreePort(SHOP_PORT, (port) => startDemo({ port }));
  const configFile = await copyConfig(shop);
  const gateway = await onFreePort(GATEWAY_PORT, (port) =>
    startGateway({ configFile, port, log: createLog(process.env.TANDEM_LOG ?? 'warn') }),
  );
  shop.usePanel(gateway.places.consoleOrigin);
  printLinks(shop, gateway.places.consoleOrigin, configFile);
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    console.log('\nStopping…');
    Promise.all([gateway.stop(), shop.stop()]).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** Starts on the wanted port or the next free one. @throws Error with a sentence when all are busy */
async function onFreePort<T>(wanted: number, start: (port: number) => Promise<T>): Promise<T> {
  for (let port = wanted; port < wanted + TRIES; port += 1) {
    try {
      const started = await start(port);
      if (port !== wanted) console.log(`Port ${wanted} is busy; using ${port}.`);
      return started;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error(`The ports ${wanted} to ${wanted + TRIES - 1} are all busy; stop what listens there.`);
}

/** The demo works on a copy, so that switches flipped on the admin page do not change the example file. */
async function copyConfig(shop: Demo): Promise<string> {
  // A second demo beside this one has another port, and must not get into its folder.
  const folder = join(ROOT, 'data', shop.port === SHOP_PORT ? 'demo' : `demo-${shop.port}`);
  const text = await readFile(join(ROOT, 'config', 'tandem.yaml'), 'utf8');
  const file = join(folder, 'tandem.yaml');
  await mkdir(folder, { recursive: true });
  const copy = text
    .replaceAll(new RegExp(`\\b${SHOP_PORT}\\b`, 'g'), String(shop.port))
    .replace(/^data:.*$/m, 'data: ./store');
  await writeFile(file, copy);
  return file;
}

function printLinks(shop: Demo, consoleOrigin: string, configFile: string): void {
  const lines = [
    'Tandem is running. Open these in two different browsers (or a private window):',
    '',
    `  Customer   ${shop.origins.shop}/`,
    '             open the chat at the bottom right, talk to someone, press "Start co-browsing"',
    '             (the shop itself knows ada@example.com, password analytical)',
    '',
    `  Agent      ${consoleOrigin}/`,
    '             anna with co-browsing, ben without; password of both: tandem',
    `  Admin      ${consoleOrigin}/admin`,
    '             admin, password: tandem',
    '',
    `  Config     ${configFile}  (edits apply within a second)`,
    '',
    'Ctrl+C stops.',
  ];
  console.log(lines.join('\n'));
}
