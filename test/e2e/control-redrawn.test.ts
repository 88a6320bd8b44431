// A page that draws its list anew all the time: what the agent presses is never the element any more that he sees, with 100 ms more each way.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FarAgent, startFarAgent } from '../control/far-agent.ts';
import { type ControlStage, captureFailures, startControl } from '../control/stage.ts';

const EACH_WAY_MS = 100;
const REDRAWN_EVERY_MS = 60;

let control: ControlStage;
let far: FarAgent;
beforeAll(async () => {
  control = await startControl({
    pages: {
      '/orders': `<style>li{height:40px} button{width:120px;height:30px}</style><ul id=list></ul><script>
        heard = [];
        times = 0;
        ticks = false;
        draw = () => {
          times++;
          list.innerHTML = ['Anna', 'Bob'].map((name) =>
            '<li>' + name + (ticks ? ' ' + times : '') + ' <button name=' + name + '>Cancel</button></li>').join('');
        };
        draw();
        start = () => { setInterval(draw, ${REDRAWN_EVERY_MS}); };
        for (const type of ['mousedown', 'mouseup'])
          addEventListener(type, ({ target }) => heard.push(type + ' ' + (target.name ?? target.localName)), true);
      </script>`,
    },
  });
  far = await startFarAgent(control, EACH_WAY_MS);
});
afterAll(async () => {
  await far?.stop();
  await control?.stop();
});
captureFailures(() => control);

const heard = async (): Promise<unknown> => (await control.leader()).evaluate('heard');
const timesDrawn = async (): Promise<number> => await (await control.leader()).evaluate('times');

it('what looks the same in the same place is pressed; what has changed since is not', async () => {
  const { agent, hand } = far;
  await control.goTo('/orders', agent);
  const button = (name: string) => agent.mirror.locator(`button[name=${name}]`);
  await button('Bob').waitFor();
  const at = { Anna: await hand.point(button('Anna')), Bob: await hand.point(button('Bob')) };
  await (await control.leader()).evaluate('start()');
  for (const name of ['Bob', 'Anna', 'Bob'] as const) await hand.mouse.click(at[name].x, at[name].y);
  await expect
    .poll(heard)
    .toEqual(['Bob', 'Anna', 'Bob'].flatMap((name) => [`mousedown ${name}`, `mouseup ${name}`]));

  await (await control.leader()).evaluate('heard = []; ticks = true');
  await agent.mirror.locator('li', { hasText: /Anna \d/ }).waitFor();
  const before = await timesDrawn();
  await hand.mouse.click(at.Bob.x, at.Bob.y);
  await expect.poll(timesDrawn).toBeGreaterThan(before + (5 * EACH_WAY_MS) / REDRAWN_EVERY_MS);
  expect(await heard()).toEqual([]);
});
