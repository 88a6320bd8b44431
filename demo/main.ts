// `npm run demo`: gateway and demo shop in one process, with the links to try it.
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { startGateway } from '../gateway/gateway.ts';
import { createLog } from '../gateway/log.ts';
import { type DevelopmentAuthority, openDevelopmentAuthority } from '../gateway/tls/development-authority.ts';
import { HOSTS } from './shop/layout.ts';
import { type Demo, startDemo } from './shop/start-demo.ts';

const ROOT = join(import.meta.dirname, '..');
const GATEWAY_PORT = 8080;
const SHOP_PORT = 8090;
/** How many ports above the wanted one are tried. */
const TRIES = 20;

if (process.argv.includes('--watch')) {
  // Node restarts the child when a file that it imports changes.
  const more = process.argv.slice(2).filter((argument) => argument !== '--watch');
  const child = spawn(
    process.execPath,
    ['--watch', '--watch-preserve-output', import.meta.filename, ...more],
    { stdio: 'inherit' },
  );
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
  const https = process.argv.includes('--https');
  const shop = await onFreePort(SHOP_PORT, async (port) =>
    https
      ? startDemo({ port, tls: await (await openShopAuthority(port)).issue(Object.values(HOSTS)) })
      : startDemo({ port }),
  );
  const configFile = await copyConfig(shop, https);
  const gateway = await onFreePort(GATEWAY_PORT, (port) =>
    startGateway({ configFile, port, https, log: createLog(process.env.TANDEM_LOG ?? 'warn') }),
  );
  shop.usePanel(gateway.places.consoleOrigin);
  printLinks(shop, gateway.places.consoleOrigin, configFile);
  if (gateway.authorityFile !== undefined) printTrust(gateway.authorityFile);
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

/** A second demo beside this one has another port, and must not get into its folder. */
function folderOf(port: number): string {
  return join(ROOT, 'data', port === SHOP_PORT ? 'demo' : `demo-${port}`);
}

/** The shop's certificates come from the authority that the gateway uses: one to trust. */
async function openShopAuthority(port: number): Promise<DevelopmentAuthority> {
  return await openDevelopmentAuthority(join(folderOf(port), 'store'));
}

/** The shop speaks https, by an authority that no upstream connection trusts unless it is named. */
async function overHttps(config: string, port: number): Promise<string> {
  const { file } = await openShopAuthority(port);
  return config
    .replaceAll('protocols: [http]', 'protocols: [https]')
    .replaceAll('http://www.demoshop', 'https://www.demoshop')
    .replaceAll(/^( +)connect: .*$/gm, `$&\n$1ca: ${relative(folderOf(port), file)}`);
}

/** The demo works on a copy, so that switches flipped on the admin page do not change the example file. */
async function copyConfig(shop: Demo, https: boolean): Promise<string> {
  const folder = folderOf(shop.port);
  const text = await readFile(join(ROOT, 'config', 'tandem.yaml'), 'utf8');
  const file = join(folder, 'tandem.yaml');
  await mkdir(folder, { recursive: true });
  const copy = text
    .replaceAll(new RegExp(`\\b${SHOP_PORT}\\b`, 'g'), String(shop.port))
    .replace(/^data:.*$/m, 'data: ./store');
  await writeFile(file, https ? await overHttps(copy, shop.port) : copy);
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

function printTrust(file: string): void {
  const lines = [
    '',
    'Browsers must trust the authority that was made for this computer (for development only, names under localhost only):',
    `  ${file}`,
    '  Chromium on Linux  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n tandem -i FILE   (package libnss3-tools)',
    '  Firefox            Settings, Certificates, Authorities, Import',
    '  macOS              security add-trusted-cert -k ~/Library/Keychains/login.keychain-db FILE',
    '  Windows            certutil -user -addstore Root FILE',
    'Without that the panel and the shared page stay empty: a warning can be accepted for a page, not for the frames in it.',
  ];
  console.log(lines.join('\n'));
}
