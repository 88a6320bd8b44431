// Start: from the customer's click to the agent's first view of the page, in a real browser.
import { startStage } from '../test/e2e/harness.ts';
import { word } from '../test/e2e/words.ts';
import { percentile, type Row } from './report.ts';

const RUNS = 7;
const TARGET_MS = 1_500;

export async function run(): Promise<Row[]> {
  const stage = await startStage();
  try {
    const { customer, agent } = stage;
    await agent.signIn();
    await customer.openShop();
    await customer.startChat();
    await agent.accept();
    const button = await customer.switchButton();
    const loads: number[] = [];
    const views: number[] = [];
    for (let index = 0; index < RUNS; index += 1) {
      // The floor: the same page in the same browser, without us.
      const plain = await customer.context.newPage();
      const before = performance.now();
      await plain.goto(`${stage.demo.origins.shop}/`);
      await plain.getByRole('heading', { name: 'Slow tea, good pots' }).waitFor();
      loads.push(performance.now() - before);
      await plain.close();

      await button.filter({ hasText: word('start.start') }).waitFor();
      const opening = customer.context.waitForEvent('page');
      const clicked = performance.now();
      await button.click();
      await agent.mirror.getByRole('heading', { name: 'Slow tea, good pots' }).waitFor();
      views.push(performance.now() - clicked);
      const shell = await opening;
      await button.filter({ hasText: word('start.stop') }).click();
      await shell.getByRole('heading', { name: word('ended.title') }).waitFor();
      await shell.close();
    }
    const value = percentile(views, 0.5);
    return [
      {
        figure: 'Start click → agent’s first view, median of 7',
        unit: 'ms',
        value,
        floor: percentile(loads, 0.5),
        peers: {},
        target: `≤ ${TARGET_MS} ms`,
        met: value <= TARGET_MS,
      },
    ];
  } finally {
    await stage.stop();
  }
}
