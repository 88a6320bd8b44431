// `tandem check SITE`: from arguments to a report on standard output and an exit code.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { createLog } from '../log.ts';
import { type Config, ConfigError } from '../sites/config.ts';
import { loadConfig } from '../sites/load.ts';
import { placesOf } from '../sites/places.ts';
import { openPrivateAuthorities } from '../tls/private-authorities.ts';
import { crawl } from './crawl.ts';
import { formatReport } from './format-report.ts';
import { type CheckReport, isMissing } from './report.ts';
import { openOwnSession } from './session-of-its-own.ts';

/** @param args behind the word `check` @returns the exit code */
export async function runCheck(args: string[], write = (text: string) => void process.stdout.write(text)) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      config: { type: 'string', default: 'config/tandem.yaml' },
      json: { type: 'boolean', default: false },
      pages: { type: 'string', default: '50' },
      depth: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '60' },
    },
  });
  const [site] = positionals;
  if (site === undefined || positionals.length > 1) throw new TypeError('check needs the id of one site.');
  if (!existsSync(values.config)) throw new TypeError(`There is no configuration at ${values.config}.`);
  const { config } = loadConfig(await readFile(values.config, 'utf8'), values.config);
  const report = await check(config, dirname(values.config), site, {
    pages: numberOf('pages', values.pages, 1, 5_000),
    depth: numberOf('depth', values.depth, 0, 50),
    milliseconds: numberOf('seconds', values.seconds, 1, 3_600) * 1_000,
  });
  write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : formatReport(report));
  return exitCodeOf(report);
}

function numberOf(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number < least || number > most)
    throw new TypeError(`--${name} must be a number from ${least} to ${most}, not "${text}".`);
  return number;
}

/**
 * Looks at a site.
 * @param folder of the config file
 * @throws TypeError when there is no such site
 */
export async function check(
  config: Config,
  folder: string,
  id: string,
  limits: { pages: number; depth: number; milliseconds: number },
): Promise<CheckReport> {
  const site = config.sites.find((one) => one.id === id);
  if (!site)
    throw new TypeError(
      `There is no site "${id}"; there is ${config.sites.map((one) => `"${one.id}"`).join(', ') || 'none'}.`,
    );
  const log = createLog(process.env.TANDEM_LOG ?? 'silent');
  const signal = AbortSignal.timeout(limits.milliseconds);
  const authorities = await openPrivateAuthorities({
    domains: () => config.domains,
    folder,
    report: (problems) => {
      throw new ConfigError(problems);
    },
    log,
  });
  const session = await openOwnSession({
    site,
    config,
    authorities: (domain) => authorities.of(domain),
    log,
    signal,
  });
  try {
    const { consoleOrigin, panelOrigin } = placesOf(config, config.listen.port);
    return await crawl({
      site,
      session,
      limits,
      panel: { script: consoleOrigin, frame: panelOrigin },
      signal,
    });
  } finally {
    await session.close();
    authorities.close();
  }
}

/** 2 when the start page itself could not be had: then nothing is known. */
export function exitCodeOf({ pages, hosts, findings }: CheckReport): number {
  const [start] = pages;
  if (!start || start.status === 0 || (start.status >= 400 && pages.length === 1)) return 2;
  return hosts.some(isMissing) || findings.some(({ severity }) => severity === 'problem') ? 1 : 0;
}
