// Asks a running gateway on this machine whether it serves; exit code 0 or 1. For the image's HEALTHCHECK.
import { readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { parseArgs } from 'node:util';
import { loadConfig } from '../gateway/sites/load.ts';
import { placesOf } from '../gateway/sites/places.ts';

const { values } = parseArgs({
  options: {
    config: { type: 'string', default: 'config/tandem.yaml' },
    https: { type: 'boolean', default: false },
  },
});
const { config } = loadConfig(readFileSync(values.config, 'utf8'), values.config);
const { host, port } = config.listen;
// 0.0.0.0 and :: mean every address of this machine, loopback included. The gateway answers only to its own names.
const isSecure = config.tls !== undefined || values.https;
const { consoleHost } = placesOf({ ...config, https: isSecure }, port);
const call = (isSecure ? secureRequest : plainRequest)(
  {
    host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host,
    port,
    path: '/healthz',
    headers: { host: consoleHost },
    // Whether it serves is asked, of this very machine; who vouches for it is for browsers to judge.
    ...(isSecure ? { servername: consoleHost.replace(/:\d+$/, ''), rejectUnauthorized: false } : {}),
    timeout: 3_000,
  },
  (answer) => process.exit(answer.statusCode === 200 ? 0 : 1),
);
call.on('timeout', () => process.exit(1));
call.on('error', () => process.exit(1));
call.end();
