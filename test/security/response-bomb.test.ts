// Attack: an upstream answers with a little that unpacks into very much, or never ends.
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startShop, type TestGateway } from '../gateway/proxy/upstream.ts';

const MIB = 1024 * 1024;
const ZEROS = Buffer.alloc(64 * MIB);
const BOMBS: Record<string, Buffer> = {
  gzip: gzipSync(ZEROS),
  br: brotliCompressSync(ZEROS),
  zstd: zstdCompressSync(ZEROS),
};
let gateway: TestGateway;

beforeAll(async () => {
  ({ gateway } = await startShop((req, res) => {
    const [, kind = '', coding = ''] = (req.url ?? '').split('/');
    const type =
      { html: 'text/html', css: 'text/css', js: 'text/javascript', json: 'application/json' }[kind] ??
      'text/plain';
    if (kind === 'endless') {
      res.writeHead(200, { 'content-type': coding === 'css' ? 'text/css' : 'text/html' });
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const more = () => {
        while (!res.destroyed && res.write(chunk));
        if (!res.destroyed) res.once('drain', more);
      };
      more();
      return;
    }
    if (kind === 'steep') {
      // Compressed well, as honest pages are, and a little over the limit of the whole.
      res
        .writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' })
        .end(gzipSync('<p>honest page</p>'.repeat(20_000)));
      return;
    }
    res.writeHead(200, { 'content-type': type, 'content-encoding': coding });
    res.end(BOMBS[coding]);
  }));
});
afterAll(() => gateway.stop());

const kinds = ['html', 'css', 'js', 'json'];

test.each(kinds.flatMap((kind) => Object.keys(BOMBS).map((coding) => [kind, coding] as const)))(
  'a bomb of %s in %s is a 502, not a byte of it passed on',
  async (kind, coding) => {
    const answer = await gateway.ask(`http://www.shop.example/${kind}/${coding}`, {
      dest: kind === 'html' ? 'iframe' : 'empty',
    });
    expect(answer.status).toBe(502);
    expect(answer.text).toContain('upstream-too-large');
  },
);

test('twenty at once cost little memory, and others are served meanwhile', async () => {
  await gateway.ask('http://www.shop.example/html/br', { dest: 'iframe' });
  // The least of three rounds: upstream, client and compiler live in this process too, and can only add.
  const added: number[] = [];
  for (let round = 0; round < 3; round++) added.push(await twentyBombs());
  expect(Math.min(...added) / MIB).toBeLessThan(64);
});

/** @returns bytes by which the process grew at most */
async function twentyBombs(): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 5);
  const bombs = Array.from({ length: 20 }, (_, index) =>
    gateway.ask(`http://www.shop.example/${kinds[index % 4]}/${Object.keys(BOMBS)[index % 3]}`, {
      dest: index % 4 === 0 ? 'iframe' : 'empty',
    }),
  );
  const others = await Promise.all(
    Array.from({ length: 10 }, () => gateway.ask('http://www.shop.example/plain/', { dest: 'empty' })),
  );
  const answers = await Promise.all(bombs);
  clearInterval(watch);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([502]));
  expect(new Set(others.map(({ status }) => status))).toEqual(new Set([200]));
  return most - before;
}

test('a page that never ends is cut at the limit, a sheet is refused', async () => {
  await expect(gateway.ask('http://www.shop.example/endless/html', { dest: 'iframe' })).rejects.toThrow();
  expect((await gateway.ask('http://www.shop.example/endless/css', { dest: 'style' })).status).toBe(502);
});

test('a page that is only repetitive is served', async () => {
  const answer = await gateway.ask('http://www.shop.example/steep/', {
    dest: 'iframe',
    headers: { 'accept-encoding': 'gzip' },
  });
  expect(answer.status).toBe(200);
});
