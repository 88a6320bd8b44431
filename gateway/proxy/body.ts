// Stage 6, body: untouched bytes are piped as they are; HTML, CSS, scripts and JSON stream through a rewriter, with limits.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import { Refused } from '../errors.ts';
import { type Encoding, findEncoding, PRESCAN_BYTES } from '../rewrite/charset.ts';
import { isTooBusy, MAX_SHEET_BYTES, rewriteCssParts } from '../rewrite/css.ts';
import { eventRewriter, jsonRewriter, scriptRewriter } from '../rewrite/script.ts';
import type { StreamingEdits, TextRewriter } from '../rewrite/splice.ts';
import type { BodyKind } from './body-kind.ts';
import { type Decoded, decode, readCoding } from './codings.ts';
import { findIntegrity, matchesIntegrity } from './integrity.ts';
import type { Place } from './locate.ts';
import { keepForFollowers, keepSheet, notePassing } from './passing.ts';
import type { ProxyLimits } from './proxy-session.ts';
import { mapTrailers } from './response-headers.ts';
import { drainOrClose, Sink } from './sink.ts';
import { type Met, nameBody, type UnchangedBodies } from './unchanged.ts';

/** The ratio of a compressed body counts from here on. */
const RATIO_FROM = 1024 * 1024;
/** Whole bodies are worked on for so long before others have their turn, ms. */
const LONGEST_TURN = 10;
const PART = 64 * 1024;
/** Smaller sheets may hold what they like. */
const BUSY_FROM = 1024 * 1024;
/** Of a page, so much is sent ahead: the browser can begin with the head. */
const FIRST_BYTES = 8 * 1024;

export interface BodyOptions {
  place: Place;
  kind: BodyKind;
  status: number;
  headers: OutgoingHttpHeaders;
  limits: ProxyLimits;
  /** Makes the rewriter of a document, once its encoding is known. */
  html: (form: DocumentForm) => TextRewriter;
  unchanged: UnchangedBodies;
}

/** What must be known of a document before the first of it is rewritten. */
export interface DocumentForm {
  isXml: boolean;
  /** Undefined where each character is a byte of UTF-8. */
  toUtf8?: (text: string) => Buffer;
}

/**
 * Sends the upstream's response on.
 * @throws {Refused} upstream-too-large, upstream-broken; as long as no header is out, the caller can still say so
 */
export async function sendBody(
  req: IncomingMessage,
  response: IncomingMessage,
  res: ServerResponse,
  options: BodyOptions,
): Promise<void> {
  // From here on this stage decides what a broken response means; the transport would only cut the connection.
  response.removeAllListeners('close').removeAllListeners('error');
  if (options.kind === 'untouched' || req.method === 'HEAD') {
    await pipeUntouched(response, res, options);
    return;
  }
  if (options.kind === 'media') {
    response.destroy();
    delete options.headers['content-encoding'];
    options.headers['content-type'] = 'text/html; charset=utf-8';
    await new Sink(response, res, options, undefined).end(options.html({ isXml: false }).end());
    return;
  }
  const coding = readCoding(response.headers['content-encoding']);
  // What is announced as too large need not be begun: as long as nothing is out, a page can say so.
  if (options.kind !== 'events' && Number(response.headers['content-length']) > options.limits.rewriteBytes) {
    response.destroy();
    throw new Refused('upstream-too-large');
  }
  if (options.kind === 'events') {
    await sendEvents((await decode(response, coding)).stream, response, res, options);
    return;
  }
  const sink = new Sink(response, res, options, coding);
  try {
    const met = await meet(response, options);
    if (met && 'body' in met) {
      await sink.endAsItCame(met.body);
      return;
    }
    const decoded = await decode(met?.stream ?? response, coding);
    if (options.kind === 'html' || options.kind === 'text') {
      await rewriteHtml(decoded, sink, response, options);
      return;
    }
    const isWhole = options.kind === 'css' || integrityOf(options) !== undefined;
    const changed = isWhole
      ? await rewriteWhole(decoded, sink, response, options)
      : await rewriteText(decoded, sink, options);
    met?.learn(changed);
  } catch (error) {
    sink.abort();
    response.destroy();
    throw error instanceof Refused
      ? error
      : new Refused('upstream-broken', { host: options.place.upstream.host }, error);
  }
}

async function pipeUntouched(
  response: IncomingMessage,
  res: ServerResponse,
  { place, status, headers }: BodyOptions,
): Promise<void> {
  keepForFollowers(response, place, status);
  res.statusMessage = response.statusMessage ?? '';
  res.writeHead(status, headers);
  const done = new Promise<void>((resolve) => {
    res.once('close', resolve);
    response.once('error', () => {
      // Reset by the upstream: the browser must not take what it has for the whole.
      res.destroy();
    });
  });
  response.once('end', () => {
    const trailers = response.rawTrailers.length === 0 ? undefined : mapTrailers(response.trailers);
    if (trailers) res.addTrailers(trailers);
    res.end();
  });
  response.pipe(res, { end: false });
  await done;
}

/** Where nothing was found in the same bytes before, nothing need be looked for. What a tag gave a digest for is checked each time. */
function meet(response: IncomingMessage, options: BodyOptions): Promise<Met> | undefined {
  const { kind, status, place, unchanged } = options;
  if ((kind !== 'script' && kind !== 'css') || status !== 200 || integrityOf(options) !== undefined)
    return undefined;
  const met = unchanged.meet(nameBody(kind, place), response);
  if (kind === 'css')
    keepSheet(
      met.then((one) => ('body' in one ? one.body : undefined)),
      response,
      place,
    );
  return met;
}

function integrityOf({ place: { session, url } }: BodyOptions): string | undefined {
  return findIntegrity(session, url);
}

export function isEventStream({ headers }: IncomingMessage): boolean {
  return /^\s*text\/event-stream/i.test(headers['content-type'] ?? '');
}

/** Server-sent events: without an end and so without a limit, never compressed, each line out at once. */
async function sendEvents(
  stream: Readable,
  response: IncomingMessage,
  res: ServerResponse,
  { place, status, headers }: BodyOptions,
): Promise<void> {
  const { addresses, upstream, session } = place;
  const rewriter = eventRewriter({
    addresses,
    scheme: upstream.scheme,
    keep: session.site.options.keepLiterals,
  });
  delete headers['content-encoding'];
  res.statusMessage = response.statusMessage ?? '';
  res.writeHead(status, headers);
  res.flushHeaders();
  const end = () => stream.destroy();
  res.once('close', end);
  try {
    for await (const chunk of stream) {
      const text = rewriter.write((chunk as Buffer).toString('latin1'));
      if (text !== '' && !res.write(text, 'latin1')) await drainOrClose(res, res);
      if (res.destroyed) return;
    }
    res.end(rewriter.end(), 'latin1');
  } catch {
    // Broken off by either side: the browser connects again with the last id.
    res.destroy();
  } finally {
    res.off('close', end);
    response.destroy();
  }
}

interface Chunk {
  bytes: Buffer;
  /** So much from so little that it may turn out to be a bomb: not to be sent on yet. */
  suspicious: boolean;
}

/** @throws {Refused} upstream-too-large */
async function* limited({ stream, encodedBytes }: Decoded, limits: ProxyLimits): AsyncGenerator<Chunk, void> {
  let bytes = 0;
  for await (const part of stream) {
    const chunk = part as Buffer;
    bytes += chunk.length;
    const suspicious = bytes > limits.ratio * encodedBytes();
    if (bytes > limits.rewriteBytes || (suspicious && bytes > RATIO_FROM))
      throw new Refused('upstream-too-large');
    yield { bytes: chunk, suspicious };
  }
}

/** @returns whether anything was changed */
async function rewriteText(decoded: Decoded, sink: Sink, options: BodyOptions): Promise<boolean> {
  const rewriter = textRewriter(options);
  for await (const { bytes, suspicious } of limited(decoded, options.limits))
    await sink.write(rewriter.write(bytes.toString('latin1')), suspicious);
  await sink.end(rewriter.end());
  return rewriter.changed;
}

function textRewriter({ kind, place }: BodyOptions): StreamingEdits {
  const { addresses, upstream, session } = place;
  const { keepLiterals: keep, realHosts } = session.site.options;
  const options = { addresses, scheme: upstream.scheme, keep, realHosts };
  return kind === 'script' ? scriptRewriter(options) : jsonRewriter(options);
}

/**
 * Style sheets, and whatever a tag gave a digest for: changed and sent when all of it is there.
 * @returns whether anything was changed
 */
async function rewriteWhole(
  decoded: Decoded,
  sink: Sink,
  response: IncomingMessage,
  options: BodyOptions,
): Promise<boolean> {
  const { place, kind, limits } = options;
  const type = response.headers['content-type'] ?? 'text/css';
  const { resources } = place.session;
  const isKept = kind === 'css' && options.status === 200 && resources.wants(place.url, type);
  let passed: (body: Buffer | undefined) => void = () => {};
  if (isKept)
    notePassing(
      place.session,
      place.url,
      new Promise<Buffer | undefined>((resolve) => {
        passed = resolve;
      }).then((body) => body && { type, body }),
    );
  const parts: Buffer[] = [];
  try {
    const most = kind === 'css' ? Math.min(limits.rewriteBytes, MAX_SHEET_BYTES) : limits.rewriteBytes;
    for await (const { bytes } of limited(decoded, { ...limits, rewriteBytes: most })) parts.push(bytes);
  } catch (error) {
    passed(undefined);
    throw error;
  }
  const body = Buffer.concat(parts);
  const integrity = integrityOf(options);
  if (integrity !== undefined && !matchesIntegrity(body, integrity)) {
    passed(undefined);
    throw new Refused('upstream-broken', {}, 'integrity');
  }
  if (isKept) resources.keep(place.url, type, body);
  passed(body);
  const text = body.toString('latin1');
  if (kind === 'css' && text.length > BUSY_FROM && isTooBusy(text)) throw new Refused('upstream-too-large');
  const made =
    kind === 'css'
      ? rewriteCssParts(text, place.addresses, place.upstream.scheme)
      : rewriteInParts(text, textRewriter(options));
  // What is short goes out at once and with its length.
  let held = '';
  let same = 0;
  let turn = performance.now();
  for (const part of made) {
    held += part;
    if (text.startsWith(part, same)) same += part.length;
    if (performance.now() - turn < LONGEST_TURN) continue;
    await sink.write(held, false);
    held = '';
    await nextTurn();
    turn = performance.now();
  }
  await sink.end(held);
  return same !== text.length;
}

function* rewriteInParts(text: string, rewriter: TextRewriter): Generator<string, void> {
  for (let at = 0; at < text.length; at += PART) yield rewriter.write(text.slice(at, at + PART));
  yield rewriter.end();
}

async function rewriteHtml(
  decoded: Decoded,
  sink: Sink,
  response: IncomingMessage,
  { headers, limits, html, kind }: BodyOptions,
): Promise<void> {
  const type = response.headers['content-type'];
  let start: Buffer | undefined = Buffer.alloc(0);
  let rewriter: TextRewriter | undefined;
  let decoder: TextDecoder | undefined;
  const begin = (bytes: Buffer): string => {
    const isText = kind === 'text';
    // What a text says of encodings is about others.
    const encoding = findEncoding(isText ? bytes.subarray(0, 3) : bytes, type);
    const essence = isText ? 'text/html' : (type?.split(';', 1)[0]?.trim() ?? 'text/html');
    if (encoding.label !== undefined)
      headers['content-type'] = `${essence}; charset=${encoding.decode ? 'utf-8' : encoding.label}`;
    else if (isText) headers['content-type'] = essence;
    if (encoding.decode) {
      decoder = new TextDecoder(encoding.label);
      sink.encoding = 'utf8';
    }
    const toUtf8 = utf8Of(encoding);
    rewriter = html({ isXml: /xhtml/i.test(type ?? ''), ...(toUtf8 ? { toUtf8 } : {}) });
    start = undefined;
    return rewrite(bytes);
  };
  const rewrite = (bytes: Buffer): string =>
    rewriter!.write(decoder ? decoder.decode(bytes, { stream: true }) : bytes.toString('latin1'));

  for await (const { bytes, suspicious } of limited(decoded, limits)) {
    if (start) {
      start = start.length === 0 ? bytes : Buffer.concat([start, bytes]);
      if (start.length < PRESCAN_BYTES && !/;\s*charset=/i.test(type ?? '')) continue;
      const all: Buffer = start;
      await sink.write(begin(all.subarray(0, FIRST_BYTES)), suspicious);
      if (all.length <= FIRST_BYTES) continue;
      // Lets it out, before the rest is worked on.
      await nextTurn();
      await sink.write(rewrite(all.subarray(FIRST_BYTES)), suspicious);
    } else await sink.write(rewrite(bytes), suspicious);
  }
  let rest = start ? begin(start) : '';
  if (decoder) rest += rewriter!.write(decoder.decode());
  await sink.end(rest + rewriter!.end());
}

/** How a stretch of the document's text becomes UTF-8: digests in a policy are made of that (CSP 3, 8.4). */
function utf8Of({ label, decode: isText }: Encoding): ((text: string) => Buffer) | undefined {
  if (isText) return (text) => Buffer.from(text);
  if (/^(?:utf-?8|unicode-1-1-utf-8)$/i.test(label ?? '')) return undefined;
  return (text) => {
    const bytes = Buffer.from(text, 'latin1');
    try {
      return Buffer.from(new TextDecoder(label ?? 'windows-1252').decode(bytes));
    } catch {
      return bytes; // a label that no browser knows either
    }
  };
}
