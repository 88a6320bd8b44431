// Attack: a page or a follower that asks for repairs for ever, answers with nonsense, or wants to be told what masks hide.
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refused } from '../../gateway/errors.ts';
import { createLog } from '../../gateway/log.ts';
import type { Question } from '../../gateway/mirror/repair.ts';
import { Resources } from '../../gateway/mirror/resources.ts';
import { SessionMirror } from '../../gateway/mirror/session-mirror.ts';
import { Addresses } from '../../protocol/address.ts';
import { type MirrorMessage, PACKING } from '../../protocol/mirror-messages.ts';
import { pageFact } from '../../protocol/page-facts.ts';
import { decodeJson, Malformed } from '../../protocol/schema.ts';
import { sessionRequest } from '../../protocol/session-messages.ts';
import { pageFacts } from '../gateway/page-facts.ts';
import { startTestGateway } from '../gateway/start-gateway.ts';

const SID = 'abcdefghijklmnop';
const PAGE = `http://www-shop-example--${SID}.cobrowse.localhost:8080`;
const NO_MASKS = { mask: [], hide: [], readonly: [] };

/** 1 document, 2 html, 3 body, 4 p, 5 text, 6 input */
function openPage(masks: { mask: string[]; hide: string[]; readonly: string[] } = NO_MASKS) {
  const addresses = new Addresses({
    sid: SID,
    scheme: 'http',
    base: 'cobrowse.localhost:8080',
    hosts: [['https://www.shop.example', 'www-shop-example', 'domain']],
    wild: [],
  });
  const mirror = new SessionMirror({
    addresses,
    masks,
    resources: new Resources({ addresses }),
    log: createLog('silent'),
  });
  const sent: MirrorMessage[] = [];
  const questions: Question[] = [];
  let resends = 0;
  let seq = 0;
  mirror.onMessage((message) => sent.push(message));
  mirror.onQuestion((question) => questions.push(question));
  mirror.onResend(() => {
    resends++;
  });
  /** As realtime does: undefined when taken, else why the connection would be closed. */
  const forge = (fact: object): string | undefined => {
    try {
      mirror.take(1, decodeJson(pageFact, JSON.stringify({ seq: ++seq, ...fact })), true);
      return undefined;
    } catch (error) {
      if (error instanceof Malformed || error instanceof Refused) return error.message;
      throw error;
    }
  };
  const begin = (): void => {
    forge({
      type: 'frame.opened',
      url: `${PAGE}/`,
      title: 'Shop',
      nonce: '',
      masks: [...masks.mask, ...masks.hide],
      view: { width: 100, height: 100, ratio: 1 },
    });
    forge({
      type: 'frame.snapshot',
      first: 1,
      rows: [
        ['#document', [], 1],
        ['html', [], 1],
        ['body', [], 2],
        ['p', ['class', 'secret', 'title', 'hunter2'], 1],
        'hunter2 is the word',
        ['input', ['type', 'text'], 0, { value: 'typed' }],
      ],
      last: true,
    });
  };
  begin();
  return { mirror, sent, questions, forge, begin, resends: () => resends };
}

describe('a page', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const MINUTES = 10;

  /** It is tried again now and then: in between it is left as it is. */
  function waitUntilLeft(mirror: SessionMirror): void {
    for (let time = 0; mirror.state !== 'degraded' && time < 30_000; time += 100) vi.advanceTimersByTime(100);
  }

  it('with false digests for ever, and no answer, is asked a bounded number of times, and is then left as it is', () => {
    const { mirror, questions, forge, resends } = openPage();
    for (let time = 0; time < MINUTES * 60_000; time += 100) {
      expect(forge({ type: 'frame.changed', ops: [], digest: 17 })).toBeUndefined();
      vi.advanceTimersByTime(100);
    }
    expect(questions.length).toBeLessThan(20);
    expect(resends()).toBeLessThan(6 + MINUTES * 3 + 1);
    waitUntilLeft(mirror);
    expect(mirror.state).toBe('degraded');
    mirror.clear();
  });

  it('that answers every question, and differs still, costs no more than a page that is sent anew now and then', () => {
    const { mirror, questions, forge, begin, resends } = openPage();
    let answered = 0;
    for (let time = 0; time < MINUTES * 60_000; time += 100) {
      const before = resends();
      expect(forge({ type: 'frame.changed', ops: [], digest: time })).toBeUndefined();
      for (const { of } of questions.slice(answered))
        expect(
          forge({
            type: 'frame.repaired',
            of,
            part: 0,
            ops: [['text', 5, `no ${time}`]],
            ranges: [5],
            digest: 3,
          }),
        ).toBeUndefined();
      answered = questions.length;
      if (resends() > before) begin();
      vi.advanceTimersByTime(100);
    }
    expect(questions.length).toBeLessThan(30 + MINUTES * 60 + 1);
    expect(resends()).toBeLessThan(6 + MINUTES * 3 + 1);
    waitUntilLeft(mirror);
    expect(mirror.state).toBe('degraded');
    mirror.clear();
  });

  it('that leaves gaps on purpose is asked for what is missing, and not applied until it has come', () => {
    const { mirror, sent, questions, forge } = openPage();
    sent.length = 0;
    expect(forge({ type: 'frame.changed', seq: 1_000, ops: [['text', 99, 'unknown']] })).toBeUndefined();
    expect(questions).toHaveLength(1);
    expect(forge({ type: 'frame.changed', seq: 1_001, ops: [['text', 5, 'later']] })).toBeUndefined();
    expect(sent.filter(({ type }) => type === 'mirror.changed')).toEqual([]);
    expect(mirror.state).toBe('catching-up');
    mirror.clear();
  });

  it('that talks nonsense without a gap is sent away as before', () => {
    const { mirror, questions, forge } = openPage();
    expect(forge({ type: 'frame.changed', ops: [['text', 99, 'unknown']] })).toBe('malformed');
    expect(questions).toEqual([]);
    mirror.clear();
  });

  it.each<[what: string, ops: unknown[]]>([
    [
      'nodes that it does not describe',
      [
        ['node', 3, 'body', [], null],
        ['list', 3, [90, 1]],
      ],
    ],
    ['a node of another kind', [['node', 4, 'script', [], null]]],
    ['a text that is an element', [['text', 4, 'x']]],
    [
      'a circle',
      [
        ['node', 3, 'body', [], null],
        ['list', 3, [4]],
        ['node', 4, 'p', [], null],
        ['list', 4, [3]],
      ],
    ],
    [
      'a circle of new nodes',
      [
        ['node', 3, 'body', [], null],
        ['list', 3, [90]],
        ['node', 90, 'p', [], null],
        ['list', 90, [91]],
        ['node', 91, 'p', [], null],
        ['list', 91, [90]],
      ],
    ],
    [
      'a node in two places',
      [
        ['node', 3, 'body', [], null],
        ['list', 3, [4, 0]],
      ],
    ],
    [
      'a document within',
      [
        ['node', 3, 'body', [], null],
        ['list', 3, [90]],
        ['node', 90, '#document', [], null],
      ],
    ],
    ['more of what was not said', [['append', 5, '', 'x']]],
    ['a list of what was not said', [['list', 3, [4]]]],
    ['splices', [['children', 3, 0, 9, []]]],
    [
      'negative ids',
      [
        ['node', 3, 'body', [], null],
        ['list', 3, [-5]],
      ],
    ],
  ])('whose answer holds %s is asked for all, and is not sent away', (_what, ops) => {
    const { mirror, questions, forge, begin, resends } = openPage();
    forge({ type: 'frame.changed', ops: [], digest: 17 });
    const { of } = questions.at(-1)!;
    expect(
      forge({ type: 'frame.repaired', of, part: 0, ops, ranges: [3, 4, 5], digest: 17 }),
    ).toBeUndefined();
    expect(resends()).toBe(1);
    begin();
    expect(mirror.state).toBe('live');
    expect(mirror.nodes).toBe(6);
    mirror.clear();
  });

  it('that answers what nobody asked is not heard', () => {
    const { mirror, sent, questions, forge } = openPage();
    sent.length = 0;
    const ops = [['text', 5, 'unasked']];
    expect(forge({ type: 'frame.repaired', of: 1, part: 0, ops, ranges: [5], digest: 1 })).toBeUndefined();
    expect([...sent, ...questions]).toEqual([]);
    expect(forge({ type: 'frame.changed', ops: [['node', 4, 'p', [], null]] })).toBe('malformed');
    mirror.clear();
  });

  it.each<[what: string, fact: object]>([
    ['too many ranges', { of: 1, part: 0, ops: [], ranges: Array.from({ length: 2_000 }, (_, i) => i) }],
    ['ranges that are none', { of: 1, part: 0, ops: [], ranges: [1.5] }],
    ['a list too long', { of: 1, part: 0, ops: [['list', 1, Array.from({ length: 20_001 }, () => 1)]] }],
    ['an odd list of attributes', { of: 1, part: 0, ops: [['node', 1, 'p', ['class']]] }],
    ['no part', { of: 1, ops: [] }],
    ['a number below 1', { seq: 0, of: 1, part: 0, ops: [] }],
  ])('is sent away for an answer with %s', (_what, fact) => {
    const { mirror, forge } = openPage();
    expect(forge({ type: 'frame.repaired', ...fact })).toMatch(/expected/);
    mirror.clear();
  });

  it('without masks of its own is masked in repairs too, and its digests fit all the same', () => {
    const { mirror, sent, questions, forge } = openPage({ mask: ['.secret'], hide: [], readonly: [] });
    // As its recorder would: the sums are of what it said, masked or not.
    forge({ type: 'frame.changed', ops: [['attr', 6, 'title', 'x']], digest: 17 });
    const [{ of }] = questions as [Question];
    const said = [
      ['node', 4, 'p', ['class', 'secret', 'title', 'hunter2'], null],
      ['list', 4, [5]],
      ['text', 5, 'hunter2 is still the word'],
    ];
    forge({ type: 'frame.repaired', of, part: 0, ops: said, ranges: [4, 5] });
    expect(mirror.state).toBe('live');
    expect(JSON.stringify(sent)).not.toContain('hunter2');
    expect(JSON.stringify(mirror.snapshot())).not.toContain('hunter2');
    mirror.clear();
  });
});

describe('a follower', () => {
  it('that claims to have nothing is told what followers may see', () => {
    const { mirror } = openPage({ mask: ['.secret'], hide: [], readonly: [] });
    const answer = mirror.repairFor({
      of: 1,
      epoch: mirror.epoch,
      frames: [{ frame: 1, width: 1, sums: [] }],
    });
    const json = JSON.stringify(answer);
    expect(json).toContain('typed');
    expect(json).toContain('•••••••');
    expect(json).not.toContain('hunter2');
    expect(mirror.repairFor({ of: 1, epoch: mirror.epoch + 1, frames: [] })).toBeUndefined();
    mirror.clear();
  });

  it.each<[what: string, request: object]>([
    [
      'too many documents',
      { frames: Array.from({ length: 65 }, (_, frame) => ({ frame, width: 1, sums: [] })) },
    ],
    ['too many sums', { frames: [{ frame: 1, width: 1, sums: Array.from({ length: 3_000 }, () => 1) }] }],
    ['a width of nothing', { frames: [{ frame: 1, width: 0, sums: [] }] }],
    ['sums that are none', { frames: [{ frame: 1, width: 1, sums: ['1'] }] }],
  ])('is refused %s', (_what, request) => {
    const json = JSON.stringify({ type: 'mirror.repair', why: 'gap', of: 1, epoch: 1, ...request });
    expect(() => decodeJson(sessionRequest, json)).toThrow(Malformed);
  });

  it('that asks all the time is answered now and then, and the others go on', async () => {
    const test = await startTestGateway();
    const { sid, leader, anna } = await test.open();
    const greedy = await test.follow(anna, sid);
    const other = await test.follow(await test.signIn('carl'), sid);
    for (const one of [greedy, other]) await one.next('session.welcome');
    for (const fact of pageFacts()) leader.fact(1, fact);
    const messagesOf = (socket: typeof greedy): MirrorMessage[] =>
      socket.bytes.map((bytes) => {
        const body = bytes.subarray(1);
        const json = bytes[0] === PACKING.gzip ? gunzipSync(body) : body;
        return JSON.parse(json.toString()) as MirrorMessage;
      });
    const typesOf = (socket: typeof greedy): string[] => messagesOf(socket).map(({ type }) => type);
    await greedy.until(() => typesOf(greedy).includes('mirror.frame') || undefined, 'the page');
    const { epoch } = messagesOf(greedy).find(({ type }) => type === 'mirror.frame') as { epoch: number };
    for (let of = 0; of < 50; of++)
      greedy.send({
        type: 'mirror.repair',
        why: 'gap',
        of,
        epoch,
        frames: [{ frame: 1, width: 1, sums: [] }],
      });
    greedy.send({ type: 'ping', at: 1 });
    await greedy.next('pong');
    const answers = typesOf(greedy).filter((type) => type === 'mirror.repaired').length;
    expect(answers).toBeGreaterThan(0);
    expect(answers).toBeLessThan(20);
    expect(typesOf(other)).not.toContain('mirror.repaired');
    await test.stop();
  });
});
