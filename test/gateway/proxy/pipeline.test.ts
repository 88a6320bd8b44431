// A proxied request end to end, against recording upstreams.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { domain, site, startProxy, startUpstream, type TestGateway, type Upstream } from './upstream.ts';

let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream((req, res) => {
    switch (req.url?.split('?')[0]) {
      case '/page':
        res.setHeader('content-type', 'text/html; charset=utf-8');
        res.setHeader('set-cookie', ['sid=1; HttpOnly; Path=/', 'seen=yes; Path=/']);
        res.end(
          '<!doctype html><html><head><title>T</title></head><body><a href="http://www.shop.example/next">n</a></body></html>',
        );
        return;
      default:
        res.setHeader('content-type', 'text/plain');
        res.end('plain');
    }
  });
  const connect = { host: '127.0.0.1', port: upstream.port };
  gateway = await startProxy(
    site([domain('www.shop.example', { connect }), domain('pay.shop.example', { connect })]),
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

test('a document is served under its session address with our script first in its head', async () => {
  const answer = await gateway.ask('http://www.shop.example/page', { dest: 'iframe' });
  expect(answer.status).toBe(200);
  expect(answer.text).toMatch(/^<!doctype html><html><head><script src="\/\.tandem\/page\.js\?v=/);
  expect(answer.text).toContain(`href="http://${gateway.hostOf('http://www.shop.example')}/next"`);
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(gateway.session.jar.headerFor('http://www.shop.example/', { sameSite: 'strict' })).toBe(
    'sid=1; seen=yes',
  );
  expect(upstream.requests.at(-1)?.headers.host).toBe('www.shop.example');
});
