// The built pages of dist/: HTML by name, hashed assets per page, and the two scripts that run in other people's pages.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { RequestHandler, Response } from 'express';
import { type ContentCoding, chooseCoding } from '../content-coding.ts';

export const PAGE_NAMES = ['panel', 'opening', 'shell', 'console', 'view', 'document'] as const;
export type PageName = (typeof PAGE_NAMES)[number];

/** One script of ours that is served as a whole. `hash` is base64 SHA-256 of the body, as `integrity` and CSP want it. */
export interface BuiltScript {
  path: string;
  body: Buffer;
  hash: string;
  /** The body packed. */
  packed: Record<ContentCoding, Buffer>;
}

export interface Assets {
  /** The HTML of a page. @throws {Error} when dist/ has no such page: the build has not run */
  page(name: PageName): string;
  /** Serves `/assets/*` of this page and nothing else; other requests go on to the next handler. */
  middleware(name: PageName): RequestHandler;
  /** What the rewriter puts first into every proxied document. */
  readonly injectScript: BuiltScript;
  /** The tag on the customer's site. */
  readonly panelScript: BuiltScript;
}

/** An entry of what scripts/build-ui.ts writes for a page into manifest.json, as far as it is read here. */
interface ManifestEntry {
  file: string;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
  assets?: string[];
}

interface AssetFile {
  type: string;
  body: Buffer;
  etag: string;
  brotli?: Buffer;
}

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.ttf': 'font/ttf',
};

/** Pages in opaque origins: their module scripts are fetched with `Origin: null`. */
const OPAQUE: ReadonlySet<PageName> = new Set(['document']);

/**
 * Reads what scripts/build-ui.ts has built.
 * @throws {Error} when the folder holds no build
 */
export function loadAssets(distFolder: string): Assets {
  const manifestFile = join(distFolder, 'manifest.json');
  if (!existsSync(manifestFile)) {
    throw new Error(`The pages are not built: ${manifestFile} is missing. Run "npm run build".`);
  }
  const manifests = JSON.parse(readFileSync(manifestFile, 'utf8')) as Record<
    string,
    Record<string, ManifestEntry>
  >;
  const files = new Map<string, AssetFile>();
  const read = (path: string): AssetFile => {
    const known = files.get(path);
    if (known) return known;
    const body = readFileSync(join(distFolder, path));
    const file: AssetFile = {
      type: TYPES[extname(path)] ?? 'application/octet-stream',
      body,
      etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    };
    files.set(path, file);
    return file;
  };

  // Read once, as what they name is: each proxied request asks for the script's hash.
  const pages = new Map<PageName, string>();
  let injectScript: BuiltScript | undefined;
  let panelScript: BuiltScript | undefined;

  return {
    page(name) {
      const known = pages.get(name);
      if (known !== undefined) return known;
      const file = join(distFolder, name, 'index.html');
      if (!existsSync(file)) throw new Error(`The page "${name}" is not built. Run "npm run build".`);
      const html = readFileSync(file, 'utf8');
      pages.set(name, html);
      return html;
    },

    middleware(name) {
      const paths = new Set(
        filesOfPage(manifests[name] ?? {}, `${name}/index.html`).map((path) => `/${path}`),
      );
      return (req, res, next) => {
        if ((req.method !== 'GET' && req.method !== 'HEAD') || !paths.has(req.path)) {
          next();
          return;
        }
        if (OPAQUE.has(name)) {
          res.setHeader('Access-Control-Allow-Origin', '*');
          res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
        }
        send(res, read(req.path.slice(1)), req.headers['accept-encoding'], req.headers['if-none-match']);
      };
    },

    get injectScript() {
      injectScript ??= readScript(join(distFolder, 'inject/page.js'), '/.tandem/page.js');
      return injectScript;
    },
    get panelScript() {
      panelScript ??= readScript(join(distFolder, 'panel/panel.js'), '/panel.js');
      return panelScript;
    },
  };
}

/** Everything that an entry may load, its lazily loaded chunks included. */
function filesOfPage(manifest: Record<string, ManifestEntry>, entry: string): string[] {
  const seen = new Set<string>();
  const paths = new Set<string>();
  const visit = (key: string): void => {
    const found = manifest[key];
    if (!found || seen.has(key)) return;
    seen.add(key);
    paths.add(found.file);
    for (const path of [...(found.css ?? []), ...(found.assets ?? [])]) paths.add(path);
    for (const next of [...(found.imports ?? []), ...(found.dynamicImports ?? [])]) visit(next);
  };
  visit(entry);
  return [...paths];
}

function readScript(file: string, path: string): BuiltScript {
  if (!existsSync(file)) throw new Error(`${file} is not built. Run "npm run build".`);
  const body = readFileSync(file);
  return {
    path,
    body,
    hash: createHash('sha256').update(body).digest('base64'),
    packed: { br: packWithBrotli(body), gzip: gzipSync(body, { level: 9 }) },
  };
}

/** File names hold a hash of the content, so a copy never grows stale. */
function send(res: Response, file: AssetFile, accepts: string | undefined, known: string | undefined): void {
  res.setHeader('Content-Type', file.type);
  res.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
  res.setHeader('ETag', file.etag);
  res.setHeader('Vary', 'Accept-Encoding');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Origin-Agent-Cluster', '?1');
  if (known === file.etag) {
    res.status(304).end();
    return;
  }
  if (chooseCoding(accepts) === 'br' && /^(text|application\/json|image\/svg)/.test(file.type)) {
    // Once per file and process.
    file.brotli ??= packWithBrotli(file.body);
    res.setHeader('Content-Encoding', 'br');
    res.end(file.brotli);
    return;
  }
  res.end(file.body);
}

/** 5 is the knee of time against size for scripts: 11 saves 8 % in thirty times the time. */
function packWithBrotli(body: Buffer): Buffer {
  return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
}
