// Which bodies are rewritten, and how: by content type and by what the browser will do with them.
import type { IncomingMessage } from 'node:http';

export type BodyKind = 'untouched' | 'html' | 'css' | 'script' | 'json' | 'events' | FileKind;
/** Opened as a page of its own, where a browser makes the page around it. */
type FileKind = 'text' | 'media';

const HTML = /^(?:text\/html|application\/xhtml\+xml)$/;
const SCRIPT = /^(?:text|application)\/(?:x-)?(?:java|ecma)script$/;
const JSON_TYPE = /^(?:application\/(?:[\w.+-]+\+)?json|text\/json|application\/manifest\+json)$/;
const TEXT = /^(?:text\/(?:plain|xml)|application\/(?:[\w.+-]+\+)?xml)$/;
/** What Chromium shows as text; other kinds are offered for saving. */
const SHOWN_TEXT = /^text\/(?:plain|css|markdown)$/;
/** An SVG is a document itself, with scripts and links. */
const MEDIA =
  /^(?:image\/(?:png|jpe?g|gif|webp|avif|bmp|apng|x-icon|vnd\.microsoft\.icon)|(?:video|audio)\/(?:mp4|webm|ogg|mpeg|wav))$/;
/** Where documents are shown that are looked into by followers. */
const SHOWN_IN = /^(?:document|i?frame)$/;
const NO_BODY = new Set([204, 205, 304]);

/** Whether it goes out as a document of ours, or with our script in it. */
export function isPage(kind: BodyKind): boolean {
  return kind === 'html' || isFile(kind);
}

export function isFile(kind: BodyKind): kind is FileKind {
  return kind === 'text' || kind === 'media';
}

/** @param isDocument whether it is asked for to be shown by itself */
export function bodyKind(
  method: string,
  destination: string | undefined,
  response: IncomingMessage,
  isDocument = false,
): BodyKind {
  const { statusCode = 0, headers } = response;
  if (method === 'HEAD' || NO_BODY.has(statusCode) || statusCode < 200)
    return kindOfHead(method, statusCode, headers);
  // A part of a body cannot be rewritten, a download must not be.
  if (statusCode === 206 || /^\s*attachment\b/i.test(headers['content-disposition'] ?? ''))
    return 'untouched';
  const opened = isDocument && SHOWN_IN.test(destination ?? 'document');
  return (
    (opened ? kindOfFile(headers['content-type'], method) : undefined) ??
    kindOfType(headers['content-type'], destination)
  );
}

/** HEAD answers as GET would, so that no length or validator of other bytes is told. */
function kindOfHead(method: string, status: number, headers: IncomingMessage['headers']): BodyKind {
  return method === 'HEAD' && !NO_BODY.has(status)
    ? kindOfType(headers['content-type'], undefined)
    : 'untouched';
}

function kindOfFile(contentType: string | undefined, method: string): FileKind | undefined {
  const type = essenceOf(contentType);
  if (SHOWN_TEXT.test(type) || SCRIPT.test(type) || JSON_TYPE.test(type)) return 'text';
  // Its own element asks for it once more.
  return MEDIA.test(type) && method === 'GET' ? 'media' : undefined;
}

function essenceOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

function kindOfType(contentType: string | undefined, destination: string | undefined): BodyKind {
  const type = essenceOf(contentType);
  if (HTML.test(type)) return 'html';
  if (type === 'text/css') return 'css';
  if (type === 'text/event-stream') return 'events';
  if (SCRIPT.test(type)) return 'script';
  if (JSON_TYPE.test(type)) return 'json';
  // Text that a script reads may be anything, also markup or addresses; text that is shown stays as it is.
  if (TEXT.test(type) && destination === 'empty') return 'json';
  // What the tag says counts for scripts: browsers run them under many types.
  if (destination === 'script' && /^(?:text\/plain|application\/octet-stream|)$/.test(type)) return 'script';
  return 'untouched';
}
