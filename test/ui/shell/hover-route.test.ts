// What the documents of a page hear of where the follower's pointer is.
import { expect, test } from 'vitest';
import { startHoverRoute } from '../../../ui/shell/hover-route.ts';
import type { PageDocument } from '../../../ui/shell/page-documents.ts';

/** A page (1) with two frames (2, 3), the second of which has one of its own (4). */
function openDocuments() {
  const told: string[] = [];
  const above: Record<number, number> = { 2: 1, 3: 1, 4: 3 };
  const all = new Map(
    [1, 2, 3, 4].map((frame): [number, PageDocument] => [
      frame,
      {
        frame,
        top: frame === 1,
        inner: false,
        name: `f${frame}`,
        send: (message) => {
          if (message.type === 'hover') told.push(`${frame} ${message.into ?? 'left'}`);
        },
      },
    ]),
  );
  const route = startHoverRoute({
    get: (frame) => all.get(frame),
    around: ({ frame }) => all.get(above[frame] ?? 0),
  });
  return {
    all,
    told: () => told.splice(0),
    move: (to: number | undefined, pid = 'p-anna') => route.move(pid, to === undefined ? to : all.get(to)),
  };
}

test('a page hears that the pointer goes into its frame, a frame that it has left; moves within one document are nothing new', () => {
  const { move, told } = openDocuments();
  move(1);
  expect(told()).toEqual([]);
  move(2);
  move(2);
  expect(told()).toEqual(['1 f2']);
  move(1);
  expect(told()).toEqual(['2 left']);
});

test('frames within frames are gone into from the page, and left from within', () => {
  const { move, told } = openDocuments();
  move(2);
  told();
  move(4);
  expect(told()).toEqual(['2 left', '1 f3', '3 f4']);
  move(3);
  expect(told()).toEqual(['4 left']);
  move(undefined);
  expect(told()).toEqual(['1 left', '3 left']);
});

test('a frame that is gone is told nothing, and another person’s pointer begins anew', () => {
  const { all, move, told } = openDocuments();
  move(2);
  told();
  all.delete(2);
  move(1);
  expect(told()).toEqual([]);
  move(4);
  told();
  move(4, 'p-ben');
  expect(told()).toEqual(['1 f3', '3 f4']);
});
