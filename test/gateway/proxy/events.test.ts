// Server-sent events through a session address: mapped, at once, without an end.
import { once } from 'node:events';
import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import { createGzip, constants as zlib } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventRewriter, rewriteJson } from '../../../gateway/rewrite/script.ts';
import { PASS, SID, startShop, type TestGateway, type Upstream } from './upstream.ts';

const WWW = 'http://www.shop.example';
let upstream: Upstream;
let gateway: TestGateway;
let handle: (req: IncomingMessage, res: ServerResponse) => void;
let www: string;

beforeAll(async () => {
  ({ upstream, gateway } = await startShop((req, res) => handle(req, res), {
    limits: { idleMs: 50, rewriteBytes: 1_000 },
  }));
  www = `http://${gateway.hostOf(WWW)}`;
});
afterAll(() => gateway.stop());
beforeEach(() => {
  upstream.requests.length = 0;
});

async function listenTo(headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const request = get({
    host: '127.0.0.1',
    port: gateway.port,
    path: '/events',
    agent: false,
    headers: {
      host: www.slice(7),
      accept: 'text/event-stream',
      'accept-encoding': 'gzip, br',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-dest': 'empty',
      cookie: `__Secure-cbp-${SID}=${PASS}`,
      ...headers,
    },
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response.setEncoding('utf8');
}

const next = async (response: IncomingMessage) => String((await once(response, 'data'))[0]);

test('each event is out at once and says session addresses, though the upstream pauses longer than others may', async () => {
  let stream: ServerResponse | undefined;
  handle = (_req, res) => {
    stream = res;
    res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    res.flushHeaders();
  };
  const response = await listenTo();
  expect(response.headers['content-encoding']).toBeUndefined();
  expect(response.headers['content-length']).toBeUndefined();
  for (let index = 0; index < 3; index++) {
    stream!.write(`id: ${WWW}/e/${index}\ndata: {"u":"${WWW}/é?n=${index}"}\n\n`);
    expect(await next(response)).toBe(`id: ${www}/e/${index}\ndata: {"u":"${www}/é?n=${index}"}\n\n`);
    await new Promise((done) => setTimeout(done, 80));
  }
  stream!.write(`data: ${'x'.repeat(5_000)}\n\n`);
  let got = '';
  while (!got.endsWith('\n\n')) got += await next(response);
  expect(got).toHaveLength(5_008);
  const gone = once(stream!, 'close');
  response.destroy();
  await gone;
});

test('the last id goes back as the upstream gave it, and nothing packed is asked for', async () => {
  handle = (_req, res) => res.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: 1\n\n');
  const response = await listenTo({ 'last-event-id': `${www}/e/7` });
  await next(response);
  expect(upstream.requests[0]!.headers['last-event-id']).toBe(`${WWW}/e/7`);
  expect(upstream.requests[0]!.headers['accept-encoding']).toBe('identity');
});

test('a stream that comes packed nevertheless is unpacked event by event', async () => {
  let pack = createGzip();
  handle = (_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
    pack = createGzip();
    pack.pipe(res);
    pack.write(`data: ${WWW}/1\n\n`);
    pack.flush(zlib.Z_SYNC_FLUSH);
  };
  const response = await listenTo();
  expect(response.headers['content-encoding']).toBeUndefined();
  expect(await next(response)).toBe(`data: ${www}/1\n\n`);
  pack.write(`data: 2\n\n`);
  pack.flush(zlib.Z_SYNC_FLUSH);
  expect(await next(response)).toBe('data: 2\n\n');
  response.destroy();
});

test('a stream that breaks off breaks off here, so that the browser connects again', async () => {
  handle = (_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write('data: 1\n\n');
    setTimeout(() => res.destroy(), 20);
  };
  const response = await listenTo();
  await next(response);
  await expect(once(response, 'end')).rejects.toThrow();
});

test('however a stream is cut into chunks, it is mapped as a whole would be', () => {
  const { addresses } = gateway.session;
  const options = { addresses, scheme: 'http' as const };
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.constantFrom(`data: ${WWW}/a\n`, '\n', '\r\n', `id: "${WWW}"\r\n`, `: ${'y'.repeat(900)}`, WWW),
          fc.string({ maxLength: 20 }),
        ),
        { maxLength: 12 },
      ),
      fc.array(fc.nat(3_000), { maxLength: 10 }),
      (parts, cuts) => {
        const text = parts.join(' ');
        const at = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const rewriter = eventRewriter(options);
        const out = at.slice(1).map((end, index) => rewriter.write(text.slice(at[index], end)));
        expect(out.join('') + rewriter.end()).toBe(rewriteJson(text, options));
      },
    ),
    { numRuns: 300 },
  );
});
