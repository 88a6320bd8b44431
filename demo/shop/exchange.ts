// One request to the demo and its answer: address, cookies, form fields in; pages, redirects, JSON out.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Html } from './html.ts';

const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** A file that came with a form. */
export interface Upload {
  name: string;
  type: string;
  bytes: number;
}

/** How the browser came: the demo serves TLS itself or not at all. */
export function schemeOf({ socket }: IncomingMessage): 'http' | 'https' {
  return 'encrypted' in socket ? 'https' : 'http';
}

export class Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Absolute, with the port that the browser used. */
  readonly url: URL;
  readonly cookies: Map<string, string>;

  /** @throws TypeError when host or path are no URL */
  constructor(req: IncomingMessage, res: ServerResponse) {
    this.req = req;
    this.res = res;
    this.url = new URL(req.url ?? '/', `${schemeOf(req)}://${req.headers.host}`);
    this.cookies = new Map();
    for (const pair of (req.headers.cookie ?? '').split(';')) {
      const at = pair.indexOf('=');
      if (at > 0) this.cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
    }
  }

  /** Origin of another host of the demo, on the port of this request. */
  originOf(host: string): string {
    return `${this.url.protocol}//${host}${this.url.port ? `:${this.url.port}` : ''}`;
  }

  setCookie(name: string, value: string, attributes = 'Path=/; SameSite=Lax'): void {
    const secure = this.url.protocol === 'https:' ? '; Secure' : '';
    this.res.appendHeader('Set-Cookie', `${name}=${value}; ${attributes}${secure}`);
  }

  /** Fields and files of a form, URL-encoded or multipart. @throws Error over 8 MiB */
  async form(): Promise<{ fields: URLSearchParams; uploads: Upload[] }> {
    const body = await this.body();
    const type = this.req.headers['content-type'] ?? 'application/x-www-form-urlencoded';
    const data = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    const fields = new URLSearchParams();
    const uploads: Upload[] = [];
    for (const [name, value] of data) {
      if (typeof value === 'string') fields.append(name, value);
      else if (value.name !== '') uploads.push({ name: value.name, type: value.type, bytes: value.size });
    }
    return { fields, uploads };
  }

  async json(): Promise<unknown> {
    return JSON.parse((await this.body()).toString('utf8'));
  }

  async body(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of this.req as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) throw new Error('Form too large.');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  sendPage(page: Html, status = 200, headers: Record<string, string> = {}): void {
    this.res.writeHead(status, {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      ...headers,
    });
    this.res.end(page.text);
  }

  sendJson(value: unknown, status = 200): void {
    this.res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    this.res.end(JSON.stringify(value));
  }

  /** 303: the browser goes there with GET. */
  redirect(to: string, status = 303): void {
    this.res.writeHead(status, { Location: to, 'Cache-Control': 'no-store' });
    this.res.end();
  }
}
