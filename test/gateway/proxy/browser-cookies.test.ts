// A base below the site's own domain (`handover.fromBrowser`): which of the browser's cookies come into the jar, and when.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  domain,
  PASS,
  SID,
  site,
  startProxy,
  startUpstream,
  type TestGateway,
  type Upstream,
} from './upstream.ts';

const PAGE = 'http://www.shop.example/';
const PASS_COOKIE = `__Secure-cbp-${SID}=${PASS}`;
let upstream: Upstream;
let gateway: TestGateway;
let first: boolean;

beforeEach(async () => {
  first = true;
  upstream = await startUpstream((_req, res) => {
    res.writeHead(200, { 'content-type': 'text/html' }).end('<p>page');
  });
  const connect = { host: '127.0.0.1', port: upstream.port };
  gateway = await startProxy(
    site([domain('www.shop.example', { connect }), domain('api.shop.example', { connect })], {
      handover: { path: '/tandem-handover', secrets: [], cookies: ['login', 'tenant'], fromBrowser: true },
    }),
  );
  gateway.session.carries = (origin) => first && origin === 'http://www.shop.example';
  gateway.session.takeCarry = () => {
    first = false;
    return undefined;
  };
});
afterEach(async () => {
  await gateway.stop();
  await upstream.close();
});

/** Cookies that the upstream got for a document whose request came with these. */
async function seen(cookie: string, url = PAGE, dest = 'iframe'): Promise<string | undefined> {
  await gateway.ask(url, { dest, headers: { cookie: `${PASS_COOKIE}; ${cookie}` } });
  return upstream.requests.at(-1)?.headers.cookie;
}

test('listed cookies of the first document reach the site, on all its hosts, and no script', async () => {
  expect(await seen('login=abc; tenant=7; other=1')).toBe('login=abc; tenant=7');
  expect(gateway.session.jar.headerFor('http://api.shop.example/', { sameSite: 'strict' })).toBe(
    'login=abc; tenant=7',
  );
  expect(gateway.session.jar.scriptCookies(PAGE)).toBe('');
});

test('later ones do not: who signs out within the session stays signed out', async () => {
  await seen('login=abc');
  gateway.session.jar.take(['login=; Domain=shop.example; Max-Age=0'], PAGE);
  expect(await seen('login=abc')).toBeUndefined();
});

test('a cookie that somebody tossed beside the real one is left out with it', async () => {
  expect(await seen('login=abc; login=tossed; tenant=7')).toBe('tenant=7');
});

test('what was sealed by the site counts more', async () => {
  gateway.session.jar.take(['login=sealed; HttpOnly'], PAGE);
  expect(await seen('login=tossed')).toBe('login=sealed');
});

test('nothing comes by a request for anything but the page of Start', async () => {
  expect(await seen('login=abc', `${PAGE}a.png`, 'image')).toBeUndefined();
  expect(await seen('login=abc', 'http://api.shop.example/')).toBeUndefined();
  expect(gateway.session.jar.size).toBe(0);
});
