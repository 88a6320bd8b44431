// The customer looks at something that is no page of the site: nobody takes the page before for it.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Stage, startStage } from './harness.ts';
import { word } from './words.ts';

vi.setConfig({ testTimeout: 90_000 });

let stage: Stage;
beforeAll(async () => {
  stage = await startStage((config) => {
    config.setIn(['sites', 0, 'domains'], ['Demo shop', 'Demo shop static files']);
    config.setIn(['sites', 0, 'resources'], []);
  });
});
afterAll(async () => {
  await stage?.stop();
  expect(stage?.errors).toEqual([]);
});

it('of a picture that is a document of its own the agent is told that it is not shared, and the way back is open', async () => {
  const { agent, demo } = stage;
  const shell = await stage.startTogether('/product/tidewater-mug');
  await agent.mirror.getByRole('heading', { name: 'Tidewater Mug' }).waitFor();
  await expect(agent.page.getByText(word('outOfSight.title')).isVisible()).resolves.toBe(false);

  await shell.navigate(`${demo.origins.static}/images/hero.svg`);
  await agent.page.getByText(word('outOfSight.title')).waitFor();
  await expect(agent.page.getByText(word('state.outOfSight'), { exact: true }).isVisible()).resolves.toBe(
    true,
  );

  // Who comes to see it now is told the same.
  await agent.page.reload();
  await agent.page.getByText(word('outOfSight.title')).waitFor();

  await shell.page.getByRole('button', { name: word('history.back') }).click();
  await agent.mirror.getByRole('heading', { name: 'Tidewater Mug' }).waitFor();
  await agent.page.getByText(word('outOfSight.title')).waitFor({ state: 'detached' });
});
