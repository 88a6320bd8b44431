// The view host: what it gives to whom, and that a dead one says nothing.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refused } from '../../../gateway/errors.ts';
import { createView } from '../../../gateway/http/view.ts';
import { createLog } from '../../../gateway/log.ts';
import { Resources } from '../../../gateway/mirror/resources.ts';
import type { Places } from '../../../gateway/sites/places.ts';
import { Addresses } from '../../../protocol/address.ts';
import type { MirrorSnapshot } from '../../../protocol/mirror-messages.ts';

const SID = 'abcdefghijklmnop';
const places: Places = {
  scheme: 'http',
  consoleHost: 'console.localhost:8080',
  panelHost: 'panel.console.localhost:8080',
  base: 'cobrowse.localhost:8080',
  consoleOrigin: 'http://console.localhost:8080',
  panelOrigin: 'http://panel.console.localhost:8080',
};
const addresses = new Addresses({
  sid: SID,
  scheme: 'http',
  base: places.base,
  hosts: [['https://shop.example', 'shop-example', 'domain']],
  wild: [],
});
const UPSTREAM: Record<string, { status: number; type: string; body: Buffer }> = {
  'https://shop.example/site.css': {
    status: 200,
    type: 'text/css',
    body: Buffer.from('a:hover{background:url(img/a.png)}@import "more.css";'),
  },
  'https://shop.example/page.html': { status: 200, type: 'text/html', body: Buffer.from('<p>account</p>') },
  'https://shop.example/data.json': { status: 200, type: 'application/json', body: Buffer.from('{}') },
  'https://shop.example/bill.pdf': { status: 200, type: 'application/pdf', body: Buffer.from('%PDF') },
  'https://shop.example/photo-of-nobody': { status: 204, type: '', body: Buffer.from('') },
  'https://shop.example/gone.png': { status: 404, type: 'image/png', body: Buffer.from('') },
};

describe('the view host', () => {
  const resources = new Resources({ addresses });
  const snapshots = new Map<string, MirrorSnapshot>();
  const fetched: string[] = [];
  let server: Server;
  let ended = false;
  beforeAll(async () => {
    const app = createView({
      places,
      findSession: (sid) =>
        sid === SID && !ended
          ? {
              session: { addresses },
              live: {
                resources,
                takeSnapshot(id) {
                  const snapshot = snapshots.get(id);
                  snapshots.delete(id);
                  return snapshot;
                },
              },
            }
          : undefined,
      async fetchFor(_session, url) {
        fetched.push(url);
        const found = UPSTREAM[url];
        if (!found) throw new Refused('upstream-unreachable', { host: 'shop.example' });
        return found;
      },
      assets: {
        page: () => '<!doctype html><html><head><title>Tandem</title></head><body></body></html>',
        middleware: () => (_req, _res, next) => next(),
      },
      log: createLog('silent'),
    });
    server = createServer(express().use(app)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterAll(() => server.close());
  const get = (path: string, headers: Record<string, string> = {}) =>
    request(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
      .get(path)
      .set({ host: `view--${SID}.${places.base}`, ...headers });

  it('gives its document only to shell and console, and names them to its script', async () => {
    const { headers, text } = await get('/').expect(200);
    expect(headers['content-security-policy']).toContain(
      `frame-ancestors http://${SID}.${places.base} ${places.consoleOrigin}`,
    );
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*/);
    expect(text).toContain(
      `<meta name="tandem-embedders" content="http://${SID}.${places.base} ${places.consoleOrigin}">`,
    );
    expect(headers['origin-agent-cluster']).toBe('?1');
    expect(headers['set-cookie']).toBeUndefined();
  });

  it.each(['/inner', '/inner?quirks'])('gives a document without scripts at %s', async (path) => {
    const { headers, text } = await get(path).expect(200);
    const policy = headers['content-security-policy']!;
    for (const none of ['default-src', 'script-src', 'form-action', 'base-uri', 'frame-src', 'object-src'])
      expect(policy).toContain(`${none} 'none'`);
    expect(text.startsWith('<!doctype html>')).toBe(path === '/inner');
  });

  it('gives a snapshot once, packed as asked', async () => {
    const snapshot: MirrorSnapshot = { epoch: 1, seq: 2, frames: [], state: 'live' };
    for (const coding of ['br', 'gzip', 'identity']) {
      snapshots.set('one', snapshot);
      const { body, headers } = await get('/s/one', { 'accept-encoding': coding }).expect(200);
      expect(body).toEqual(snapshot);
      expect(headers['content-encoding']).toBe(coding === 'identity' ? undefined : coding);
      expect(headers['cache-control']).toBe('no-store');
      await get('/s/one').expect(404);
    }
  });

  it('gives kept bytes without asking the upstream, and never lets them act', async () => {
    resources.keep('https://shop.example/logo.svg', 'image/svg+xml', Buffer.from('<svg/>'));
    const { headers, body } = await get(
      resources.idOf(`http://shop-example--${SID}.${places.base}/logo.svg`)!,
    ).expect(200);
    expect(body.toString()).toBe('<svg/>');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['access-control-allow-origin']).toBe(`http://view--${SID}.${places.base}`);
    expect(fetched).toEqual([]);
  });

  it('rewrites style sheets for followers', async () => {
    const { text } = await get(resources.idOf('https://shop.example/site.css')!).expect(200);
    expect(text).toBe(
      `a[tandem-hover]{background:url(${resources.idOf('https://shop.example/img/a.png')})}@import "${resources.idOf('https://shop.example/more.css')}";`,
    );
    expect(fetched).toEqual(['https://shop.example/site.css']);
  });

  it('gives parts of media', async () => {
    resources.keep('https://shop.example/v.mp4', 'video/mp4', Buffer.from('0123456789'));
    const path = resources.idOf('https://shop.example/v.mp4')!;
    const part = await get(path, { range: 'bytes=2-4' }).expect(206);
    expect([part.headers['content-range'], part.body.toString()]).toEqual(['bytes 2-4/10', '234']);
    expect((await get(path, { range: 'bytes=-3' }).expect(206)).body.toString()).toBe('789');
    await get(path, { range: 'bytes=20-' }).expect(416);
  });

  it.each(['page.html', 'data.json', 'bill.pdf', 'gone.png', 'unreachable.png'])(
    'answers 404 for %s',
    async (name) => {
      await get(resources.idOf(`https://shop.example/${name}`)!).expect(404);
    },
  );

  it('answers 204 where the upstream has no content, as for a person without a picture', async () => {
    await get(resources.idOf('https://shop.example/photo-of-nobody')!).expect(204);
  });

  it('knows no other paths, ids or methods', async () => {
    for (const path of ['/r/AAAAAAAAAAAAAAAAAAAAAA', '/r/__proto__', '/s/x', '/socket', '/inner/x'])
      await get(path).expect(404);
    expect(resources.idOf('https://bank.example/x.png')).toBeUndefined();
    expect(resources.idOf('javascript:alert(1)')).toBeUndefined();
    await request(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
      .post('/')
      .set('host', `view--${SID}.${places.base}`)
      .expect(405);
  });

  it('answers alike for whatever is dead', async () => {
    const unknown = await get('/', { host: `view--aaaaaaaaaaaaaaaa.${places.base}` }).expect(410);
    ended = true;
    for (const path of [
      '/',
      '/inner',
      '/s/one',
      resources.idOf('https://shop.example/logo.svg')!,
      '/nothing',
    ]) {
      const { text } = await get(path).expect(410);
      expect(text).toBe(unknown.text);
    }
  });
});
