// Texts and pictures opened as pages of their own: the agent must see them, so they carry our script.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { domain, site, startProxy, startUpstream, type TestGateway, type Upstream } from './upstream.ts';

const WWW = 'http://www.shop.example';
let upstream: Upstream;
let gateway: TestGateway;
let handle: (req: IncomingMessage, res: ServerResponse) => void = (_req, res) => res.end();

beforeAll(async () => {
  upstream = await startUpstream((req, res) => handle(req, res));
  gateway = await startProxy(
    site([domain('www.shop.example', { connect: { host: '127.0.0.1', port: upstream.port } })]),
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

function reply(type: string, body: string | Buffer, more: Record<string, string> = {}): void {
  handle = (_req, res) => res.writeHead(200, { 'content-type': type, ...more }).end(body);
}

const SCRIPT = '<script src="/.tandem/page.js';

describe('a text opened as a page', () => {
  it('is what a browser makes of it, with our script', async () => {
    reply('text/plain; charset=utf-8', '\n1 < 2 & <b>pear</b>: é', {
      'cache-control': 'max-age=60',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    const { text, headers } = await gateway.ask(`${WWW}/notes.txt`, { dest: 'iframe' });
    expect(text).toContain(`<head>${SCRIPT}`);
    expect(text).toMatch(/<pre [^>]*>\n\n1 &lt; 2 &amp; &lt;b>pear&lt;\/b>: é<\/pre><\/body><\/html>$/);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-security-policy']).not.toContain('sandbox');
  });

  it('keeps its encoding, whatever it says of others', async () => {
    reply('text/plain', '<meta charset="utf-16">');
    expect((await gateway.ask(`${WWW}/a.txt`, { dest: 'iframe' })).headers['content-type']).toBe('text/html');
    reply('text/plain', Buffer.from('\ufeffpear', 'utf16le'));
    const wide = await gateway.ask(`${WWW}/b.txt`, { dest: 'iframe' });
    expect(wide.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(wide.text).toContain('\npear</pre>');
    reply('text/plain', '\ufeffpear');
    expect((await gateway.ask(`${WWW}/c.txt`, { dest: 'iframe' })).text).toContain('\npear</pre>');
  });

  it('is JSON as well, which scripts get as it is', async () => {
    reply('application/json', '{"pear":1}');
    expect((await gateway.ask(`${WWW}/a.json`, { dest: 'iframe' })).text).toContain('\n{"pear":1}</pre>');
    expect((await gateway.ask(`${WWW}/a.json`, { dest: 'empty' })).text).toBe('{"pear":1}');
  });

  it('is not what is to be saved', async () => {
    reply('text/plain', 'pear', { 'content-disposition': 'attachment; filename=a.txt' });
    expect((await gateway.ask(`${WWW}/a.txt`, { dest: 'iframe' })).text).toBe('pear');
  });
});

describe('a picture opened as a page', () => {
  it('is an element in a page with our script', async () => {
    reply('image/png', 'PNG', { 'cache-control': 'max-age=60', 'content-length': '3' });
    const { text, headers } = await gateway.ask(`${WWW}/a.png?x="&y=1`, { dest: 'iframe' });
    expect(text).toContain(`<head>${SCRIPT}`);
    expect(text).toContain('src="/a.png?x=&quot;&amp;y=1"');
    // The element asks by the same address for the bytes.
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
    expect((await gateway.ask(`${WWW}/a.png`, { dest: 'image' })).text).toBe('PNG');
  });

  it('is a player for films, and a document of its own for SVG', async () => {
    reply('video/mp4', 'MP4');
    expect((await gateway.ask(`${WWW}/a.mp4`, { dest: 'iframe' })).text).toMatch(
      /<video [^>]*src="\/a\.mp4"/,
    );
    reply('image/svg+xml', '<svg/>');
    expect((await gateway.ask(`${WWW}/a.svg`, { dest: 'iframe' })).text).toBe('<svg/>');
  });
});
