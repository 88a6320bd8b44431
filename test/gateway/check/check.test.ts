// `tandem check` on a site that has one of everything: what is reported, what is left alone, and how the command ends.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { check, exitCodeOf, runCheck } from '../../../gateway/check/check-command.ts';
import { formatReport } from '../../../gateway/check/format-report.ts';
import type { CheckReport } from '../../../gateway/check/report.ts';
import { loadConfig } from '../../../gateway/sites/load.ts';
import { startUpstream, type Upstream } from '../proxy/upstream.ts';

const WWW = 'http://www.shop.example';
const PAGES: Record<string, [headers: Record<string, string | string[]>, body: string]> = {
  '/': [
    {
      'x-frame-options': 'DENY',
      'set-cookie': ['session=s3cret; HttpOnly; Path=/', 'login=s3cret; HttpOnly', 'theme=dark'],
      'content-security-policy': "script-src 'self' https:; frame-src 'self'; frame-ancestors 'none'",
      'speculation-rules': '"/rules"',
    },
    `<!doctype html><title>Start</title>
     <link rel="stylesheet" href="/style.css"><link rel="preconnect" href="https://warm.example">
     <script src="https://tags.example/t.js"></script><script src="/app.js"></script>
     <img src="http://static.shop.example/logo.png"><img srcset="https://img.example/a.png 1x, https://img.example/b.png 2x">
     <iframe src="https://pay.example:8443/form"></iframe>
     <script type="speculationrules">{"prefetch":[]}</script>
     <div style="background:url(https://bg.example/x.png)"></div>
     <a href="/second?x=1#part">Second</a> <a href="http://www.shop.example/away">Away</a>
     <a href="https://partner.example/">Partner</a> <a href="/logout">Sign out</a>
     <a href="/gone">Gone</a> <a href="/file.pdf">File</a> <a href="/deep/1">Deep</a>
     <a href="http://static.shop.example/page">Static</a>
     <form action="/search"><input name="iban"><input name="q" class="private"></form>`,
  ],
  '/second?x=1': [
    {},
    `<meta http-equiv="refresh" content="5; url=https://other.example/next"><p>Second</p>
     ${[1, 2, 3, 4, 5].map((n) => `<a href="?page=${n}">${n}</a>`).join('')}`,
  ],
  '/style.css': [
    { 'content-type': 'text/css' },
    `@import "https://fonts.example/all.css"; a { background: url('https://bg.example/x.png') } @font-face { src: url(https://fonts.example/f.woff2) }`,
  ],
  '/app.js': [
    { 'content-type': 'text/javascript' },
    `navigator.serviceWorker.register("/sw.js"); fetch("https://api.elsewhere.example/v1"); x("http://www.w3.org/2000/svg"); y("http://www.shop.example/get?id=1&Signature=abc");`,
  ],
  '/deep/1': [{}, '<a href="/deep/2">2</a>'],
  '/deep/2': [{}, '<a href="/deep/3">3</a>'],
  '/deep/3': [{}, 'too deep'],
};

let upstream: Upstream;
let folder: string;
let file: string;
let report: CheckReport;

beforeAll(async () => {
  upstream = await startUpstream((req, res) => {
    const page = PAGES[req.url ?? ''];
    if (req.url === '/away') res.writeHead(302, { location: 'https://login.example/sso?next=secret' }).end();
    else if (page) res.writeHead(200, { 'content-type': 'text/html', ...page[0] }).end(page[1]);
    else if (req.url?.startsWith('/second')) res.writeHead(200, { 'content-type': 'text/html' }).end('x');
    else res.writeHead(404, { 'content-type': 'text/html' }).end('no');
  });
  folder = await mkdtemp(join(tmpdir(), 'tandem-check-'));
  file = join(folder, 'tandem.yaml');
  await writeFile(
    file,
    `system: { cobrowsing: true }
domains:
  - { title: Shop, hosts: [www.shop.example], protocols: [http], connect: "127.0.0.1:${upstream.port}" }
  - { title: Static, hosts: [static.shop.example], protocols: [http], connect: "127.0.0.1:${upstream.port}" }
  - { title: Nobody, hosts: [dead.example], protocols: [http], connect: "127.0.0.1:9" }
sites:
  - id: shop
    title: Shop
    domains: [Shop]
    resources: [Static]
    start: ${WWW}/
    handover: { secrets: [AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA], cookies: [login] }
    options:
      mask: ['.private', '.nowhere']
  - { id: dead, title: Dead, domains: [Nobody], start: "http://dead.example/" }
`,
  );
  report = await check(await config(), folder, 'shop', { pages: 30, depth: 2, milliseconds: 30_000 });
});
afterAll(async () => {
  await upstream.close();
  await rm(folder, { recursive: true, force: true });
});

async function config() {
  const { readFile } = await import('node:fs/promises');
  return loadConfig(await readFile(file, 'utf8'), file).config;
}
const findings = (kind: string) =>
  report.findings.filter((finding) => finding.kind === kind).map(({ what }) => what);

describe('the hosts', () => {
  test('that pages load from or show are missing, those that links lead to are not', () => {
    const missing = report.hosts.filter(({ listed }) => listed === 'no');
    expect(Object.fromEntries(missing.map(({ origin, kinds }) => [origin, Object.keys(kinds)]))).toEqual({
      'https://tags.example': ['script'],
      'https://img.example': ['image'],
      'https://pay.example:8443': ['frame'],
      'https://bg.example': ['image'],
      'https://fonts.example': ['style', 'font'],
      'https://partner.example': ['navigation'],
      'https://login.example': ['navigation'],
    });
    expect(
      report.hosts.filter(({ listed }) => listed !== 'no').map(({ origin, listed }) => [origin, listed]),
    ).toEqual([
      [WWW, 'domains'],
      ['http://static.shop.example', 'resources'],
    ]);
  });

  test('are ready to be added, and the file is good with them', async () => {
    const { snippet } = report;
    const domains = parse(/# add to "domains":\n([\s\S]*?)# and at/.exec(snippet)![1]!) as {
      title: string;
    }[];
    expect(domains.map(({ title }) => title).sort()).toEqual([
      'bg.example',
      'fonts.example',
      'img.example',
      'pay.example',
      'tags.example',
    ]);
    expect(domains).toContainEqual({
      title: 'pay.example',
      hosts: ['pay.example'],
      protocols: ['https'],
      port: 8443,
    });
    expect(snippet).toContain('    domains: [Shop, pay.example]\n');
    expect(snippet).toContain(
      '    resources: [Static, bg.example, fonts.example, img.example, tags.example]\n',
    );
  });
});

describe('the pages', () => {
  test('are those of the site’s own domains, within depth, and none that does something', () => {
    const paths = report.pages.map(({ url }) => url.slice(WWW.length)).sort();
    expect(paths).toEqual(
      ['/', '/away', '/deep/1', '/deep/2', '/gone', '/second?page=1', '/second?page=2', '/second?x=1'].sort(),
    );
    expect(upstream.requests.map(({ url }) => url)).not.toContain('/logout');
    expect(report.cutBy).toBeNull();
  });

  test('that answer with errors or lead off the list are problems', () => {
    expect(report.findings.filter(({ kind }) => kind === 'page-error')).toEqual([
      {
        kind: 'page-error',
        severity: 'problem',
        what: '404',
        pages: expect.arrayContaining([`${WWW}/gone`]),
      },
    ]);
    expect(findings('redirect-off-list')).toEqual(['https://login.example']);
    expect(findings('meta-refresh-off-list')).toEqual(['https://other.example']);
  });
});

test('what does not work in a session as without is said', () => {
  expect(findings('frame-header')).toEqual(['X-Frame-Options: DENY', "frame-ancestors 'none'"]);
  expect(findings('policy-panel')).toEqual([
    'script-src http://console.localhost:8080',
    'frame-src http://panel.console.localhost:8080',
  ]);
  expect(findings('cookie-http-only')).toEqual(['session']);
  expect(findings('service-worker')).toEqual(['navigator.serviceWorker.register']);
  expect(findings('speculation-rules')).toEqual([
    'header Speculation-Rules',
    'script type="speculationrules"',
  ]);
  expect(findings('named-in-script')).toEqual(['api.elsewhere.example']);
  expect(findings('signed-address')).toEqual([`${WWW}/get`]);
  expect(findings('mask-unused')).toEqual(['.nowhere']);
  expect(findings('input-unmasked')).toEqual(['input[name="iban"]']);
});

test('no value of a cookie and no query is in it', () => {
  expect(JSON.stringify(report)).not.toMatch(/s3cret|next=secret|Signature=abc/);
});

describe('the command', () => {
  test('prints for people, with the snippet last, and ends with 1', async () => {
    let out = '';
    const code = await runCheck(['shop', '--config', file, '--depth', '1'], (text) => {
      out += text;
    });
    expect(code).toBe(1);
    expect(out).toContain('✗ Hosts that pages load from or show');
    expect(out).toMatch(/resources: \[Static, .*\]\n$/);
  });

  test('prints JSON', async () => {
    let out = '';
    await runCheck(['shop', '--config', file, '--json', '--pages', '1'], (text) => {
      out += text;
    });
    const read = JSON.parse(out) as CheckReport;
    expect(read.pages).toHaveLength(1);
    expect(read.cutBy).toBe('pages');
  });

  test('ends with 2 when the start page cannot be had', async () => {
    expect(await runCheck(['dead', '--config', file], () => {})).toBe(2);
  });

  test('ends with 0 when nothing is missing', () => {
    const good: CheckReport = { ...report, hosts: [], findings: [], pages: [{ url: WWW, status: 200 }] };
    expect(exitCodeOf(good)).toBe(0);
    expect(formatReport({ ...good, snippet: '' })).toContain('No host is missing.');
  });

  test.each([[[]], [['shop', 'more']], [['none']], [['shop', '--pages', '0']], [['shop', '--depth', 'x']]])(
    'refuses %j',
    async (args) => {
      await expect(runCheck([...args, '--config', file], () => {})).rejects.toThrow(TypeError);
    },
  );

  test('what a site says cannot steer the terminal', () => {
    const out = formatReport({
      ...report,
      findings: [{ kind: 'page-error', severity: 'problem', what: '\u001b[2J\u0007x', pages: [] }],
    });
    expect(out).toContain('?[2J?x');
    expect(out).not.toContain('\u001b');
  });
});
