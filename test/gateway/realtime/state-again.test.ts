// How well a page is known is said several times, in case that it was lost; nothing else comes of that.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

it('leaves a dialog open that came up while nothing is to be seen', async () => {
  const { sid, leader, anna } = await test.open();
  const follower = await test.follow(anna, sid);
  await follower.next('session.welcome');
  leader.send({ type: 'page.outOfSight' });
  const said = (): number => follower.bytes.filter((bytes) => bytes.includes('out-of-sight')).length;
  await follower.until(() => said() > 0 || undefined, 'that nothing is to be seen');
  leader.send({ type: 'page.dialog', kind: 'alert', text: 'Still there?' });
  await follower.next('page.dialog', ({ kind }) => kind === 'alert');
  await follower.until(() => said() > 2 || undefined, 'the same again');
  expect(follower.events.filter(({ type }) => type === 'page.dialog')).toEqual([]);
});
