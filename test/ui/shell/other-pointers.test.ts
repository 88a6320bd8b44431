// In which documents of the customer's page the pointers of the others are drawn.
import { expect, test } from 'vitest';
import { startOtherPointers } from '../../../ui/shell/other-pointers.ts';
import type { PageDocument } from '../../../ui/shell/page-documents.ts';

const ANNA = { name: 'Anna', color: 1 };

function openDocuments() {
  const told: string[] = [];
  const all = new Map(
    [1, 2].map((frame): [number, PageDocument] => [
      frame,
      {
        ...{ frame, top: frame === 1, inner: false, name: `f${frame}` },
        send: (message) => {
          if (message.type === 'pointer') told.push(`${frame} ${message.pid} ${message.kind}`);
        },
      },
    ]),
  );
  const pointers = startOtherPointers({ get: (frame) => all.get(frame) });
  const at = { node: 1, x: 0, y: 0 };
  return {
    all,
    told: () => told.splice(0),
    move: (pid: string, frame: number, who: typeof ANNA | undefined = ANNA) =>
      pointers.take({ type: 'pointer.moved', pid, frame, ...at }, who),
    click: (pid: string, frame: number) =>
      pointers.take({ type: 'pointer.clicked', pid, frame, ...at }, ANNA),
    leave: (pid: string) => pointers.take({ type: 'pointer.left', pid }, ANNA),
    goAway: (pid: string, frame: number) =>
      pointers.take({ type: 'pointer.moved', pid, frame, ...at }, undefined),
  };
}

test('a pointer that goes into a frame is drawn there, and not in the page any more', () => {
  const { move, click, told } = openDocuments();
  move('anna', 1);
  move('bob', 1);
  move('anna', 2);
  click('anna', 2);
  move('anna', 1);
  expect(told()).toEqual([
    '1 anna moved',
    '1 bob moved',
    '1 anna left',
    '2 anna moved',
    '2 anna clicked',
    '2 anna left',
    '1 anna moved',
  ]);
});

test('one that leaves, or whose person is gone, goes from where it was', () => {
  const { all, move, leave, goAway, told } = openDocuments();
  move('anna', 2);
  leave('anna');
  leave('anna');
  move('bob', 1);
  goAway('bob', 2);
  expect(told()).toEqual(['2 anna moved', '2 anna left', '1 bob moved', '1 bob left']);
  move('anna', 2);
  all.delete(2);
  move('anna', 1);
  expect(told()).toEqual(['2 anna moved', '1 anna moved']);
});
