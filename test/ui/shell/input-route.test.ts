// Where a follower's input goes in a page of several documents, however long one of them takes for a Tab.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Input } from '../../../protocol/input.ts';
import type { ToPage } from '../../../protocol/ports.ts';
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
    around: () => all.get(1),
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
    press(key: string, named?: number, control = 1) {
      const input = { type: 'input.key', key, code: '', modifiers: 0, repeat: false, frame: named } as Input;
      route.perform({ type: 'input.perform', pid: 'p-anna', seq: ++seq, epoch: 1, control, input });
    },
  };
}

function nameOf(message: ToPage): string {
  if (message.type !== 'perform') return message.type;
  return message.input.type === 'input.key' ? message.input.key : message.input.type;
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
