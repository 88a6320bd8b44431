// What a mirror asks for when it has lost something, and when it asks again.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FromView } from '../../../protocol/ports.ts';
import { Mending } from '../../../ui/mirror/repair.ts';

/** What the issue promises after something was lost, ms. */
const PROMISED = 1_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function open() {
  const said: FromView[] = [];
  const mending = new Mending({
    has: () => ({ epoch: 1, frames: [] }),
    send: (message) => said.push(message),
    onState: () => {},
  });
  const questions = () => said.filter((message) => message.type === 'repair');
  const resyncs = () => said.flatMap((message) => (message.type === 'resync' ? [message.why] : []));
  return { mending, questions, resyncs };
}

/** One that shows a page. */
function openShowing() {
  const opening = open();
  opening.mending.start();
  opening.mending.mended();
  return opening;
}

it('asks again within the second when the question or its answer is lost, and takes the answer to either', () => {
  const { mending, questions } = openShowing();
  mending.differs('gap');
  vi.advanceTimersByTime(PROMISED / 2);
  expect(questions()).toHaveLength(2);
  expect(questions()[1]).toEqual(questions()[0]);
  expect(mending.questionOf(questions()[0]!.of)).toBeDefined();
  mending.mended();
  vi.advanceTimersByTime(60_000);
  expect(questions()).toHaveLength(2);
});

it('asks by another number what differs another time', () => {
  const { mending, questions } = openShowing();
  for (let times = 0; times < 2; times++) {
    mending.differs('gap');
    mending.mended();
  }
  expect(questions()[1]!.of).not.toBe(questions()[0]!.of);
  expect(mending.questionOf(questions()[0]!.of)).toBeUndefined();
});

it('asks again within the second for a snapshot that was not announced, then more slowly', () => {
  const { mending, resyncs } = open();
  mending.start();
  vi.advanceTimersByTime(PROMISED / 2);
  expect(resyncs()).toEqual(['start', 'start']);
  vi.advanceTimersByTime(60_000);
  expect(resyncs().length).toBeLessThan(25);
  mending.stop();
});

it('does not ask again while a snapshot is on its way, but does when it fails', () => {
  const { mending, resyncs } = open();
  mending.start();
  mending.comes();
  vi.advanceTimersByTime(10_000);
  expect(resyncs()).toEqual(['start']);
  mending.failed();
  vi.advanceTimersByTime(PROMISED / 2);
  expect(resyncs()).toEqual(['start', 'start']);
  mending.mended();
  vi.advanceTimersByTime(60_000);
  expect(resyncs()).toEqual(['start', 'start']);
});

it('asks for a snapshot when questions are not answered, and says so', () => {
  const { mending, questions, resyncs } = openShowing();
  mending.differs('digest');
  expect(mending.state).toBe('catching-up');
  vi.advanceTimersByTime(3_000);
  expect(questions()).toHaveLength(3);
  expect(resyncs().slice(0, 2)).toEqual(['start', 'gap']);
  mending.stop();
});

it('asks for no snapshot while there is nothing to show, but does when something of a page comes that is not here', () => {
  const { mending, resyncs } = open();
  mending.start();
  mending.heard();
  vi.advanceTimersByTime(60_000);
  expect(resyncs()).toEqual(['start']);
  for (let times = 0; times < 3; times++) mending.missed();
  expect(resyncs()).toEqual(['start', 'gap']);
  mending.mended();
  mending.missed();
  vi.advanceTimersByTime(60_000);
  expect(resyncs()).toEqual(['start', 'gap']);
});
