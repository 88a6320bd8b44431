// The built pages as they are served: by page, hashed, packed, and nothing but them.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { loadAssets, PAGE_NAMES } from '../../../gateway/http/assets.ts';

const assets = loadAssets(join(import.meta.dirname, '../../../dist'));
const scriptOf = (html: string) => /src="(\/assets\/[^"]+\.js)"/.exec(html)![1]!;

describe('assets', () => {
  it.each(PAGE_NAMES)('page %s has no inline script or style, and its files are served', async (name) => {
    const html = assets.page(name);
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|<style|\son\w+=|\sstyle=/i);
    const app = express().use(assets.middleware(name));
    const paths = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1]!);
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) {
      const answer = await request(app).get(path).set('Accept-Encoding', 'br');
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers['cache-control']).toContain('immutable');
      expect(answer.headers['content-encoding']).toBe('br');
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['origin-agent-cluster']).toBe('?1');
    }
  });

  it('serves each page its own files only, and no path outside', async () => {
    const app = express().use(assets.middleware('panel'));
    for (const path of [
      scriptOf(assets.page('shell')),
      scriptOf(assets.page('console')),
      '/assets/../manifest.json',
      '/assets/%2e%2e/manifest.json',
      '/manifest.json',
      '/panel/index.html',
      '/assets/',
    ]) {
      expect([path, (await request(app).get(path)).status]).toEqual([path, 404]);
    }
    expect((await request(app).post(scriptOf(assets.page('panel')))).status).toBe(404);
  });

  it('answers 304 to a browser that has the file', async () => {
    const app = express().use(assets.middleware('shell'));
    const path = scriptOf(assets.page('shell'));
    const { etag } = (await request(app).get(path)).headers;
    expect((await request(app).get(path).set('If-None-Match', etag!)).status).toBe(304);
  });

  it('gives the viewer of documents, whose origin is opaque, its scripts across origins, and no other page', async () => {
    const viewer = express().use(assets.middleware('document'));
    const answer = await request(viewer)
      .get(scriptOf(assets.page('document')))
      .set('Origin', 'null');
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    const shell = express().use(assets.middleware('shell'));
    const other = await request(shell)
      .get(scriptOf(assets.page('shell')))
      .set('Origin', 'null');
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('has both scripts for other people’s pages as single classic files with their hash', () => {
    for (const script of [assets.injectScript, assets.panelScript]) {
      expect(script.body.length).toBeGreaterThan(1_000);
      expect(script.hash).toBe(createHash('sha256').update(script.body).digest('base64'));
      expect(brotliDecompressSync(script.packed.br)).toEqual(script.body);
      expect(gunzipSync(script.packed.gzip)).toEqual(script.body);
      expect(() => new Function(script.body.toString())).not.toThrow();
    }
    expect(assets.panelScript.body.length).toBeLessThan(16_384);
    expect([assets.injectScript.path, assets.panelScript.path]).toEqual(['/.tandem/page.js', '/panel.js']);
  });

  it('reads the injected script once: every proxied request asks for its hash', () => {
    expect(assets.injectScript).toBe(assets.injectScript);
  });

  it('says what to do when nothing is built', () => {
    expect(() => loadAssets('/nowhere')).toThrow(/npm run build/);
  });
});
