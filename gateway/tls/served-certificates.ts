// Which certificate a name is served with: from the files of the configuration, or made on demand for development.
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Log } from '../log.ts';
import type { CertificateFiles, ConfigProblem } from '../sites/config.ts';
import { ConfigError } from '../sites/config.ts';
import { isWithin } from '../sites/hosts.ts';
import type { Places } from '../sites/places.ts';
import { type CertificatePair, isFor, readPair } from './certificate-pair.ts';
import type { DevelopmentAuthority } from './development-authority.ts';
import { startWatchingFiles } from './watched-files.ts';

/** What TLS asks for each new connection. */
export interface ServedCertificates {
  /** @param name of the client's greeting (SNI), '' when it gave none; @throws Error when nothing may be served for it */
  contextFor(name: string): Promise<SecureContext>;
  close(): void;
}

/** Host names without ports. */
export interface OwnNames {
  console: string;
  panel: string;
  /** Session addresses are one label below it. */
  base: string;
}

export function ownNames({ consoleHost, panelHost, base }: Places): OwnNames {
  const bare = (host: string): string => host.replace(/:\d+$/, '');
  return { console: bare(consoleHost), panel: bare(panelHost), base: bare(base) };
}

const DAY = 24 * 60 * 60 * 1_000;

/** Certificates of development: for the gateway's own names, each made when it is first asked for. */
export function serveDevelopment(authority: DevelopmentAuthority, names: OwnNames): ServedCertificates {
  const made = new Map<string, Promise<{ context: SecureContext; until: Date }>>();
  const namesOf = (name: string): string[] => {
    if (name === '' || name === names.console || name === names.panel) return [names.console, names.panel];
    if (name !== names.base && isWithin(name, names.base)) return [`*.${names.base}`, names.base];
    throw new Error(`no certificate for "${name}"`);
  };
  return {
    async contextFor(name) {
      const wanted = namesOf(name);
      const key = wanted[0]!;
      const known = await made.get(key);
      if (known && known.until.getTime() - Date.now() > DAY) return known.context;
      const issued = authority.issue(wanted).then(({ cert, key: secret, until }) => ({
        context: createSecureContext({ cert, key: secret }),
        until,
      }));
      made.set(key, issued);
      issued.catch(() => made.delete(key));
      return (await issued).context;
    },
    close() {},
  };
}

export interface ServeFilesOptions {
  /** As they are configured now; absolute paths. */
  files: () => readonly CertificateFiles[];
  /** Told what is wrong after each reading; [] when all is well. */
  report: (problems: ConfigProblem[]) => void;
  /** Names that must be covered, so that an operator hears of a missing wildcard before a customer does. */
  names: () => readonly string[];
  log: Log;
  /** Between two looks at the files, ms. */
  every?: number;
}

/** Certificates of files: read anew when they change, also when the configuration names others. */
export interface FileCertificates extends ServedCertificates {
  reload(): Promise<void>;
}

/**
 * Reads the certificates and follows their files. What cannot be served is reported, and what was served before stays.
 * @throws {ConfigError} when already the first reading fails
 */
export async function serveFiles(options: ServeFilesOptions): Promise<FileCertificates> {
  const { log } = options;
  let served = await readAll(options.files());
  const tell = (): void =>
    options.report([...served.flatMap(({ pair }) => pair.warnings), ...uncovered(options, served)]);
  tell();
  const reload = async (): Promise<void> => {
    try {
      served = await readAll(options.files());
      log.info({ until: served.map(({ pair }) => pair.own.validTo) }, 'certificates read');
      tell();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      log.error({ problems: error.problems }, 'certificates refused, those before are served on');
      options.report(error.problems);
    }
  };
  const watch = startWatchingFiles(
    () => options.files().flatMap(({ certificate, key }) => [certificate, key]),
    () => reload().catch((error: unknown) => log.error({ err: error }, 'certificates could not be read')),
    options.every,
  );
  // They come to their end without a change of any file.
  const days = setInterval(() => void reload().catch(() => undefined), DAY / 2).unref();
  return {
    async contextFor(name) {
      const found = name === '' ? undefined : served.find(({ pair }) => isFor(pair, name));
      // A browser says itself, and better than a broken handshake, that the first one is not for the name.
      return (found ?? served[0]!).context;
    },
    reload,
    close() {
      clearInterval(days);
      watch.stop();
    },
  };
}

interface Served {
  pair: CertificatePair;
  context: SecureContext;
}

/** All or none: a half-renewed set is not taken. */
async function readAll(files: readonly CertificateFiles[]): Promise<Served[]> {
  return await Promise.all(
    files.map(async (entry) => {
      const pair = await readPair(entry);
      try {
        return { pair, context: createSecureContext({ cert: pair.cert, key: pair.key }) };
      } catch (error) {
        const message = `The certificate cannot be served: ${(error as Error).message}.`;
        throw new ConfigError([{ file: entry.certificate, line: 1, message }]);
      }
    }),
  );
}

function uncovered({ names, files }: ServeFilesOptions, served: readonly Served[]): ConfigProblem[] {
  const file = files()[0]?.certificate ?? '';
  return names()
    .filter((name) => !served.some(({ pair }) => isFor(pair, name.replace(/^\*\./, 'any-label.'))))
    .map((name) => ({ file, line: 1, message: `No certificate is for "${name}": browsers will refuse it.` }));
}
