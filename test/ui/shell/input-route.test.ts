// Where a follower's input goes in a page of several documents, however long one of them takes for a Tab.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Input } from '../../../protocol/input.ts';
import type { Dragged, ToPage } from '../../../protocol/ports.ts';
import { startInputRoute } from '../../../ui/shell/input-route.ts';
import type { PageDocument, PageDocuments } from '../../../ui/shell/page-documents.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A page (1) with a frame (2) in it, which the page knows as `inner`. */
function openRoute() {
  const told: string[] = [];
  const refused: number[] = [];
  const document = (frame: number): PageDocument => ({
    frame,
    top: frame === 1,
    inner: false,
    name: frame === 1 ? '' : 'inner',
    send: (message: ToPage) => told.push(`${frame} ${nameOf(message)}`),
  });
  const [page, frame] = [document(1), document(2)];
  const all = new Map([page, frame].map((each) => [each.frame, each]));
  const documents: PageDocuments = {
    get size() {
      return all.size;
    },
    get: (name) => all.get(name),
    top: () => all.get(1),
    around: ({ frame }) => (frame === 1 ? undefined : all.get(1)),
    inside: () => all.get(2),
    sendAll() {},
    isSessionAddress: () => true,
    close() {},
    closeAll() {},
    stop() {},
  };
  let seq = 0;
  const session = { ask: (request: { type: string; seq?: number }) => refused.push(request.seq ?? 0) };
  const route = startInputRoute(documents, session as never, { allows: (control: number) => control === 1 });
  return {
    route,
    page,
    frame,
    told: () => told.splice(0),
    refused: () => refused.splice(0),
    go: (gone: PageDocument) => {
      all.delete(gone.frame);
      route.closed(gone);
    },
    /** With the button down on the page, or from there above its frame. */
    point(action: string, above = true) {
      const over = above ? { over: { frame: 2, node: 9, x: 0.2, y: 0.3 } } : {};
      const input = { type: 'input.pointer', frame: 1, node: 1, x: 0, y: 0, action, ...over } as Input;
      route.perform({ type: 'input.perform', pid: 'p-anna', seq: ++seq, epoch: 1, control: 1, input });
      return seq;
    },
    /** With no button down. */
    move(action: string, frame: number, pointer = 'mouse') {
      const input = { type: 'input.pointer', frame, node: 1, x: 0, y: 0, action, pointer } as Input;
      route.perform({ type: 'input.perform', pid: 'p-anna', seq: ++seq, epoch: 1, control: 1, input });
    },
    press(key: string, named?: number, control = 1) {
      const input = { type: 'input.key', key, code: '', modifiers: 0, repeat: false, frame: named } as Input;
      route.perform({ type: 'input.perform', pid: 'p-anna', seq: ++seq, epoch: 1, control, input });
    },
  };
}

function nameOf(message: ToPage): string {
  if (message.type === 'dropped') return `dropped ${message.effect}`;
  if (message.type === 'hover') return `hover ${message.into ?? 'nothing'}`;
  if (message.type !== 'perform') return message.type;
  const { input, drag } = message;
  if (input.type !== 'input.pointer') return input.type === 'input.key' ? input.key : input.type;
  return [input.action, 'over' in input ? 'beyond' : '', input.node, drag?.data.join()]
    .filter(Boolean)
    .join(' ');
}

test('keys behind a Tab wait for a page that takes long, and go where the Tab has led', () => {
  const { route, page, frame, press, told, refused } = openRoute();
  press('Tab', 1);
  press('a');
  press('b');
  vi.advanceTimersByTime(9_000);
  expect(told()).toEqual(['1 Tab']);
  route.tab(page, { type: 'tab', back: false, into: 'inner' });
  route.tabbed(page);
  vi.advanceTimersByTime(9_000);
  expect(told()).toEqual(['2 tab']);
  route.tabbed(frame);
  press('c');
  vi.advanceTimersByTime(60_000);
  press('d');
  expect(told()).toEqual(['2 a', '2 b', '2 c', '2 d']);
  expect(refused()).toEqual([]);
});

test('a Tab behind a Tab is waited for in its turn', () => {
  const { route, page, press, told } = openRoute();
  press('Tab', 1);
  press('a');
  press('Tab');
  press('b');
  route.tabbed(page);
  expect(told()).toEqual(['1 Tab', '1 a', '1 Tab']);
  route.tabbed(page);
  expect(told()).toEqual(['1 b']);
});

test('a frame that goes while it does a Tab keeps nobody waiting: its keys are for the page', () => {
  const { route, page, frame, press, told, go } = openRoute();
  press('Tab', 1);
  press('a');
  route.tab(page, { type: 'tab', back: false, into: 'inner' });
  go(frame);
  expect(told()).toEqual(['1 Tab', '2 tab', '1 a']);
});

test('what waits behind a page that hangs is refused, and never done elsewhere', () => {
  const { press, told, refused } = openRoute();
  press('Tab', 2);
  press('a');
  press('b', 1);
  vi.advanceTimersByTime(10_000);
  expect(told()).toEqual(['2 Tab']);
  expect(refused()).toEqual([2, 3]);
  press('c', 1);
  expect(told()).toEqual(['1 c']);
});

test('what waits is not done any more when control was taken back meanwhile', () => {
  const { route, page, press, told, refused } = openRoute();
  press('Tab', 1);
  press('a', 1, 2);
  route.tabbed(page);
  expect(told()).toEqual(['1 Tab']);
  expect(refused()).toEqual([2]);
});

test('the page hears where the pointer goes, and all that was under it that it is gone', () => {
  const { move, told } = openRoute();
  move('move', 1);
  move('move', 2);
  expect(told()).toEqual(['1 move 1', '1 hover inner', '2 move 1']);
  // named after what lies nearest to where it left
  move('cancel', 1);
  expect(told()).toEqual(['1 hover nothing', '2 hover nothing', '1 cancel 1']);
  move('move', 2, 'touch');
  expect(told()).toEqual(['2 move 1']);
});

const dragged = (value = ''): Dragged => ({ data: [['text/plain', value]], allowed: 'all' });

test('a drag from the page is dropped in its frame, and the page hears what became of it', () => {
  const { route, page, frame, point, press, told } = openRoute();
  const moved = point('move');
  point('move');
  const last = point('move');
  const up = point('up');
  press('a', 1);
  expect(told()).toEqual(['1 move beyond 1']);
  route.beyond(page, { type: 'beyond', seq: moved, mine: false, drag: dragged() });
  // of moves that wait the last counts
  expect(told()).toEqual(['2 move 9 text/plain,', '1 move beyond 1']);
  route.beyond(page, { type: 'beyond', seq: last, mine: false, drag: dragged() });
  expect(told()).toEqual(['2 move 9 text/plain,', '1 up beyond 1']);
  route.beyond(page, { type: 'beyond', seq: up, mine: false, drag: dragged('a card') });
  expect(told()).toEqual(['2 up 9 text/plain,a card']);
  route.dropped(frame, { type: 'dropped', seq: up, effect: 'copy' });
  expect(told()).toEqual(['1 dropped copy', '1 a']);
});

test('a drag that goes back out of a frame leaves it, and one whose frame goes away comes to nothing', () => {
  const { route, page, frame, point, told, go } = openRoute();
  route.beyond(page, { type: 'beyond', seq: point('move'), mine: false, drag: dragged() });
  told();
  point('move', false);
  expect(told()).toEqual(['2 dragLeft', '1 move 1']);
  route.beyond(page, { type: 'beyond', seq: point('up'), mine: false, drag: dragged('x') });
  go(frame);
  expect(told()).toEqual(['1 up beyond 1', '2 up 9 text/plain,x', '1 dropped none']);
  point('move');
  expect(told()).toEqual(['1 move 1']);
});

test('a drag whose own document goes away leaves the one it is above', () => {
  const { route, page, point, told, go } = openRoute();
  route.beyond(page, { type: 'beyond', seq: point('move'), mine: false, drag: dragged() });
  told();
  go(page);
  expect(told()).toEqual(['2 dragLeft']);
});

test('a page can have nothing done in its frame that the follower did not do', () => {
  const { route, page, frame, point, told } = openRoute();
  const seq = point('move', false);
  route.beyond(page, { type: 'beyond', seq, mine: false, drag: dragged('forged') });
  const other = point('move');
  route.beyond(page, { type: 'beyond', seq: other + 1, mine: false });
  route.beyond(frame, { type: 'beyond', seq: other, mine: false });
  route.dropped(page, { type: 'dropped', seq: other, effect: 'copy' });
  expect(told()).toEqual(['1 move 1', '1 move beyond 1']);
  route.beyond(page, { type: 'beyond', seq: other, mine: true });
  route.beyond(page, { type: 'beyond', seq: other, mine: false });
  expect(told()).toEqual([]);
});

test('a document that refuses what it was asked with keeps nobody waiting', () => {
  const { route, page, point, press, told } = openRoute();
  const seq = point('move');
  press('a', 1);
  route.refused(page, seq);
  expect(told()).toEqual(['1 move beyond 1', '1 a']);
});
