// Which bodies are rewritten, and how: by content type and by what the browser will do with them.
import type { IncomingMessage } from 'node:http';

export type BodyKind = 'untouched' | 'html' | 'css' | 'script' | 'json' | 'events';

const HTML = /^(?:text\/html|application\/xhtml\+xml)$/;
const SCRIPT = /^(?:text|application)\/(?:x-)?(?:java|ecma)script$/;
const JSON_TYPE = /^(?:application\/(?:[\w.+-]+\+)?json|text\/json|application\/manifest\+json)$/;
const TEXT = /^(?:text\/(?:plain|xml)|application\/(?:[\w.+-]+\+)?xml)$/;
const NO_BODY = new Set([204, 205, 304]);

export function bodyKind(
  method: string,
  destination: string | undefined,
  response: IncomingMessage,
): BodyKind {
  const { statusCode = 0, headers } = response;
  if (method === 'HEAD' || NO_BODY.has(statusCode) || statusCode < 200)
    return kindOfHead(method, statusCode, headers);
  // A part of a body cannot be rewritten, a download must not be.
  if (statusCode === 206 || /^\s*attachment\b/i.test(headers['content-disposition'] ?? ''))
    return 'untouched';
  return kindOfType(headers['content-type'], destination);
}

/** HEAD answers as GET would, so that no length or validator of other bytes is told. */
function kindOfHead(method: string, status: number, headers: IncomingMessage['headers']): BodyKind {
  return method === 'HEAD' && !NO_BODY.has(status)
    ? kindOfType(headers['content-type'], undefined)
    : 'untouched';
}

function kindOfType(contentType: string | undefined, destination: string | undefined): BodyKind {
  const type = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
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
