// What is drawn now: strokes grow, fade and go, each drawer has his own, and nobody can pile them up.
import { describe, expect, it } from 'vitest';
import { FADE_MS, LASER_MS, MarkBook, STAY_MS } from '../../protocol/mark-book.ts';
import { type Mark, mark } from '../../protocol/marks.ts';

const stroke = (more: Partial<Extract<Mark, { type: 'mark.drawn' }>> = {}): Mark => ({
  type: 'mark.drawn',
  stroke: 1,
  tool: 'marker',
  frame: 1,
  node: 7,
  points: [[0, 0]],
  done: false,
  ...more,
});

describe('a stroke of the marker', () => {
  it('goes on with the same number, stays three seconds when it is done, fades and is gone', () => {
    const book = new MarkBook();
    book.take('anna', stroke(), 0);
    book.take('anna', stroke({ points: [[0.5, 0.5]], done: true }), 100);
    expect(book.drawn(100, false)).toMatchObject([
      {
        pid: 'anna',
        node: 7,
        strength: 1,
        points: [
          [0, 0],
          [0.5, 0.5],
        ],
      },
    ]);
    expect(book.drawn(100 + STAY_MS - 1, false)[0]!.strength).toBe(1);
    expect(book.drawn(100 + STAY_MS + FADE_MS / 2, false)[0]!.strength).toBeCloseTo(0.5);
    expect(book.drawn(100 + STAY_MS + FADE_MS, false)).toEqual([]);
    expect(book.isEmpty).toBe(true);
  });

  it('without motion is there or not, and never half', () => {
    const book = new MarkBook();
    book.take('anna', stroke({ done: true }), 0);
    expect(book.drawn(STAY_MS - 1, true)[0]!.strength).toBe(1);
    expect(book.drawn(STAY_MS, true)).toEqual([]);
  });

  it('that is never finished goes too', () => {
    const book = new MarkBook();
    book.take('anna', stroke(), 0);
    expect(book.drawn(2 * STAY_MS + FADE_MS, false)).toEqual([]);
  });

  it('is wiped away by its drawer, and only his', () => {
    const book = new MarkBook();
    book.take('anna', stroke(), 0);
    book.take('carl', stroke(), 0);
    book.take('anna', { type: 'mark.cleared' }, 1);
    expect(book.drawn(1, false).map(({ pid }) => pid)).toEqual(['carl']);
  });
});

describe('the laser', () => {
  it('has a trail that goes from its end, and stays where it is held', () => {
    const book = new MarkBook();
    book.take('anna', stroke({ tool: 'laser', points: [[0, 0]] }), 0);
    book.take('anna', stroke({ tool: 'laser', points: [[1, 1]] }), 500);
    expect(book.drawn(500, false)[0]!.points).toHaveLength(2);
    expect(book.drawn(LASER_MS + 1, false)[0]!.points).toEqual([[1, 1]]);
    expect(book.drawn(500 + LASER_MS + 1, false)[0]!.points).toEqual([[1, 1]]);
  });

  it('without motion is one point', () => {
    const book = new MarkBook();
    book.take(
      'anna',
      stroke({
        tool: 'laser',
        points: [
          [0, 0],
          [1, 1],
        ],
      }),
      0,
    );
    expect(book.drawn(0, true)[0]!.points).toEqual([[1, 1]]);
  });
});

it('a frame replaces the one before of the same person', () => {
  const book = new MarkBook();
  book.take('anna', { type: 'mark.framed', frame: 1, node: 3 }, 0);
  book.take('anna', { type: 'mark.framed', frame: 1, node: 4 }, 1);
  expect(book.drawn(1, false).map(({ node }) => node)).toEqual([4]);
});

it('nobody can pile them up: neither strokes nor points', () => {
  const book = new MarkBook();
  for (let number = 0; number < 1_000; number++) book.take('anna', stroke({ stroke: number }), 0);
  for (let count = 0; count < 1_000; count++)
    book.take('carl', stroke({ points: Array.from({ length: 64 }, () => [0, 0] as [number, number]) }), 0);
  const drawn = book.drawn(0, false);
  expect(drawn.filter(({ pid }) => pid === 'anna').length).toBeLessThanOrEqual(32);
  expect(drawn.find(({ pid }) => pid === 'carl')!.points.length).toBeLessThanOrEqual(1_024);
});

it('messages beyond measure are none of ours', () => {
  expect(() => mark({ ...stroke(), points: Array.from({ length: 65 }, () => [0, 0]) }, '')).toThrow();
  expect(() => mark({ ...stroke(), points: [[Number.NaN, 0]] }, '')).toThrow();
  expect(() => mark({ ...stroke(), words: 'x' }, '')).toThrow();
});
