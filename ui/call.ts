// HTTP calls of our own pages to their own host: JSON in, JSON out, a refusal as an error with its reason.
import type { Refusal } from '../protocol/http-api.ts';
import type { Reason } from '../protocol/reasons.ts';
import { sentenceOf } from './words.ts';

/** The gateway said no; `message` is the sentence for the person. */
export class RefusedCall extends Error {
  readonly status: number;
  readonly reason: string;
  readonly consoleUrl: string | undefined;
  constructor(status: number, refusal: Partial<Refusal>) {
    super(sentenceOf(refusal.reason ?? 'internal', refusal.params ?? {}));
    this.name = 'RefusedCall';
    this.status = status;
    this.reason = refusal.reason ?? 'internal';
    this.consoleUrl = refusal.consoleUrl;
  }
}

/** Where the answer is no refusal of ours (a page for people, a proxy in between): what its status means here. */
const BY_STATUS: Record<number, Reason> = {
  401: 'signed-out',
  403: 'not-allowed',
  410: 'session-ended',
  413: 'document-too-large',
  429: 'too-fast',
};

interface CallOptions {
  method?: 'GET' | 'POST';
  /** Sent as JSON, a Blob as it is. */
  body?: unknown;
  /** Bearer token. */
  token?: string;
}

/**
 * @throws {RefusedCall} when the gateway refuses
 * @throws {TypeError} when it cannot be reached
 */
export async function call<T>(path: string, { method, body, token }: CallOptions = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (token !== undefined) headers.Authorization = `Bearer ${token}`;
  let sent: BodyInit | null = null;
  if (body instanceof Blob) {
    sent = body;
    headers['Content-Type'] = body.type || 'application/octet-stream';
  } else if (body !== undefined) {
    sent = JSON.stringify(body);
    headers['Content-Type'] = 'application/json';
  }
  const response = await fetch(path, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    body: sent,
    cache: 'no-store',
  });
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : parse(text);
  if (!response.ok) {
    const refusal = (answer ?? {}) as Partial<Refusal>;
    const reason = refusal.reason ?? BY_STATUS[response.status] ?? 'internal';
    throw new RefusedCall(response.status, { ...refusal, reason });
  }
  return answer as T;
}

/** Undefined for anything but JSON: a proxy in between may answer HTML. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What to tell a person of whatever was thrown by {@link call}. */
export function sentenceOfError(error: unknown): string {
  return error instanceof RefusedCall ? error.message : sentenceOf('connection-failed');
}
