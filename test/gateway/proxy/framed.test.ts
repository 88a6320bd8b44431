// What the upstream hears a document is for: the page itself, or a frame inside of it.

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { domain, site, startProxy, startUpstream, type TestGateway, type Upstream } from './upstream.ts';

const WWW = 'http://www.shop.example';
const PAY = 'http://pay.shop.example';
let upstream: Upstream;
let gateway: TestGateway;
let handle: (req: IncomingMessage, res: ServerResponse) => void;
let www: string;
let pay: string;

beforeAll(async () => {
  upstream = await startUpstream((req, res) => handle(req, res));
  const connect = { host: '127.0.0.1', port: upstream.port };
  gateway = await startProxy(
    site([domain('www.shop.example', { connect }), domain('pay.shop.example', { connect })]),
  );
  www = `http://${gateway.hostOf(WWW)}`;
  pay = `http://${gateway.hostOf(PAY)}`;
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});
beforeEach(() => {
  handle = (_req, res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<p>page');
});

/** Asks for a document, and yields what the upstream heard that it is for. */
async function heard(url: string, headers: Record<string, string> = {}, dest = 'iframe'): Promise<unknown> {
  await gateway.ask(url, { dest, headers });
  return upstream.requests.at(-1)!.headers['sec-fetch-dest'];
}

test('the page, opened by the window or by a click in the page, is a document', async () => {
  const shell = `http://${gateway.session.sid}.${gateway.places.base}`;
  expect(await heard(`${WWW}/`, { referer: `${shell}/` })).toBe('document');
  expect(await heard(`${WWW}/next`, { referer: `${www}/`, 'sec-fetch-user': '?1' })).toBe('document');
});

test('frames of the site are frames, so are redirects of them and what is clicked inside', async () => {
  handle = (_req, res) =>
    res
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<iframe src="${PAY}/card?a=1&amp;b=2#x"></iframe><iframe src=/help></iframe>`);
  await heard(`${WWW}/checkout`);
  handle = (_req, res) => res.writeHead(302, { location: '/card/step' }).end();
  const referer = { referer: `${www}/checkout` };
  expect(await heard(`${PAY}/card?a=1&b=2`, referer)).toBe('iframe');
  handle = (_req, res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<p>step');
  expect(await heard(`${PAY}/card/step`, referer)).toBe('iframe');
  expect(await heard(`${WWW}/help`, referer)).toBe('iframe');
  const inside = { referer: `${pay}/card/step`, 'sec-fetch-user': '?1' };
  expect(await heard(`${PAY}/card/done`, inside)).toBe('iframe');
  // The same address, clicked in the page itself.
  expect(await heard(`${WWW}/help`, { ...referer, 'sec-fetch-user': '?1' })).toBe('document');
});

test('what the browser itself tells apart is passed on', async () => {
  expect(await heard(`${WWW}/menu`, {}, 'frame')).toBe('frame');
  expect(await heard(`${WWW}/plugin`, {}, 'object')).toBe('object');
  expect(await heard(`${WWW}/data`, {}, 'empty')).toBe('empty');
});

test('an edited inline script runs under the digest of the original, by the nonce of this answer', async () => {
  const code = `x="${WWW}/api"`;
  const digest = createHash('sha256').update(code).digest('base64');
  handle = (_req, res) =>
    res
      .writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': `script-src 'sha256-${digest}'`,
      })
      .end(`<!doctype html><script>${code}</script>`);
  const answer = await gateway.ask(`${WWW}/strict`, { dest: 'iframe' });
  const nonce = /'nonce-([^']+)'/.exec(String(answer.headers['content-security-policy']))![1];
  expect(answer.text).toContain(`<script nonce="${nonce}">x="${www}/api"</script>`);
});
