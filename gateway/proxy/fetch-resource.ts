// A GET of ours for followers: a resource that the leader's browser had from its cache, or that only followers need.
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Refused } from '../errors.ts';
import { hostHeader, toRealText } from '../rewrite/reverse.ts';
import { findDomain } from '../sites/addresses.ts';
import { readAddress } from '../sites/allowlist.ts';
import type { Target } from './agents.ts';
import { decode, readCoding } from './codings.ts';
import { findPassed, redirectOf } from './passing.ts';
import type { PipelineDeps } from './pipeline.ts';
import { type ProxySession, patience } from './proxy-session.ts';
import { explainFailure } from './upstream-failures.ts';

/** A whole answer; `body` is decoded. */
export interface Fetched {
  status: number;
  type: string;
  body: Buffer;
  headers: IncomingMessage['headers'];
}

const MAX_REDIRECTS = 5;
const ACCEPT = 'image/avif,image/webp,image/*,text/css,font/*,video/*,audio/*,*/*;q=0.5';

/**
 * What the leader got or is just getting, else a fetch of our own; several followers share one.
 * @throws {Refused} address-outside, upstream-…
 */
export function fetchResource(session: ProxySession, url: string, deps: PipelineDeps): Promise<Fetched> {
  let fetches = running.get(session);
  if (!fetches) {
    fetches = new Map();
    running.set(session, fetches);
  }
  let found = fetches.get(url);
  if (!found) {
    found = fetchWhole(session, url, deps).finally(() => fetches.delete(url));
    fetches.set(url, found);
  }
  return found;
}

const running = new WeakMap<ProxySession, Map<string, Promise<Fetched>>>();

async function fetchWhole(session: ProxySession, url: string, deps: PipelineDeps): Promise<Fetched> {
  let next = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const { url: parsed, origin } = readAddress(next);
    const domain = findDomain(session.site, origin);
    if (session.addresses.kindOf(origin) === undefined || !domain)
      throw new Refused('address-outside', { host: origin.host });
    // A page may have built the address from its own.
    const path = toRealText(parsed.pathname + parsed.search, session.addresses);
    const real = parsed.origin + path;
    const passed = await findPassed(session, real);
    if (passed) return { status: 200, type: passed.type, body: passed.body, headers: {} };
    const known = redirectOf(session, real);
    if (known !== undefined) {
      next = known;
      continue;
    }
    const target = deps.agentsOf(session).target(origin, domain);
    const cookie = session.jar.headerFor(real, { sameSite: 'strict' });
    const response = await get(target, path, patience(session, undefined, deps.limits), {
      host: hostHeader(origin),
      accept: ACCEPT,
      'accept-encoding': 'gzip, br, deflate, zstd',
      via: `1.1 ${deps.via}`,
      ...(cookie === '' ? {} : { cookie }),
      ...(deps.registry.config.upstreamHeader
        ? { [deps.registry.config.upstreamHeader.name]: deps.registry.config.upstreamHeader.value }
        : {}),
    });
    const { statusCode = 502, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.resume();
      const to = URL.parse(headers.location, real);
      if (!to) throw new Refused('address-invalid');
      next = to.href;
      continue;
    }
    return {
      status: statusCode,
      type: headers['content-type'] ?? '',
      body: await readBody(response, deps),
      headers,
    };
  }
  throw new Refused('loop');
}

function get(
  target: Target,
  path: string,
  timeout: number,
  headers: Record<string, string>,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { protocol, hostname, port, agent } = target;
    const make = protocol === 'https:' ? https : http;
    const request = make.request({ hostname, port, path, agent, headers }, resolve);
    request.setTimeout(timeout, () => request.destroy(new Refused('upstream-timeout')));
    request.once('error', (error) => reject(explainFailure(error, headers.host ?? hostname)));
    request.end();
  });
}

async function readBody(response: IncomingMessage, { limits }: PipelineDeps): Promise<Buffer> {
  const { stream } = await decode(response, readCoding(response.headers['content-encoding']));
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of stream) {
      bytes += (part as Buffer).length;
      if (bytes > limits.rewriteBytes) throw new Refused('upstream-too-large');
      parts.push(part as Buffer);
    }
  } catch (error) {
    response.destroy();
    throw error instanceof Refused ? error : new Refused('upstream-broken', {}, error);
  }
  return Buffer.concat(parts);
}
