// json-server, an API on data in memory, out of the packages of one application.
import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packagesOf } from './install/npm.ts';

export interface JsonServer {
  create(): RequestListener & { use(...handlers: unknown[]): void };
  /** What it does to every answer; with `static` it serves a folder, too. */
  defaults(options: { logger: boolean; static?: string }): unknown[];
  /** @param data lists and objects by their paths */
  router(data: object): unknown;
}

/** @param name the application's folder below `test/suite/apps/` */
export function jsonServerOf(name: string): JsonServer {
  return createRequire(join(packagesOf(name), 'x.js'))('json-server') as JsonServer;
}
