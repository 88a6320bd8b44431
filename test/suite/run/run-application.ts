// Walks all flows of one application in each way, and writes down how far they came.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../../browser.ts';
import type { Application, Flow } from '../application.ts';
import { type Hop, startHop } from '../recording-hop.ts';
import type { Scope, Walk } from '../walk.ts';
import { directWay } from '../ways/direct.ts';
import { tandemWay } from '../ways/tandem.ts';
import { unblockerWay } from '../ways/unblocker.ts';
import type { Visit, Way, WayName } from '../ways/way.ts';
import { type Faults, faultsBeyond } from './faults.ts';

export interface FlowResult {
  flow: string;
  /** Titles of the steps that went well. */
  steps: string[];
  /** The step that did not, and why. */
  failure?: { step: string; message: string };
  /** After how many steps the agent was asked what he sees, and where that was not the same. */
  compared: number;
  differences: { step: string; message: string }[];
}

export interface WayResult {
  way: WayName;
  flows: FlowResult[];
  faults: Faults;
  /** What reached the application with an address of the proxy in it. */
  leaks: string[];
}

export interface ApplicationResult {
  application: Application;
  /** Why it was not tried. */
  missing?: string;
  ways: WayResult[];
}

/** @param say one line at a time of what happens */
export async function runApplication(
  application: Application,
  wanted: readonly WayName[],
  say: (line: string) => void,
): Promise<ApplicationResult> {
  const missing = await application.need();
  if (missing !== undefined) return { application, missing, ways: [] };
  let head = '';
  const hop = await startHop(() => head);
  const folder = await mkdtemp(join(tmpdir(), `tandem-suite-${application.name}-`));
  const browser = await openBrowser();
  const stops: (() => Promise<unknown>)[] = [
    () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
    () => hop.stop(),
    () => browser.close(),
  ];
  try {
    const running = await application.start({ folder, origin: hop.origin });
    stops.push(() => running.stop());
    hop.lead(running.ports);
    const ways: WayResult[] = [];
    for (const name of wanted) {
      const faults: Faults = [];
      const way = await openWay(name, application, hop, browser, faults, (panel) => {
        head = panel;
      });
      try {
        const flows: FlowResult[] = [];
        for (const flow of application.flows) {
          const result = await walkFlow(application, flow, way, hop, browser);
          say(lineOf(application, name, result));
          flows.push(result);
        }
        const secrets = way.secrets();
        const leaks = hop
          .take()
          .filter(({ text }) => secrets.some((secret) => text.includes(secret)))
          .map(({ what }) => what);
        ways.push({ way: name, flows, faults, leaks });
      } finally {
        await way.stop();
      }
    }
    const direct = ways.find(({ way }) => way === 'direct')?.faults ?? [];
    const origins = [...application.hosts, ...(application.resources ?? [])].map(hop.origin);
    for (const way of ways) {
      if (way.way !== 'direct') way.faults = faultsBeyond(way.faults, direct, origins);
    }
    return { application, ways };
  } finally {
    for (const stop of stops.reverse()) await stop().catch((error: Error) => say(`  ${error.message}`));
  }
}

async function openWay(
  name: WayName,
  application: Application,
  hop: Hop,
  browser: Browser,
  faults: Faults,
  usePanel: (markup: string) => void,
): Promise<Way> {
  if (name === 'direct') return directWay(browser, faults);
  if (name === 'unblocker') return await unblockerWay(browser, faults);
  const way = await tandemWay(application, hop, faults);
  usePanel(way.panel);
  return way;
}

const LETTERS = 'abcdefghijkmnopqrstuvwxyz';
/** Applications, three browsers and the gateway share one machine. */
const WAIT_MS = 40_000;
const STEP_MS = 90_000;

async function walkFlow(
  { name, hosts }: Application,
  flow: Flow,
  way: Way,
  hop: Hop,
  browser: Browser,
): Promise<FlowResult> {
  const result: FlowResult = { flow: flow.title, steps: [], compared: 0, differences: [] };
  const mark = `mark${Array.from({ length: 8 }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]).join('')}`;
  const picture = `${name}-${flow.title.replace(/\W+/g, '-').slice(0, 40)}-${way.name}`;
  let step = 'begin';
  let visit: Visit | undefined;
  const others: { close(): Promise<void> }[] = [];
  try {
    // A machine too busy to sign in at the first try says nothing of the application.
    visit = await way.begin().catch(() => way.begin());
    const { tab, page, agree, frame, nextWindow, open } = visit;
    tab.context().setDefaultTimeout(WAIT_MS);
    tab.on('dialog', (dialog) => void dialog.accept().catch(() => {}));
    const walk: Walk = {
      page: page as Scope,
      keyboard: tab.keyboard,
      mouse: tab.mouse,
      mark,
      frame,
      open: (path) => open(new URL(path, hop.origin(hosts[0]!)).href),
      async nextWindow(act) {
        if (nextWindow) return await nextWindow(act);
        const [opened] = await Promise.all([tab.context().waitForEvent('page'), act()]);
        return opened as Scope;
      },
      async direct(path) {
        const context = await browser.newContext();
        others.push(context);
        const other = await context.newPage();
        await other.goto(new URL(path, hop.origin(hosts[0]!)).href);
        return other;
      },
      async step(title, act) {
        step = title;
        await within(act(), STEP_MS);
        result.steps.push(title);
        if (!agree) return;
        result.compared++;
        await agree(WAIT_MS).catch(async ({ message }: Error) => {
          result.differences.push({ step, message });
          await visit?.screenshot(`${picture}-differs-${result.differences.length}`).catch(() => {});
        });
      },
    };
    await flow.walk(walk);
    if (process.env.SUITE_PICTURES) await visit.screenshot(picture);
  } catch (error) {
    result.failure = { step, message: error instanceof Error ? error.message : String(error) };
    await visit?.screenshot(picture).catch(() => {});
  }
  for (const other of others) await other.close().catch(() => {});
  await visit?.end().catch(() => {});
  return result;
}

async function within(act: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${ms} ms`)), ms);
  });
  await Promise.race([act, late]).finally(() => clearTimeout(timer));
}

function lineOf(application: Application, way: WayName, result: FlowResult): string {
  const { flow, steps, failure, compared, differences } = result;
  const seen = compared > 0 ? `, mirror agrees ${compared - differences.length}/${compared}` : '';
  const lines = [`${failure ? '✗' : '✓'} ${application.name} ${way}: ${flow} (${steps.length} steps${seen})`];
  if (failure)
    lines.push(
      `    at "${failure.step}": ${failure.message.split('\n').slice(0, 6).join(' | ').slice(0, 700)}`,
    );
  for (const { step, message } of differences)
    lines.push(`    differs after "${step}": ${message.slice(0, 700)}`);
  return lines.join('\n');
}
