// An agent at the far end of a slow line, in control.
import { openBrowser, openContext } from '../browser.ts';
import { Agent } from '../e2e/agent.ts';
import { type DelayRelay, startDelayRelay } from '../e2e/delay-relay.ts';
import { word } from '../e2e/words.ts';
import { createHand, type Hand } from './hand.ts';
import type { ControlStage } from './stage.ts';

/** A console comes by many turns over the slow line. */
const OPEN_MS = 60_000;

export interface FarAgent {
  agent: Agent;
  hand: Hand;
  relay: DelayRelay;
  stop(): Promise<void>;
}

/** Signs Cara in, who takes control over from Anna. @param delay ms each way */
export async function startFarAgent(control: ControlStage, delay: number): Promise<FarAgent> {
  const { gateway } = control.stage;
  const relay = await startDelayRelay(gateway.port, delay);
  const { consoleHost, consoleOrigin } = gateway.places;
  const far = await openBrowser([`--host-resolver-rules=MAP ${consoleHost} 127.0.0.1:${relay.port}`]);
  const { context, errors } = await openContext(far, { viewport: { width: 1440, height: 900 } });
  const agent = new Agent({ context, errors, page: await context.newPage(), consoleOrigin });
  const [session] = [...gateway.sessions.all()];
  await agent.signIn('cara', `/session/${session!.sid}`);
  await agent.whenMirrored(OPEN_MS);
  await control.agent.button('control.release').click();
  await agent.button('control.ask').click();
  await control.shell.page.getByRole('button', { name: word('ask.give') }).click();
  await agent.page.getByText(word('control.mine'), { exact: true }).waitFor();
  return {
    agent,
    hand: createHand(agent),
    relay,
    async stop() {
      await far.close();
      await relay.stop();
    },
  };
}
