// The words: every reason has its sentence, every locale every key, and gateway and pages read the same.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acceptedLanguages, sentence, word } from '../../../gateway/http/words.ts';
import { REASONS } from '../../../protocol/reasons.ts';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, 'config/locales');
const locales = Object.fromEntries(
  readdirSync(folder).map((name) => [
    name,
    JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, string>,
  ]),
);
const english = locales['en.json']!;

describe('words', () => {
  it('has a sentence for every reason code', () => {
    expect(REASONS.filter((reason) => !/\w.*\.$/.test(english[`reason.${reason}`] ?? ''))).toEqual([]);
  });

  it.each(Object.keys(locales))('%s has the keys of English, with the same holes', (name) => {
    const locale = locales[name]!;
    const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
    expect(Object.keys(locale).sort()).toEqual(Object.keys(english).sort());
    for (const [key, text] of Object.entries(english))
      expect([key, holes(locale[key]!)]).toEqual([key, holes(text)]);
  });

  it('has every key that a page asks for by name', () => {
    const files = readdirSync(join(root, 'ui'), { recursive: true, withFileTypes: true })
      .filter((entry) => /\.tsx?$/.test(entry.name))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    const asked = files.flatMap((text) => [...text.matchAll(/\bt\('([\w.-]+)'/g)].map((match) => match[1]!));
    expect(asked.length).toBeGreaterThan(100);
    expect(asked.filter((key) => !(key in english))).toEqual([]);
  });

  it('answers in the language that is accepted best, with English as fallback', () => {
    expect(acceptedLanguages('fr;q=0.5, de-AT, en;q=0.8')).toEqual(['de-at', 'de', 'en', 'fr']);
    expect(sentence('stopped-by-agent', {}, 'fr, de-AT;q=0.9')).toBe(
      'Der Berater hat das Co-Browsing beendet.',
    );
    expect(sentence('stopped-by-agent', {}, 'fr')).toBe(english['reason.stopped-by-agent']);
    expect(word('desk.since', { time: '09:15' })).toBe('since 09:15');
    expect(word('no.such.key')).toBe('no.such.key');
    expect(word('desk.since', { other: 'x' })).toBe('since {time}');
  });
});
