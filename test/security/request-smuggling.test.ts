// Attack: requests whose length two parsers see differently, through the gateway and towards the upstream.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PASS, raw, SID, startShop, type TestGateway, type Upstream } from '../gateway/proxy/upstream.ts';

let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  ({ upstream, gateway } = await startShop());
});
afterAll(() => gateway.stop());
beforeEach(() => {
  upstream.requests.length = 0;
});

function request(lines: string[], body: string, first = 'POST /a HTTP/1.1'): string {
  const host = gateway.hostOf('http://www.shop.example');
  return `${[first, `Host: ${host}`, `Cookie: __Secure-cbp-${SID}=${PASS}`, `Origin: http://${host}`, ...lines].join('\r\n')}\r\n\r\n${body}`;
}

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
const CHUNKED = `5\r\nhello\r\n0\r\n\r\n${SMUGGLED}`;

test.each<[string, string[], string, string?]>([
  ['both lengths', ['Content-Length: 4', 'Transfer-Encoding: chunked'], CHUNKED],
  ['both, the other way round', ['Transfer-Encoding: chunked', 'Content-Length: 4'], CHUNKED],
  ['identity before chunked', ['Transfer-Encoding: identity, chunked'], CHUNKED],
  ['gzip before chunked', ['Transfer-Encoding: gzip, chunked'], CHUNKED],
  ['chunked before identity', ['Transfer-Encoding: chunked, identity'], CHUNKED],
  ['two codings in two lines', ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], CHUNKED],
  ['chunked twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], CHUNKED],
  ['xchunked', ['Transfer-Encoding: xchunked'], CHUNKED],
  ['a space before the colon', ['Transfer-Encoding : chunked'], CHUNKED],
  ['a folded line', ['X: a\r\n Transfer-Encoding: chunked'], CHUNKED],
  ['two lengths', ['Content-Length: 5', 'Content-Length: 6'], `hello${SMUGGLED}`],
  ['a list of lengths', ['Content-Length: 5, 6'], `hello${SMUGGLED}`],
  ['a signed length', ['Content-Length: +5'], `hello${SMUGGLED}`],
  ['a hexadecimal length', ['Content-Length: 0x5'], `hello${SMUGGLED}`],
  ['chunked on HTTP/1.0', ['Transfer-Encoding: chunked'], CHUNKED, 'POST /a HTTP/1.0'],
  [
    'a chunk size that overflows',
    ['Transfer-Encoding: chunked'],
    `fffffffffffffffff5\r\nhello\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  ['a bare line feed', ['X: a\nTransfer-Encoding: chunked'], CHUNKED],
  ['a version of its own', [], '', 'GET / HTTP/2.0'],
])('%s: refused, and nothing reaches the upstream', async (_name, lines, body, first) => {
  const answer = await raw(gateway.port, request(lines, body, first));
  expect(answer).toMatch(/^HTTP\/1\.1 400/);
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(upstream.requests).toHaveLength(0);
});

test.each<[string, string[], string]>([
  ['an underscore name', ['Content_Length: 3', 'Transfer_Encoding: chunked', 'Content-Length: 5'], 'hello'],
  ['a chunk extension', ['Transfer-Encoding: chunked'], '5;x=y\r\nhello\r\n0\r\n\r\n'],
  ['trailers', ['Transfer-Encoding: chunked', 'Trailer: Host'], '5\r\nhello\r\n0\r\nHost: evil\r\n\r\n'],
  ['names for the connection', ['Connection: content-length, keep-alive', 'Content-Length: 5'], 'hello'],
])('%s: one request of the same body, framed anew', async (_name, lines, body) => {
  await raw(gateway.port, request([...lines, 'Content-Type: application/octet-stream'], body));
  await expect.poll(() => upstream.requests.length).toBe(1);
  const [seen] = upstream.requests;
  expect(seen?.body.toString()).toBe('hello');
  expect(seen?.headers.host).toBe('www.shop.example');
  expect(seen?.rawHeaders.some((name) => name.includes('_') || name === 'evil')).toBe(false);
  const framing = seen!.rawHeaders.filter(
    (name, index) => index % 2 === 0 && /^(?:content-length|transfer-encoding)$/i.test(name),
  );
  expect(framing).toHaveLength(1);
});

test('requests in a row on one connection are answered one by one', async () => {
  const answer = await raw(
    gateway.port,
    request(['Content-Length: 5', 'Content-Type: application/octet-stream'], 'hello') +
      request([], '', 'GET /b HTTP/1.1'),
  );
  expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  expect(upstream.requests.map(({ url }) => url)).toEqual(['/a', '/b']);
});
