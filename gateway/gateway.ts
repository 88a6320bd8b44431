// The whole gateway: opens every part in turn and joins them, and lets go of them in reverse. What tests start.
import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { buildDoors } from './doors.ts';
import { type Assets, loadAssets } from './http/assets.ts';
import { Connections } from './http/connections.ts';
import { createLog, type Log } from './log.ts';
import { answerClientError, SERVER_OPTIONS } from './proxy/gate.ts';
import { Conversations } from './session/conversations.ts';
import { startGates } from './session/gates.ts';
import { LIFETIMES, type Lifetimes } from './session/lifetimes.ts';
import { Sessions } from './session/sessions.ts';
import { BlockedHosts } from './sites/blocked-hosts.ts';
import { type Places, placesOf } from './sites/places.ts';
import { Registry } from './sites/registry.ts';
import { openEmbedded } from './store/embedded.ts';
import type { Store } from './store/store.ts';
import { openPrivateAuthorities } from './tls/private-authorities.ts';
import { watchConnections } from './tls/secure-server.ts';
import { openServers } from './tls/servers.ts';

export interface GatewayOptions {
  /** The configuration; the store's folder is relative to it. */
  configFile: string;
  /** Instead of the configuration's port; 0 = any. */
  port?: number;
  store?: Store;
  assets?: Assets;
  log?: Log;
  /** Shorter times for tests. */
  lifetimes?: Partial<Lifetimes>;
  /** Serve https by certificates of development, where the config gives none. */
  https?: boolean;
}

export interface Gateway {
  /** The port really listened on. */
  port: number;
  places: Places;
  /** With certificates of development: the file of the authority that browsers must trust. */
  authorityFile: string | undefined;
  /** The port that sends plain requests on to https, if there is one. */
  redirectPort: number | undefined;
  registry: Registry;
  conversations: Conversations;
  sessions: Sessions;
  /** Lets go of everything; sessions and conversations come back at the next start. */
  stop(): Promise<void>;
}

const DIST = join(import.meta.dirname, '..', 'dist');
/**
 * Starts the gateway.
 * @throws {ConfigError} the configuration has a fault; Error with a sentence when the public addresses are unsafe, the pages
 * are not built or the port is taken
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const log = options.log ?? createLog();
  const assets = options.assets ?? loadAssets(DIST);
  const registry = await Registry.open(options.configFile, log);
  const closing: (() => unknown)[] = [() => registry.close()];
  const closeAll = async () => {
    // The last thing opened is the first to go.
    while (closing.length > 0) await closing.pop()?.();
  };
  try {
    const { listen, data } = registry.config;
    const configFolder = dirname(options.configFile);
    const folder = resolve(configFolder, data);
    const addressing = { ...registry.config, https: options.https === true };
    let places = placesOf(addressing, options.port ?? listen.port);
    const http = { ...SERVER_OPTIONS, connectionsCheckingInterval: 5_000, noDelay: true };
    const { server, isSecure, redirect, authorityFile, ...entrance } = await openServers(http, {
      config: () => registry.config,
      folder: configFolder,
      data: folder,
      https: options.https === true,
      places: () => places,
      report: (problems) => registry.report('tls', problems),
      log,
    });
    closing.push(() => entrance.close());
    const authorities = await openPrivateAuthorities({
      domains: () => registry.config.domains,
      folder: configFolder,
      report: (problems) => registry.report('authorities', problems),
      log,
    });
    closing.push(() => authorities.close());
    const forgetFiles = registry.onChange(() => {
      for (const reload of [entrance.reload, authorities.reload])
        reload().catch((error: unknown) =>
          log.error({ err: error }, 'files of the config could not be read'),
        );
    });
    closing.push(forgetFiles);

    const port = await startListening(server, options.port ?? listen.port, listen.host);
    places = placesOf(addressing, port);
    closing.push(() => stopServer(server));
    const redirectPort = redirect && (await startListening(redirect.server, redirect.port, redirect.host));
    if (redirect) closing.push(() => stopServer(redirect.server));

    const store = options.store ?? (await openEmbedded(folder));
    if (!options.store) closing.push(() => store.close());
    const lifetimes = { ...LIFETIMES, ...options.lifetimes };
    const conversations = await Conversations.open({ sites: registry, store, lifetimes, log });
    closing.push(() => conversations.close());
    const sessions = await Sessions.open({ sites: registry, places, store, conversations, lifetimes, log });
    closing.push(() => sessions.close());
    const gates = startGates({ sites: registry, conversations, sessions });
    closing.push(() => gates.stop());

    const connections = new Connections(
      () => registry.config.limits,
      () => registry.config.trustProxy,
    );
    const greeted = new Set<Socket>();
    watchConnections(
      server,
      (socket) => {
        greeted.add(socket);
        socket.once('close', () => greeted.delete(socket));
        connections.open(socket, isSecure);
      },
      (encrypted, socket) => connections.secured(encrypted, socket),
    );
    // Those that have not finished their handshake are no connections to the server yet.
    closing.push(() => {
      if (isSecure) for (const socket of greeted) socket.destroy();
    });
    const blocked = await BlockedHosts.open(store, places, log);
    const doors = buildDoors({
      registry,
      places,
      store,
      conversations,
      sessions,
      connections,
      authorities,
      blocked,
      assets,
      log,
    });
    closing.push(() => doors.stop());
    server.on('request', doors.request);
    server.on('upgrade', doors.upgrade);
    server.on('clientError', answerClientError);
    return {
      port,
      places,
      authorityFile,
      redirectPort,
      registry,
      conversations,
      sessions,
      stop: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** @returns the port really listened on @throws Error of Node when the port is taken or not permitted */
function startListening(server: Server | TlsServer, port: number, host: string): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      done((server.address() as AddressInfo).port);
    });
  });
}

function stopServer(server: Server | TlsServer): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}
