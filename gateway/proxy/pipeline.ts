// The way of one proxied request, stage by stage. Read this first: each stage takes and returns small values, and any may refuse.
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { formatOrigin, shellOrigin } from '../../protocol/address.ts';
import { mediaPage, TextPage } from '../rewrite/file-page.ts';
import { HtmlRewriter } from '../rewrite/html/html-rewriter.ts';
import type { TextRewriter } from '../rewrite/splice.ts';
import type { Agents } from './agents.ts';
import { blockedBy } from './blocked.ts';
import { type DocumentForm, isEventStream, sendBody } from './body.ts';
import { type BodyKind, bodyKind, isFile, isPage } from './body-kind.ts';
import { rememberFramed } from './framed.ts';
import { type Admission, admit, authenticate, TO_SHELL } from './guard.ts';
import { rememberIntegrity } from './integrity.ts';
import { locate, type Place } from './locate.ts';
import { outsidePath } from './own-paths.ts';
import { serveOwn } from './own-routes.ts';
import { ownTag } from './own-tag.ts';
import { configTag, scriptUrl } from './page-config.ts';
import { type OwnTag, sendPage } from './pages.ts';
import { noteRedirect } from './passing.ts';
import { type ProxyDeps, type ProxyLimits, type ProxySession, patience } from './proxy-session.ts';
import { requestBody } from './request-body.ts';
import { type RequestHead, requestHeaders } from './request-headers.ts';
import { type Answer, mapLinkHeader, responseHeaders } from './response-headers.ts';
import type { Transport } from './transport.ts';
import type { UnchangedBodies } from './unchanged.ts';

export interface PipelineDeps extends ProxyDeps {
  limits: ProxyLimits;
  transport: Transport;
  agentsOf(session: ProxySession): Agents;
  /** Throws when a session's requests without a pass come too fast. */
  slowDown(session: ProxySession): void;
  via: string;
  unchanged: UnchangedBodies;
}

/** @throws {Refused} what any stage refuses; the caller answers it */
export async function proxyRequest(
  req: IncomingMessage,
  res: ServerResponse,
  session: ProxySession,
  slug: string,
  deps: PipelineDeps,
): Promise<void> {
  if (serveOwn(req, res, session, slug, deps)) return;

  const credentials = authenticate(req, session);
  if (credentials === TO_SHELL) {
    res
      .writeHead(303, { location: `${shellOrigin(session.addresses.table)}/`, 'origin-agent-cluster': '?1' })
      .end();
    return;
  }
  if (credentials.bearer === 'anonymous') deps.slowDown(session);
  const place = locate(session, slug, req.url ?? '/');
  const admission = admit(req, place, credentials);

  const target = deps.agentsOf(session).target(place.upstream, place.domain);
  const { method = 'GET', headers: asked } = req;
  const destination = asked['sec-fetch-dest'] as string | undefined;
  const head = requestHeaders(req, place, admission, {
    upstreamHeader: deps.registry.config.upstreamHeader,
    via: deps.via,
  });
  const sent = await requestBody(req, place.addresses, deps.limits.requestBodyBytes);
  Object.assign(head.headers, sent.headers);

  const response = await deps.transport.send(req, res, target, {
    path: place.path,
    headers: head.headers,
    firstByteMs: patience(session, destination, deps.limits),
    ...(sent.body ? { body: sent.body } : {}),
    // Browsers take hints for documents only.
    ...(admission.isDocument && req.httpVersionMinor > 0
      ? { hinted: (link: string) => sendHints(res, mapLinkHeader(link, place)) }
      : {}),
  });
  limitIdle(response, res, deps.limits);
  deps.observe?.(place.url, response);

  const kind = bodyKind(method, destination, response, admission.isDocument);
  const nonce = isPage(kind) ? randomBytes(16).toString('base64url') : '';
  const script = scriptUrl(deps.assets.injectScript.hash);
  const redirect = findRedirect(response, place.url);
  if (isFrame(head)) rememberFramed(session, redirect ?? place.url);
  else if (redirect !== undefined && FOR_FOLLOWERS.has(destination ?? ''))
    noteRedirect(session, place.url, redirect);
  const answer = responseHeaders(response, place, admission, head, { kind, nonce, script, destination });
  if (answer.outside !== undefined) {
    response.resume();
    // The transport has put the upstream's headers in their place.
    req.headers = asked;
    deps.blocked?.(session, blockedBy(req, session, answer.outside, place.url));
    const tag = admission.isDocument ? ownTag(req, session, slug, deps) : undefined;
    sendOutside(req, res, deps, answer.outside, admission.isDocument, tag);
    return;
  }
  await sendBody(req, response, res, {
    place,
    kind,
    status: answer.status,
    headers: answer.headers,
    limits: deps.limits,
    unchanged: deps.unchanged,
    html: (form) => {
      const tags = tagsOf(place, admission, { nonce, script });
      if (isFile(kind)) return fileRewriter(req, response, kind, tags(true, referrerOf(head)));
      return htmlRewriter(place, admission, head, answer, {
        tags,
        ...form,
        panelScript: `${deps.places.consoleOrigin}/panel.js`,
      });
    },
  });
}

/** Our script's tag in a page. */
type Tags = (carried: boolean, referrer: string) => string;

function tagsOf(place: Place, { bearer }: Admission, own: { nonce: string; script: string }): Tags {
  const { session, upstream, url } = place;
  return (carried, referrer) =>
    configTag(place, {
      ...own,
      cookie: bearer === 'pass' ? session.jar.scriptCookies(url) : '',
      referrer,
      ...(carried ? { carry: session.takeCarry(formatOrigin(upstream)) } : {}),
    });
}

function referrerOf({ headers }: RequestHead): string {
  return typeof headers.referer === 'string' ? headers.referer : '';
}

function fileRewriter(
  req: IncomingMessage,
  response: IncomingMessage,
  kind: BodyKind,
  tag: string,
): TextRewriter {
  if (kind === 'text') return new TextPage(tag);
  const type = response.headers['content-type'] ?? '';
  return { write: () => '', end: () => mediaPage(tag, type, req.url ?? '/') };
}

/** What followers load too. */
const FOR_FOLLOWERS = new Set(['font', 'image', 'style']);

function isFrame({ headers }: RequestHead): boolean {
  return headers['sec-fetch-dest'] === 'iframe' || headers['sec-fetch-dest'] === 'frame';
}

/** Where a redirect leads, as a real URL. */
function findRedirect({ statusCode = 0, headers: { location } }: IncomingMessage, url: string) {
  return statusCode >= 300 && statusCode < 400 && location !== undefined
    ? URL.parse(location, url)?.href
    : undefined;
}

function sendHints(res: ServerResponse, links: string[]): void {
  if (links.length === 0 || res.headersSent || res.destroyed) return;
  try {
    res.writeEarlyHints({ link: links });
  } catch {
    // Not in the form that Node knows: it was only a hint.
  }
}

/** A redirect off the list ends here: the browser never learns where it would have led, except in words. */
export function sendOutside(
  req: IncomingMessage,
  res: ServerResponse,
  deps: ProxyDeps,
  url: string,
  isDocument: boolean,
  tag?: OwnTag,
): void {
  const host = URL.parse(url)?.host || url.split(/[?#]/, 1)[0]!.slice(0, 100);
  sendPage(req, res, deps, {
    status: isDocument ? 200 : 403,
    reason: 'address-outside',
    params: { host },
    tag,
  });
}

function htmlRewriter(
  place: Place,
  { isDocument }: Admission,
  head: RequestHead,
  answer: Answer,
  options: { tags: Tags; panelScript: string } & DocumentForm,
): TextRewriter {
  const { session, addresses, upstream, url } = place;
  const { tags } = options;
  return new HtmlRewriter({
    addresses,
    scheme: upstream.scheme,
    ...(isDocument ? { inject: tags(true, referrerOf(head)), injectFrame: tags(false, url) } : {}),
    panelScript: options.panelScript,
    outside: outsidePath,
    onFrame: (source) => {
      const absolute = URL.parse(source, url);
      if (absolute) rememberFramed(session, absolute.href);
    },
    onIntegrity: (source, integrity) => {
      const absolute = URL.parse(source, url);
      if (absolute) rememberIntegrity(session, absolute.href, integrity);
    },
    policy: answer.policy,
    keepLiterals: session.site.options.keepLiterals,
    realHosts: session.site.options.realHosts,
    ownPolicy: answer.ownPolicy,
    digest: (algorithm, bytes) => createHash(algorithm).update(bytes).digest('base64'),
    isXml: options.isXml,
    ...(options.toUtf8 ? { toUtf8: options.toUtf8 } : {}),
  });
}

/** Nothing for so long: given up, unless it is the browser that does not read, or a stream that may be silent. */
function limitIdle(response: IncomingMessage, res: ServerResponse, { idleMs }: ProxyLimits): void {
  if (isEventStream(response)) {
    response.setTimeout(0);
    return;
  }
  response.setTimeout(idleMs, () => {
    if (!res.writableNeedDrain) response.destroy(new Error('upstream idle'));
  });
}
