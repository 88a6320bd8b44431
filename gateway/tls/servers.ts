// How the gateway is reached: plain http, TLS by the files of the config, or TLS for development; and the second port that sends on.
import { createServer as createPlainServer, type Server as PlainServer, type ServerOptions } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import { resolve } from 'node:path';
import type { Log } from '../log.ts';
import type { CertificateFiles, Config, ConfigProblem } from '../sites/config.ts';
import { isLocalhost } from '../sites/hosts.ts';
import type { Places } from '../sites/places.ts';
import { openDevelopmentAuthority } from './development-authority.ts';
import { createRedirect } from './redirect.ts';
import { createSecureServer } from './secure-server.ts';
import {
  type FileCertificates,
  ownNames,
  type ServedCertificates,
  serveDevelopment,
  serveFiles,
} from './served-certificates.ts';

export interface ServersOptions {
  config: () => Config;
  /** Folder of the config file. */
  folder: string;
  /** The data folder, for the authority of development. */
  data: string;
  /** Certificates of development. */
  https: boolean;
  /** The public addresses; asked when the server listens. */
  places: () => Places;
  report: (problems: ConfigProblem[]) => void;
  log: Log;
}

export interface Servers {
  server: PlainServer | SecureServer;
  isSecure: boolean;
  /** The one that sends plain requests on, and where it shall listen. */
  redirect: { server: PlainServer; host: string; port: number } | undefined;
  /** Of `--https`: the certificate that a browser must trust. */
  authorityFile: string | undefined;
  /** After an edit of the config: its certificates may be others. */
  reload(): Promise<void>;
  close(): void;
}

/**
 * Makes the servers; nothing listens yet.
 * @throws {ConfigError} a certificate cannot be served; TypeError with a sentence when `--https` and the config disagree
 */
export async function openServers(http: ServerOptions, options: ServersOptions): Promise<Servers> {
  const { tls, publicUrl } = options.config();
  if (tls) return await openByFiles(http, options, tls);
  if (options.https) {
    if (publicUrl !== undefined && !publicUrl.startsWith('https:'))
      throw new TypeError(`With --https, "publicUrl" must begin with https://, not "${publicUrl}".`);
    return await openForDevelopment(http, options);
  }
  return {
    server: createPlainServer(http),
    isSecure: false,
    redirect: undefined,
    authorityFile: undefined,
    reload: async () => {},
    close() {},
  };
}

async function openForDevelopment(http: ServerOptions, options: ServersOptions): Promise<Servers> {
  const { config, data, places, log } = options;
  const authority = await openDevelopmentAuthority(data, scopesOf(config()));
  let served: ServedCertificates | undefined;
  const certificates = (): ServedCertificates => {
    served ??= serveDevelopment(authority, ownNames(places()));
    return served;
  };
  return {
    server: createSecureServer(http, { certificates, minVersion: 'TLSv1.2', log }),
    isSecure: true,
    redirect: undefined,
    authorityFile: authority.file,
    reload: async () => {},
    close() {},
  };
}

/** What the authority of development may vouch for: `localhost`, and names that the config gives the gateway itself. */
function scopesOf({ publicUrl, panelUrl, base }: Config): string[] {
  const names = [publicUrl, panelUrl].flatMap((url) => (url === undefined ? [] : [new URL(url).hostname]));
  if (base !== undefined) names.push(base.replace(/:\d+$/, ''));
  return ['localhost', ...new Set(names.filter((name) => !isLocalhost(name)))];
}

async function openByFiles(
  http: ServerOptions,
  options: ServersOptions,
  tls: NonNullable<Config['tls']>,
): Promise<Servers> {
  const { config, folder, places, log } = options;
  const absolute = ({ certificate, key }: CertificateFiles): CertificateFiles => ({
    certificate: resolve(folder, certificate),
    key: resolve(folder, key),
  });
  let named = false;
  const served: FileCertificates = await serveFiles({
    // Taken out of the config, it is served on until the next start.
    files: () => (config().tls ?? tls).certificates.map(absolute),
    names: () => {
      if (!named) return [];
      const own = ownNames(places());
      return [own.console, own.panel, `*.${own.base}`];
    },
    report: options.report,
    log,
  });
  const server = createSecureServer(http, {
    certificates: () => served,
    minVersion: tls.minVersion,
    log,
  });
  // Only then are the public addresses known for certain.
  server.once('listening', () => {
    named = true;
    void served.reload();
  });
  return {
    server,
    isSecure: true,
    redirect: tls.redirect && { server: createRedirect(http, places), ...tls.redirect },
    authorityFile: undefined,
    reload: () => served.reload(),
    close: () => served.close(),
  };
}
