// When moves of a follower's pointer are performed that arrive in bunches, as after a stall of the network.
import { beforeEach, expect, test } from 'vitest';
import { startMoves } from '../../../inject/perform/moves.ts';
import type { Input } from '../../../protocol/input.ts';

let time: number;
let hidden: boolean;
let frame: (() => void) | undefined;
let done: string[];
let take: (wish: { type: string; pid?: string; input?: Input }) => void;

beforeEach(() => {
  time = 1000;
  hidden = false;
  frame = undefined;
  done = [];
  take = startMoves({
    isHidden: () => hidden,
    now: () => time,
    requestFrame: (callback) => {
      frame = callback;
    },
    perform: ({ type, pid, input }) => {
      if (!input) done.push(`${type} ${time}`);
      else if (input.type !== 'input.pointer') done.push(`${input.type} ${time}`);
      else
        done.push(
          [input.action, input.x, input.trail?.map(({ x }) => x).join('+'), pid, time]
            .filter(Boolean)
            .join(' '),
        );
    },
  });
});

const pointer = (action: 'move' | 'down' | 'up', x: number, more: object = {}, pid = 'a'): void =>
  take({
    type: 'perform',
    pid,
    input: {
      ...({ type: 'input.pointer', frame: 1, node: 1, y: 0, button: 0, buttons: 1 } as const),
      ...({ clicks: 0, pointer: 'mouse', modifiers: 0, action, x } as const),
      ...more,
    },
  });

/** A frame later. */
const goOn = (): void => {
  time += 16;
  const callback = frame;
  frame = undefined;
  callback?.();
};

test('that the pointer goes elsewhere comes behind its moves here', () => {
  pointer('move', 1);
  take({ type: 'hover' });
  expect(done).toEqual(['move 1 a 1000', 'hover 1000']);
});

test('a move comes with the next frame, and before what is pressed after it', () => {
  pointer('move', 1);
  expect(done).toEqual([]);
  goOn();
  pointer('move', 2);
  pointer('down', 2);
  expect(done).toEqual(['move 1 a 1016', 'move 2 a 1016', 'down 2 a 1016']);
});

test('after a stall only the last move is performed, and the release at once', () => {
  goOn();
  for (const x of [1, 2, 3, 4, 5]) pointer('move', x);
  pointer('up', 5);
  expect(done).toEqual(['move 5 a 1016', 'up 5 a 1016']);
});

test('a bunch right after another waits as long as it took to make, and the rest behind it keeps its order', () => {
  pointer('move', 1);
  goOn();
  for (const x of [2, 3, 4]) pointer('move', x);
  pointer('up', 4);
  take({ type: 'perform', pid: 'a', input: { type: 'input.text', text: 'a' } });
  pointer('move', 9);
  goOn();
  goOn();
  expect(done).toEqual(['move 1 a 1016']);
  goOn();
  expect(done).toEqual(['move 1 a 1016', 'move 4 a 1064', 'up 4 a 1064', 'input.text 1064']);
  goOn();
  expect(done.at(-1)).toBe('move 9 a 1080');
});

test('what draws keeps all points of a bunch', () => {
  pointer('move', 1, { trail: [] });
  pointer('move', 3, { trail: [{ x: 2, y: 0 }] });
  pointer('move', 4, { trail: [] });
  goOn();
  expect(done).toEqual(['move 4 1+2+3 a 1016']);
});

test('moves of different people or buttons stay apart', () => {
  pointer('move', 1);
  pointer('move', 2, { buttons: 0 });
  pointer('move', 3, { buttons: 0 }, 'b');
  goOn();
  expect(done).toEqual(['move 1 a 1000', 'move 2 a 1000', 'move 3 b 1016']);
});

test('in a page that is out of sight nothing waits for a frame', () => {
  hidden = true;
  pointer('move', 1);
  expect(done).toEqual(['move 1 a 1000']);
});
