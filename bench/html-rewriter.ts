// The HTML rewriter alone: throughput beside a copy and cheerio, first byte, longest block, growth, and damage.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import * as cheerio from 'cheerio';
import { HtmlRewriter } from '../gateway/rewrite/html/html-rewriter.ts';
import { Addresses, encodeSlug, parseOrigin } from '../protocol/address.ts';
import { percentile, type Row } from './report.ts';
import { samplePage } from './sample-page.ts';

const CHUNK = 64 * 1024;
const ROUNDS = 9;
const MB = 1e6;

const hosts = ['https://www.shop.example', 'https://static.shop.example'];
const addresses = new Addresses({
  sid: 'abcdefghijklmnop',
  scheme: 'http',
  base: 'cobrowse.localhost:8080',
  hosts: hosts.map((origin) => [origin, encodeSlug(parseOrigin(origin)!)!, 'domain']),
  wild: [],
});
const nobody = new Addresses({ ...addresses.table, hosts: [] });

function rewriter(to = addresses): HtmlRewriter {
  const policy = { addresses: to, origin: parseOrigin(hosts[0]!)!, nonce: 'n', script: '/s' };
  return new HtmlRewriter({
    addresses: to,
    scheme: 'https',
    policy,
    ...(to === nobody ? {} : { inject: '<script src="/.tandem/page.js"></script>' }),
  });
}

interface Run {
  /** CPU time of the process. */
  ms: number;
  firstMs: number;
  longestMs: number;
  out: Buffer[];
}

/** From bytes to bytes, in chunks as they come from a socket. */
function rewrite(page: Buffer, to = addresses): Run {
  const one = rewriter(to);
  const out: Buffer[] = [];
  const cpu = process.cpuUsage();
  const begun = performance.now();
  let firstMs = 0;
  let longestMs = 0;
  for (let at = 0; at < page.length; at += CHUNK) {
    const before = performance.now();
    out.push(Buffer.from(one.write(page.subarray(at, at + CHUNK).toString('latin1')), 'latin1'));
    const now = performance.now();
    if (firstMs === 0 && out.at(-1)!.length > 0) firstMs = now - begun;
    longestMs = Math.max(longestMs, now - before);
  }
  out.push(Buffer.from(one.end(), 'latin1'));
  return { ms: cpuSince(cpu), firstMs, longestMs, out };
}

/** What else the machine does must not count. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function copy(page: Buffer): number {
  const cpu = process.cpuUsage();
  for (let at = 0; at < page.length; at += CHUNK)
    Buffer.from(page.subarray(at, at + CHUNK).toString('utf8'), 'utf8');
  return cpuSince(cpu);
}

/** What peers do: parse all of it, change attributes, print all of it. */
function withCheerio(page: Buffer): { ms: number; out: string } {
  const cpu = process.cpuUsage();
  const document = cheerio.load(page.toString('utf8'));
  for (const name of ['href', 'src', 'action']) {
    document(`[${name}]`).each((_, element) => {
      const value = document(element).attr(name);
      const mapped = value === undefined ? undefined : addresses.toSession(value, 'https');
      if (mapped !== undefined) document(element).attr(name, mapped);
    });
  }
  const out = document.html();
  return { ms: cpuSince(cpu), out };
}

/** Of times that anything else on the machine can only make longer. */
const least = (samples: number[]) => Math.min(...samples);
const median = (samples: number[]) => percentile(samples, 0.5);
const speed = (bytes: number, ms: number) => bytes / MB / (ms / 1_000);

export async function run(): Promise<Row[]> {
  const page = Buffer.from(samplePage(1_700_000));
  const large = Buffer.from(samplePage(4_000_000));
  for (let index = 0; index < 5; index++) rewrite(page);
  const samples = {
    ours: [] as number[],
    copy: [] as number[],
    cheerio: [] as number[],
    first: [] as number[],
  };
  for (let round = 0; round < ROUNDS; round++) {
    const ours = rewrite(page);
    samples.ours.push(ours.ms);
    samples.first.push(ours.firstMs);
    samples.copy.push(copy(page));
    if (round < 3) samples.cheerio.push(withCheerio(page).ms);
  }
  const blocks = Array.from({ length: ROUNDS }, () => rewrite(large).longestMs);
  const peerBlock = withCheerio(large).ms;
  const memory = addedMemory(large);

  const out = Buffer.concat(rewrite(page).out);
  const same = Buffer.concat(rewrite(page, nobody).out);
  const changed = same.equals(page) ? 0 : 1;
  const growth = (out.length / page.length - 1) * 100;
  const sentGrowth = (gzipSync(out).length / gzipSync(page).length - 1) * 100;

  const value = speed(page.length, median(samples.ours));
  const first = least(samples.first);
  const block = least(blocks);
  return [
    {
      figure: 'HTML rewriter, 1.7 MB page',
      unit: 'MB/s',
      value,
      floor: speed(page.length, median(samples.copy)),
      peers: { cheerio: speed(page.length, median(samples.cheerio)) },
      target: '≥ 60 MB/s',
      met: value >= 60,
    },
    {
      figure: 'HTML rewriter: first bytes out',
      unit: 'ms',
      value: first,
      peers: { cheerio: median(samples.cheerio) },
      target: '≤ 1 ms after the first 64 kB',
      met: first <= 1,
    },
    {
      figure: 'HTML rewriter: longest block, 4 MB page',
      unit: 'ms',
      value: block,
      peers: { cheerio: peerBlock },
      target: '≤ 5 ms',
      met: block <= 5,
    },
    {
      figure: 'HTML rewriter: memory added by a 4 MB page',
      unit: 'MB',
      value: memory,
      peers: {},
      target: '≤ 16 MB',
      met: memory <= 16,
    },
    {
      figure: 'HTML rewriter: pages changed where nothing had to change',
      unit: 'pages',
      value: changed,
      peers: {},
      target: '0',
      met: changed === 0,
    },
    {
      figure: 'HTML rewriter: growth of a page with two absolute addresses in 700 bytes, as sent (gzip)',
      unit: '%',
      value: sentGrowth,
      peers: { uncompressed: growth },
      target: '≤ 3 %',
      met: sentGrowth <= 3,
    },
  ];
}

/** What the rewriter itself holds on to; garbage is collected before each look. */
function addedMemory(page: Buffer): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const one = rewriter();
  const before = used();
  let most = 0;
  for (let at = 0; at < page.length; at += CHUNK) {
    one.write(page.subarray(at, at + CHUNK).toString('latin1'));
    most = Math.max(most, used() - before);
  }
  one.end();
  return most / MB;
}
