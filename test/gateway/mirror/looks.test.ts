// What a page says of its looks, within limits: bytes by their content, animations, fonts.
import { describe, expect, it } from 'vitest';
import { Looks } from '../../../gateway/mirror/looks.ts';
import { Resources } from '../../../gateway/mirror/resources.ts';
import { sniffType } from '../../../gateway/mirror/sniff.ts';
import { Addresses } from '../../../protocol/address.ts';
import { maskStyle } from '../../../protocol/masking.ts';
import type { Op } from '../../../protocol/nodes.ts';

const addresses = new Addresses({
  sid: 'abcdefghijklmnop',
  scheme: 'http',
  base: 'cobrowse.localhost',
  hosts: [['https://shop.example', 'shop-example', 'domain']],
  wild: [],
});
const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex');
type Bytes = Extract<Op, ['bytes', ...unknown[]]>;

function make(frame = 1) {
  const resources = new Resources({ addresses });
  const ids = resources.ofFrame(frame);
  const around = { base: 'https://shop.example/a/', resources: ids, toUpstream: () => undefined };
  return { resources, ids, looks: new Looks(frame, resources, around) };
}
const bytes = (name: string, body: Buffer): Bytes => ['bytes', name, body.toString('base64'), undefined];
const idOf = (path: string | undefined): string => path!.slice('/r/'.length);

describe('bytes that a page made', () => {
  it.each([
    ['image/png', PNG],
    ['image/jpeg', Buffer.from('ffd8ffe0', 'hex')],
    ['image/webp', Buffer.from('RIFF0000WEBPVP8 ')],
    ['font/woff2', Buffer.from('wOF2....')],
    ['image/svg+xml', Buffer.from('<?xml version="1.0"?><!-- a --><svg xmlns="x"/>')],
    [undefined, Buffer.from('<!doctype html><svg></svg>')],
    [undefined, Buffer.from('%PDF-1.7')],
    [undefined, Buffer.from('{"name":"Ada"}')],
    [undefined, Buffer.alloc(0)],
  ])('are %s by what they hold', (type, body) => {
    expect(sniffType(body)).toBe(type);
  });

  it('are put together, and given to those who waited', async () => {
    const { resources, ids, looks } = make();
    const path = ids.idOf('blob:http://x/1');
    const waiting = resources.waitForOwn(idOf(path));
    looks.takeBytes(['bytes', 'blob:http://x/1', PNG.toString('base64').slice(0, 4), true]);
    looks.takeBytes(['bytes', 'blob:http://x/1', PNG.toString('base64').slice(4), undefined]);
    expect(await waiting).toEqual({ type: 'image/png', body: PNG });
    expect(resources.find(idOf(path))).toMatchObject({ own: true, kept: { type: 'image/png' } });
    looks.dispose();
    expect(resources.bytes).toBe(0);
  });

  it('that are refused are not waited for', async () => {
    const { resources, ids, looks } = make();
    looks.takeBytes(bytes('blob:a', Buffer.from('secret text')));
    looks.takeBytes(['bytes', 'blob:b', '', undefined]);
    for (const name of ['blob:a', 'blob:b'])
      expect(await resources.waitForOwn(idOf(ids.idOf(name)))).toBeUndefined();
  });

  it('are names of their own document only, and nothing else can be named', () => {
    const { resources, looks } = make(1);
    looks.takeBytes(bytes('tandem:1.1', PNG));
    expect(resources.find(idOf(resources.ofFrame(2).idOf('tandem:1.1')))?.kept).toBeUndefined();
    expect(resources.idOf('tandem:1.1')).toBeUndefined();
    for (const name of ['https://shop.example/logo.png', 'tandem', '/r/x'])
      expect(() => looks.takeBytes(bytes(name, PNG))).toThrow();
  });

  it('of one canvas are the last two, and all together stay within the budget', () => {
    const { resources, ids, looks } = make();
    for (let i = 1; i <= 5; i++) looks.takeBytes(bytes(`tandem:7.${i}`, PNG));
    const kept = [1, 2, 3, 4, 5].map(
      (i) => resources.find(idOf(ids.idOf(`tandem:7.${i}`)))?.kept !== undefined,
    );
    expect(kept).toEqual([false, false, false, true, true]);
    const large = Buffer.concat([PNG, Buffer.alloc(2 * 1024 * 1024 - PNG.length)]);
    for (let i = 0; i < 20; i++) looks.takeBytes(bytes(`blob:${i}`, large));
    expect(resources.bytes).toBeLessThanOrEqual(16 * 1024 * 1024);
    expect(resources.find(idOf(ids.idOf('blob:19')))?.kept).toBeDefined();
  });

  it('that never end are not taken', () => {
    const { looks } = make();
    expect(() => {
      for (let i = 0; i < 400; i++) looks.takeBytes(['bytes', 'blob:a', 'A'.repeat(40_000), true]);
    }).toThrow();
    const { looks: other } = make();
    expect(() => {
      for (let i = 0; i < 200; i++) other.takeBytes(['bytes', `blob:${i}`, 'AAAA', true]);
    }).toThrow();
  });
});

describe('animations', () => {
  const animate = (number: number, state: object): Extract<Op, ['animate', ...unknown[]]> => [
    'animate',
    5,
    number,
    { rate: 1, play: 'running', time: 100, ...state } as never,
  ];

  it('go on in the meantime, keep what is not said again, and go', () => {
    const { looks } = make();
    expect(looks.takeAnimation(animate(1, { keyframes: [['opacity', '0']], rate: 1000 }))).toBe(true);
    const [, , , first] = looks.animation(5, 1, false) as ReturnType<typeof animate>;
    expect(first!.time).toBeGreaterThan(100);
    looks.takeAnimation(animate(1, { play: 'paused' }));
    const [, , , paused] = looks.animation(5, 1, false) as ReturnType<typeof animate>;
    expect(paused).toMatchObject({ time: 100, play: 'paused', keyframes: [['opacity', '0']] });
    looks.takeAnimation(['animate', 5, 1, undefined]);
    expect(looks.animation(5, 1, false)).toEqual(['animate', 5, 1, undefined]);
  });

  it('name only what followers may load; of a masked node they tell its movement', () => {
    const { looks } = make();
    const keyframes = [
      ['backgroundImage', 'url(https://evil.example/x)', 'opacity', '1', 'content', '"4711"'],
    ];
    looks.takeAnimation(animate(1, { keyframes }));
    expect(JSON.stringify(looks.animation(5, 1, false))).not.toContain('evil');
    const masked = JSON.stringify(looks.animation(5, 1, true));
    expect(masked).toContain('opacity');
    expect(masked).not.toMatch(/4711|background/);
  });

  it('are so many at most, and so long', () => {
    const { looks } = make();
    for (let i = 1; i <= 2_000; i++) expect(looks.takeAnimation(animate(i, {}))).toBe(true);
    expect(looks.takeAnimation(animate(2_001, {}))).toBe(false);
    const { looks: long } = make();
    const keyframes = [Array.from({ length: 200 }, () => 'x'.repeat(4_000))];
    expect(long.takeAnimation(animate(1, { keyframes }))).toBe(true);
    expect(long.takeAnimation(animate(2, { keyframes }))).toBe(true);
    expect(long.takeAnimation(animate(3, { keyframes }))).toBe(false);
  });
});

it('a masked style text keeps its rules and dots what it writes', () => {
  expect(maskStyle('a::before{content:"Account 47" attr(x);color:red}b{background:url("a.png")}')).toBe(
    'a::before{content:"••••••• ••" attr(x);color:red}b{background:url("a.png")}',
  );
});
