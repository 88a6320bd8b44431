// What the gateway does so that nothing stays lost: it asks again, says again, and takes what answers it.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLog } from '../../../gateway/log.ts';
import type { Question } from '../../../gateway/mirror/repair.ts';
import { Resources } from '../../../gateway/mirror/resources.ts';
import { SessionMirror } from '../../../gateway/mirror/session-mirror.ts';
import { Addresses } from '../../../protocol/address.ts';
import type { MirrorMessage } from '../../../protocol/mirror-messages.ts';
import type { PageFact } from '../../../protocol/page-facts.ts';

const SID = 'abcdefghijklmnop';
/** What the issue promises after something was lost, ms. */
const PROMISED = 1_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** 1 document, 2 html, 3 body, 4 p, 5 text, 6 iframe */
function openMirror() {
  const addresses = new Addresses({
    sid: SID,
    scheme: 'http',
    base: 'cobrowse.localhost:8080',
    hosts: [['https://www.shop.example', 'www-shop-example', 'domain']],
    wild: [],
  });
  const mirror = new SessionMirror({
    addresses,
    masks: { mask: [], hide: [], readonly: [] },
    resources: new Resources({ addresses }),
    log: createLog('silent'),
  });
  const sent: MirrorMessage[] = [];
  const questions: Question[] = [];
  const resends: number[] = [];
  mirror.onMessage((message) => sent.push(message));
  mirror.onQuestion((question) => questions.push(question));
  mirror.onResend((frame) => resends.push(frame));
  return { mirror, sent, questions, resends };
}

function opened(nonce = ''): PageFact {
  const url = `http://www-shop-example--${SID}.cobrowse.localhost:8080/`;
  const view = { width: 100, height: 100, ratio: 1 };
  return { type: 'frame.opened', seq: 1, url, title: 'Shop', nonce, masks: [], view };
}
const PAGE_ROWS: PageFact = {
  type: 'frame.snapshot',
  seq: 2,
  first: 1,
  rows: [['#document', [], 1], ['html', [], 1], ['body', [], 2], ['p', [], 1], 'text', ['iframe', [], 0]],
  last: true,
};
const INNER_ROWS: PageFact = {
  type: 'frame.snapshot',
  seq: 2,
  first: 1,
  rows: [
    ['#document', [], 1],
    ['html', [], 0],
  ],
  last: true,
};

it('asks again for a document whose beginning was lost together with the question for it', () => {
  const { mirror, resends } = openMirror();
  mirror.take(1, { type: 'frame.changed', seq: 3, ops: [] }, true);
  expect(resends).toEqual([1]);
  vi.advanceTimersByTime(PROMISED / 2);
  expect(resends).toEqual([1, 1]);
  mirror.take(1, opened(), true);
  vi.advanceTimersByTime(60_000);
  expect(resends).toEqual([1, 1]);
  mirror.clear();
});

it('asks for a document that never begins a few times only, and for one that is gone no more', () => {
  const { mirror, resends } = openMirror();
  for (const frame of [1, 2]) mirror.take(frame, { type: 'frame.changed', seq: 3, ops: [] });
  mirror.take(2, { type: 'frame.closed' });
  vi.advanceTimersByTime(60_000);
  expect(resends.filter((frame) => frame === 1)).toHaveLength(3);
  expect(resends.filter((frame) => frame === 2)).toHaveLength(1);
  mirror.clear();
});

it('tells a digest of documents that say nothing more once they are shown', () => {
  const { mirror, sent } = openMirror();
  mirror.take(1, opened(), true);
  mirror.take(1, PAGE_ROWS, true);
  mirror.take(2, opened('inner'));
  mirror.take(2, INNER_ROWS);
  mirror.take(1, { type: 'frame.changed', seq: 3, ops: [['frame', 6, 'inner']] });
  expect(sent.filter(({ type }) => type === 'mirror.frame')).toHaveLength(2);
  sent.length = 0;
  vi.advanceTimersByTime(PROMISED / 2);
  const told = sent.flatMap((message) =>
    message.type === 'mirror.changed' && message.digest !== undefined ? [message.frame] : [],
  );
  expect(told.sort()).toEqual([1, 2]);
  mirror.clear();
});

it('says twice more how well it knows the page: who missed it would take an old page for what there is', () => {
  const { mirror, sent } = openMirror();
  mirror.take(1, opened(), true);
  mirror.take(1, PAGE_ROWS, true);
  vi.advanceTimersByTime(60_000);
  sent.length = 0;
  mirror.outOfSight();
  for (let times = 1; times <= 3; times++) {
    expect(sent).toEqual(
      Array.from({ length: times }, () => ({ type: 'mirror.state', state: 'out-of-sight' })),
    );
    vi.advanceTimersByTime(300);
  }
  vi.advanceTimersByTime(60_000);
  expect(sent).toHaveLength(3);
  mirror.clear();
});

/** A page that has lost a message, and what its recorder would answer. */
function openDiffering() {
  const opening = openMirror();
  const { mirror, questions } = opening;
  mirror.take(1, opened(), true);
  mirror.take(1, PAGE_ROWS, true);
  mirror.take(1, { type: 'frame.changed', seq: 4, ops: [] }, true);
  expect(questions).toHaveLength(1);
  let seq = 4;
  const answer = (part: number, text: string, more: boolean): void =>
    mirror.take(
      1,
      {
        type: 'frame.repaired',
        seq: ++seq,
        of: questions[0]!.of,
        part,
        ops: [['text', 5, text]],
        ...(more ? { more } : { ranges: [5] }),
      },
      true,
    );
  const shown = (): string => JSON.stringify(mirror.snapshot().frames[0]?.rows);
  return { ...opening, answer, shown };
}

it('takes a slow answer though it has asked again in the meantime', () => {
  const { mirror, questions, answer, shown } = openDiffering();
  vi.advanceTimersByTime(PROMISED / 2);
  expect(questions).toHaveLength(2);
  answer(0, 'slow', false);
  expect(shown()).toContain('slow');
  expect(mirror.state).toBe('live');
  // The answer to the second is of no use any more.
  answer(0, 'slower', false);
  expect(shown()).not.toContain('slower');
  mirror.clear();
});

it('takes a second answer from its beginning when the end of the first was lost', () => {
  const { mirror, answer, shown } = openDiffering();
  answer(0, 'first', true);
  vi.advanceTimersByTime(PROMISED / 2);
  answer(0, 'sec', true);
  mirror.take(
    1,
    { type: 'frame.changed', seq: 7, ops: [['text', 5, 'left out: it is part of the answer']] },
    true,
  );
  expect(shown()).toContain('"text"');
  mirror.take(
    1,
    { type: 'frame.repaired', seq: 8, of: 1, part: 1, ops: [['append', 5, '', 'ond']], ranges: [5] },
    true,
  );
  expect(shown()).toContain('second');
  expect(mirror.state).toBe('live');
  mirror.clear();
});

it('asks for a whole document again within the second', () => {
  const { mirror, questions, resends } = openDiffering();
  // An answer that does not fit.
  mirror.take(
    1,
    { type: 'frame.repaired', seq: 5, of: questions[0]!.of, part: 0, ops: [['text', 4, 'x']], ranges: [4] },
    true,
  );
  expect(resends).toEqual([1]);
  vi.advanceTimersByTime(PROMISED);
  expect(resends).toEqual([1, 1]);
  mirror.clear();
});
