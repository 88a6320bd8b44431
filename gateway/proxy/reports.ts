// The endpoint of our own policy's reports, on every session address: the leak meter's ear. It believes nothing but that something was asked for.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BlockedKind } from '../../protocol/blocked.ts';
import { pageIn } from './blocked.ts';
import type { ProxyDeps, ProxySession } from './proxy-session.ts';

const MAX_BYTES = 64 * 1024;
/** Reports of one request; browsers send one, or what came together in a minute. */
const MAX_REPORTS = 50;
const MAX_TEXT = 8 * 1024;

/** What a report says, as far as it is of use. */
export interface Violation {
  /** An address, or a word such as `inline`. */
  blocked: string;
  directive: string;
  document: string;
}

/** Directives by what they are about; the rest (`frame-ancestors`, `base-uri`, `trusted-types`) asks no host for anything. */
const KINDS: Record<string, BlockedKind> = {
  'child-src': 'frame',
  'connect-src': 'fetch',
  'default-src': 'other',
  'font-src': 'font',
  'form-action': 'navigation',
  'frame-src': 'frame',
  'img-src': 'image',
  'manifest-src': 'other',
  'media-src': 'media',
  'object-src': 'frame',
  'prefetch-src': 'other',
  'script-src': 'script',
  'script-src-elem': 'script',
  'style-src': 'style',
  'style-src-elem': 'style',
  'worker-src': 'script',
};

/**
 * Reads a body in either format: `application/csp-report` (CSP 2) and `application/reports+json` (Reporting API). Fields that are
 * missing, too long or no text make a report none; nothing else of it is looked at.
 */
export function readReports(body: string): Violation[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [];
  }
  const reports: unknown[] = Array.isArray(value) ? value.slice(0, MAX_REPORTS) : [value];
  return reports.flatMap((report) => {
    const old = fieldOf(report, 'csp-report');
    const fields =
      old === undefined
        ? fieldOf(report, 'type') === 'csp-violation'
          ? read(fieldOf(report, 'body'), ['blockedURL', 'effectiveDirective', 'documentURL'])
          : undefined
        : (read(old, ['blocked-uri', 'effective-directive', 'document-uri']) ??
          read(old, ['blocked-uri', 'violated-directive', 'document-uri']));
    if (!fields) return [];
    const [blocked, directive, document] = fields;
    return [{ blocked, directive: directive.split(' ', 1)[0]!, document }];
  });
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function read<const T extends readonly string[]>(
  value: unknown,
  names: T,
): { [K in keyof T]: string } | undefined {
  const found = names.map((name) => fieldOf(value, name));
  return found.every((text) => typeof text === 'string' && text.length <= MAX_TEXT)
    ? (found as { [K in keyof T]: string })
    : undefined;
}

/** Takes a report of a page of this session; answers 204 whatever it says, since nobody reads the answer. */
export async function takeReport(
  req: IncomingMessage,
  res: ServerResponse,
  session: ProxySession,
  deps: ProxyDeps,
): Promise<void> {
  const body = await readBody(req);
  if (res.destroyed) return;
  res.writeHead(body === undefined ? 413 : 204, {
    'origin-agent-cluster': '?1',
    'cache-control': 'no-store',
  });
  res.end();
  for (const { blocked, directive, document } of readReports(body ?? '')) {
    const kind = KINDS[directive];
    if (kind === undefined || session.ended) continue;
    const page = session.addresses.toUpstream(document) ?? '';
    deps.blocked?.(session, { url: blocked, kind, ...pageIn(session, page) });
  }
}

/** Undefined when it is too long, or breaks off. */
async function readBody(req: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of req) {
      bytes += (part as Buffer).length;
      // What is left is read and forgotten, so that the connection can go on.
      if (bytes <= MAX_BYTES) parts.push(part as Buffer);
      else if (bytes > 16 * MAX_BYTES) req.destroy();
    }
  } catch {
    return undefined;
  }
  return bytes > MAX_BYTES ? undefined : Buffer.concat(parts).toString('utf8');
}
