// How well everybody sees the page, as the customer is told: by name, after a while, and back at once.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Picture } from '../../../gateway/realtime/picture.ts';
import type { ShownState } from '../../../protocol/mirror-messages.ts';

const ANNA = { participant: { name: 'Anna' } };
const GRETA = { participant: { name: 'Greta' } };

describe('the picture that others have', () => {
  let known: ShownState;
  let told: [state: string, ...names: string[]][];
  let picture: Picture<typeof ANNA>;
  beforeEach(() => {
    vi.useFakeTimers();
    known = 'live';
    told = [];
    picture = new Picture({
      known: () => known,
      tell: ({ state, names }) => told.push([state, ...names]),
    });
    picture.begin();
  });
  afterEach(() => {
    picture.stop();
    vi.useRealTimers();
  });

  it('is no word worth while it comes right at once', () => {
    for (let i = 0; i < 5; i++) {
      picture.shows(ANNA, 'catching-up');
      vi.advanceTimersByTime(200);
      picture.shows(ANNA, 'live');
      vi.advanceTimersByTime(1_000);
    }
    expect(told).toEqual([]);
  });

  it('is told by name when it lasts, the worst first, and taken back at once', () => {
    picture.shows(ANNA, 'catching-up');
    vi.advanceTimersByTime(301);
    picture.shows(GRETA, 'degraded');
    vi.advanceTimersByTime(301);
    picture.shows(GRETA, 'live');
    vi.advanceTimersByTime(301);
    picture.shows(ANNA, 'live');
    expect(told).toEqual([['catching-up', 'Anna'], ['degraded', 'Greta'], ['catching-up', 'Anna'], ['live']]);
  });

  it('names nobody where the gateway itself does not know the page, and forgets who left', () => {
    picture.shows(ANNA, 'degraded');
    known = 'degraded';
    picture.changed();
    vi.advanceTimersByTime(301);
    known = 'live';
    picture.left(ANNA);
    expect(told).toEqual([['degraded'], ['live']]);
  });

  it('is told again to a window that begins to lead', () => {
    picture.shows(ANNA, 'degraded');
    vi.advanceTimersByTime(301);
    picture.begin();
    vi.advanceTimersByTime(301);
    expect(told).toEqual([
      ['degraded', 'Anna'],
      ['degraded', 'Anna'],
    ]);
  });
});
