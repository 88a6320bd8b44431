// Authorities of an operator's own (`domains[].ca`): who vouches for hosts inside a company, in place of the public ones.
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import { ConfigError, type ConfigProblem, type Domain } from '../sites/config.ts';
import { readCertificates } from './pem.ts';
import { startWatchingFiles } from './watched-files.ts';

/** What connections are checked against. */
export interface Authorities {
  pem: string;
  /** The same digest, the same authorities: connections may be shared. */
  digest: string;
}

export interface PrivateAuthoritiesOptions {
  domains: () => readonly Domain[];
  /** Of the config file. */
  folder: string;
  report: (problems: ConfigProblem[]) => void;
  log: Log;
  /** Between two looks at the files, ms. */
  every?: number;
}

export interface PrivateAuthorities {
  /**
   * Undefined: the public authorities.
   * @throws {Refused} upstream-certificate when its file was never read: nothing is ever taken on trust instead
   */
  of(domain: Pick<Domain, 'ca'>): Authorities | undefined;
  /** After an edit of the config. */
  reload(): Promise<void>;
  close(): void;
}

/** @throws {ConfigError} with every file that cannot be read */
export async function openPrivateAuthorities(
  options: PrivateAuthoritiesOptions,
): Promise<PrivateAuthorities> {
  const { folder, log } = options;
  const pathOf = (ca: string): string => resolve(folder, ca);
  const files = (): string[] => [
    ...new Set(options.domains().flatMap(({ ca }) => (ca === undefined ? [] : [pathOf(ca)]))),
  ];
  const known = new Map<string, Authorities>();
  /** What can be read is taken, what cannot stays as it was. */
  const readAll = async (): Promise<ConfigProblem[]> => {
    const problems: ConfigProblem[] = [];
    for (const file of files()) {
      try {
        const { text, list } = await readCertificates(file);
        const strange = list.find(({ certificate }) => !certificate.ca);
        if (strange) {
          const message =
            'The certificate that begins here is not that of an authority: it can vouch for nobody.';
          throw new ConfigError([{ file, line: strange.line, message }]);
        }
        known.set(file, { pem: text, digest: createHash('sha256').update(text).digest('hex') });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        problems.push(...error.problems);
      }
    }
    return problems;
  };
  const problems = await readAll();
  if (problems.length > 0) throw new ConfigError(problems);
  const reload = async (): Promise<void> => {
    const found = await readAll();
    if (found.length > 0) log.error({ problems: found }, 'authorities refused, those before are trusted on');
    options.report(found);
  };
  const watch = startWatchingFiles(
    files,
    () => reload().catch((error: unknown) => log.error({ err: error }, 'authorities could not be read')),
    options.every,
  );
  return {
    of({ ca }) {
      if (ca === undefined) return undefined;
      const found = known.get(pathOf(ca));
      if (!found) throw new Refused('upstream-certificate', {}, 'authorities were never read');
      return found;
    },
    reload,
    close: () => watch.stop(),
  };
}
