// The ways from a leader's page to a follower's that are measured: a session of the real gateway, and rrweb over a bare relay.
import type { Frame, Page } from 'playwright-core';
import type { SessionWindow } from '../../test/e2e/customer.ts';
import type { Stage } from '../../test/e2e/harness.ts';
import { until } from '../../test/e2e/until.ts';
import { openAtRelay, type Relay } from './relay.ts';
import { recordWithRrweb, replayWithRrweb } from './rrweb.ts';

/** The page of the demo shop that they show. */
export const PAGE = '/product/tidewater-mug';

/** Customer and agent together: the customer's window, the shared page in it, and the frame with the agent's mirror. */
export async function openSession(
  stage: Stage,
): Promise<{ shell: SessionWindow; leader: Frame; view: Frame }> {
  const shell = await stage.startTogether(PAGE);
  const leader = await until(
    () => shell.page.frames().find((frame) => frame.url().includes('www-demoshop-localhost--')),
    'shared page',
  );
  const view = await until(
    () => stage.agent.page.frames().find((frame) => /\/\/view--[^/]+\/$/.test(frame.url())),
    'view frame',
  );
  return { shell, leader, view };
}

/** The same page recorded and replayed by rrweb. */
export async function openRrwebPair(stage: Stage, relay: Relay): Promise<{ leader: Page; follower: Page }> {
  const leader = await openAtRelay(stage.customer.context, stage.demo.origins.shop + PAGE, relay);
  const follower = await openAtRelay(stage.agent.context, `${stage.demo.origins.offlist}/`, relay);
  await replayWithRrweb(follower);
  await leader.evaluate(() => {
    window.rrwebSend = (json) => window.relay.send(json);
  });
  await recordWithRrweb(leader);
  return { leader, follower };
}
