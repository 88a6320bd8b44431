// The site of a control test: a small server with pages of the test and applications bundled for it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Document } from 'yaml';
import { watchAddresses } from '../address-watch.ts';
import { type AppFiles, bundleApp } from './bundle-app.ts';

/** Answers a request by itself. */
export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** What is at a path: the body of a page, or a handler. */
export type SitePages = Record<string, string | Handler>;

export interface Site {
  /** Host of the site, and of the pages that stand in frames of another session address. */
  host: string;
  otherHost: string;
  port: number;
  origin: string;
  otherOrigin: string;
  /** Puts markup into the head of the first page. */
  setHead(markup: string): void;
  /** Bodies of the forms that were posted, oldest first. */
  posted: { path: string; body: string }[];
  /** @throws Error when a session address has reached the site */
  stop(): Promise<void>;
}

/**
 * Starts the server. Both hosts answer alike; `/` is a short page unless the test has its own.
 * @param pages what is at the paths; `ORIGIN` and `OTHER` in a page stand for the two origins
 * @param apps entries for {@link bundleApp} by name: their files are below `/app/NAME/`, their page at
 *   `/NAME`; a script gets one with `<div id="root">` unless the test has its own
 */
export async function startSite(pages: SitePages, apps: Record<string, string>): Promise<Site> {
  const bundles = new Map<string, AppFiles>();
  for (const [name, entry] of Object.entries(apps))
    bundles.set(name, await bundleApp(entry, `/app/${name}/`));
  const posted: Site['posted'] = [];
  let head = '';

  const pageAt = (path: string): string | Handler | undefined => {
    if (pages[path] !== undefined) return pages[path];
    if (path === '/') return '<h1>Here we begin</h1>';
    const name = path.slice(1);
    const files = bundles.get(name);
    if (!files) return undefined;
    const page = files.get('index.html');
    if (page) return String(page.body);
    return `${appHead(name, files)}<div id="root"></div>${appScript(name)}`;
  };

  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    if (request.method === 'POST') posted.push({ path, body });
    const [, , name = '', file = ''] = /^\/(app)\/([^/]+)\/(.+)$/.exec(path) ?? [];
    const asset = bundles.get(name)?.get(file);
    if (asset) {
      response.writeHead(200, { 'content-type': asset.type, 'cache-control': 'max-age=600' }).end(asset.body);
      return;
    }
    const page = pageAt(path);
    if (page === undefined) response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>');
    else if (typeof page === 'function') page(request, response, body);
    else response.writeHead(200, HTML).end(fill(asDocument(page, path === '/' ? head : '')));
  });
  const watch = watchAddresses(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const host = 'www.control.localhost';
  const otherHost = 'other.control.localhost';
  const origin = `http://${host}:${port}`;
  const otherOrigin = `http://${otherHost}:${port}`;
  const fill = (html: string): string => html.replaceAll('ORIGIN', origin).replaceAll('OTHER', otherOrigin);
  return {
    host,
    otherHost,
    port,
    origin,
    otherOrigin,
    setHead(markup) {
      head = markup;
    },
    posted,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      watch.check();
    },
  };
}

const HTML = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };

/** Puts the site into a configuration, `control` by id, with Anna as its contact. */
export function configureSite(config: Document, site: Site, mask: readonly string[] = []): void {
  for (const [title, host] of [
    ['Control', site.host],
    ['Control frames', site.otherHost],
  ]) {
    const reach = { protocols: ['http'], port: site.port, connect: `127.0.0.1:${site.port}` };
    config.addIn(['domains'], config.createNode({ title, hosts: [host], ...reach }));
  }
  config.addIn(
    ['sites'],
    config.createNode({
      id: 'control',
      title: 'Control',
      domains: ['Control', 'Control frames'],
      start: `${site.origin}/`,
      contacts: ['anna'],
      options: { mask },
    }),
  );
}

/** Whole document around a body; one that brings its own is left as it is. */
export function asDocument(body: string, head = ''): string {
  if (/^\s*<!doctype/i.test(body)) return body;
  const style = '<style>body{font:16px/1.5 sans-serif;margin:1rem}label{display:block}</style>';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Control</title>${style}${head}</head><body>${body}</body></html>`;
}

/** Style sheet of a bundled application, where it has one. */
export function appHead(name: string, files: AppFiles): string {
  return files.has('app.css') ? `<link rel="stylesheet" href="/app/${name}/app.css">` : '';
}

/** Script of a bundled application, at the end of the body. */
export function appScript(name: string): string {
  return `<script src="/app/${name}/app.js"></script>`;
}
