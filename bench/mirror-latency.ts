// Mirror: how late a follower sees what happens, through the whole gateway, beside a bare WebSocket relay and rrweb's fastest mode.
import type { Frame } from 'playwright-core';
import { type Stage, startStage } from '../test/e2e/harness.ts';
import { until } from '../test/e2e/until.ts';
import { word } from '../test/e2e/words.ts';
import { openAtRelay, type Relay, startRelay } from './mirror/relay.ts';
import { tableRows } from './mirror/table.ts';
import { openRrwebPair, openSession } from './mirror/ways.ts';
import { percentile, type Row } from './report.ts';

/** Of each way in each round, the first few of which warm up. */
const SAMPLES = 60;
const WARM_UP = 8;
/** The ways take turns, so that what else the machine does at a time is not one way's alone. */
const ROUNDS = 4;
/** Between two: each is delivered before the next. */
const EVERY_MS = 40;
/** Of the large page: 65,000 nodes. */
const ROWS = 5_000;

declare global {
  interface Window {
    /** When each numbered thing was seen here; ms on the clock that all processes of one browser share. */
    seen: number[];
    /** When it was made. */
    made: number[];
    /** What notes `seen` just now: one at a time, as all of them write there. */
    watch: { disconnect(): void } | undefined;
    churn: number;
  }
}

/** One way from a leader's page to a follower's: ours, the floor's, the peer's. */
interface Way {
  leader: Frame;
  follower: Frame;
  /** Where in the follower's page the copy is. */
  copy: 'inner' | 'own';
}

export async function run(): Promise<Row[]> {
  const stage = await startStage();
  const relay = await startRelay();
  try {
    const ours = await openOurs(stage);
    const floor = await openFloor(stage, relay);
    const peerRelay = await startRelay();
    const peer = await openRrweb(stage, peerRelay);

    const rows = [
      ...(await compare('Leader’s DOM change → follower’s DOM', measureChanges, { ours, floor, peer }, [
        undefined,
        3,
      ])),
      ...(await compare('Leader’s scroll → follower’s', measureScroll, { ours, floor, peer })),
      ...(await compare('Leader’s pointer → follower’s screen', measurePointer, { ours, floor, peer })),
      ...(await compare('Agent’s click → leader → mirror', measureClicks(stage), { ours, floor })),
    ];
    for (const way of [ours, peer]) await makeLarge(way.leader, way.follower, way.copy);
    rows.push(
      ...(await compare(
        'Leader’s DOM change → follower’s DOM, at 200 changes a second among 65,000 nodes',
        measureChurned,
        { ours, floor, peer },
        [30],
      )),
    );
    await peerRelay.stop();
    return rows;
  } finally {
    await relay.stop();
    await stage.stop();
  }
}

/**
 * Measures the ways in turn, round by round.
 * @param limit ms of the p95; the second: ms above the floor's p95
 */
async function compare(
  figure: string,
  measure: (way: Way, round: number) => Promise<number[]>,
  ways: { ours: Way; floor: Way; peer?: Way },
  [limit, above]: [limit?: number | undefined, above?: number] = [25],
): Promise<Row[]> {
  const delays = new Map<Way, number[]>(Object.values(ways).map((way: Way) => [way, []]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [way, list] of delays) {
      // Timers and frames of a tab behind others are slowed down.
      for (const frame of [way.leader, way.follower]) await frame.page().bringToFront();
      list.push(...(await measure(way, round)));
    }
  const of = (way: Way, share: number): number => percentile(delays.get(way)!, share);
  const row = (share: number, name: string): Row => ({
    figure: `${figure}, ${name}`,
    unit: 'ms',
    value: of(ways.ours, share),
    floor: of(ways.floor, share),
    peers: ways.peer ? { rrweb: of(ways.peer, share) } : {},
    target: '–',
    met: true,
  });
  const p95 = row(0.95, 'p95');
  const most = above === undefined ? limit! : p95.floor! + above;
  p95.target = above === undefined ? `≤ ${most} ms` : `≤ floor + ${above} ms`;
  p95.met = p95.value <= most;
  return [row(0.5, 'median'), p95];
}

/** Customer and agent in a session of the real gateway. */
async function openOurs(stage: Stage): Promise<Way> {
  const { shell, leader, view: follower } = await openSession(stage);
  await shell.page.getByRole('button', { name: word('bar.control') }).click();
  await shell.page.getByRole('button', { name: word('control.giveTo', { name: 'Anna Berg' }) }).click();
  await stage.agent.page.getByText(word('control.mine'), { exact: true }).waitFor();
  return { leader, follower, copy: 'inner' };
}

/** Two bare pages, and the least code that carries the same things over. */
async function openFloor(stage: Stage, relay: Relay): Promise<Way> {
  const url = `${stage.demo.origins.offlist}/`;
  const leader = await openAtRelay(stage.customer.context, url, relay);
  const follower = await openAtRelay(stage.agent.context, url, relay);
  await leader.evaluate(() => {
    document.body.innerHTML = '<h1>change</h1><button>press</button><div style="height:4000px"></div>';
    const heading = document.querySelector('h1')!;
    const button = document.querySelector('button')!;
    new MutationObserver(() => window.relay.send(`text ${heading.textContent}`)).observe(heading, {
      childList: true,
    });
    addEventListener('scroll', () => window.relay.send(`scroll ${scrollY}`));
    addEventListener('pointermove', ({ clientX, clientY }) =>
      window.relay.send(`pointer ${clientX} ${clientY}`),
    );
    window.relay.onmessage = () => button.click();
  });
  await follower.evaluate(() => {
    document.body.innerHTML =
      '<h1></h1><button>press</button><i class="pointer"></i><div style="height:4000px"></div>';
    const pointer = document.querySelector<HTMLElement>('.pointer')!;
    addEventListener('pointerup', () => window.relay.send('click'));
    window.relay.onmessage = ({ data }) => {
      const [kind, ...rest] = String(data).split(' ');
      if (kind === 'text') document.querySelector('h1')!.textContent = rest.join(' ');
      else if (kind === 'scroll') scrollTo(0, Number(rest[0]));
      else pointer.style.transform = `translate(${rest[0]}px, ${rest[1]}px)`;
    };
  });
  return { leader: leader.mainFrame(), follower: follower.mainFrame(), copy: 'own' };
}

/** The same page recorded and replayed by rrweb. */
async function openRrweb(stage: Stage, relay: Relay): Promise<Way> {
  const { leader, follower } = await openRrwebPair(stage, relay);
  await follower.frameLocator('iframe').getByRole('heading', { name: 'Tidewater Mug' }).waitFor();
  return { leader: leader.mainFrame(), follower: follower.mainFrame(), copy: 'inner' };
}

/** Delays of what was both made and seen; the first ones warm up. @throws when too many were overtaken or lost */
async function delays({ leader, follower }: Pick<Way, 'leader' | 'follower'>): Promise<number[]> {
  const [made, seen] = await Promise.all([
    leader.evaluate(() => window.made),
    follower.evaluate(() => window.seen),
  ]);
  const list = made.flatMap((time, number) => {
    const at = seen[number];
    return typeof at === 'number' && typeof time === 'number' ? [at - time] : [];
  });
  const count = made.filter((time) => typeof time === 'number').length;
  if (list.length < count * 0.8) throw new Error(`Only ${list.length} of ${count} arrived one by one.`);
  return list.slice(WARM_UP);
}

/** Follower's side: notes when the heading shows a number of this round. */
async function watchHeading({ follower, copy }: Way, round: number): Promise<void> {
  await follower.evaluate(
    ([where, of]) => {
      window.seen = [];
      const watched = where === 'own' ? document : document.querySelector('iframe')?.contentDocument;
      if (!watched) throw new Error('There is nothing to watch.');
      const look = (): void => {
        const [, told, number] =
          /^change (\d+) (\d+)$/.exec(watched.querySelector('h1')?.textContent ?? '') ?? [];
        if (told === String(of)) window.seen[Number(number)] ??= performance.timeOrigin + performance.now();
      };
      window.watch?.disconnect();
      const watch = new MutationObserver(look);
      watch.observe(watched, { subtree: true, childList: true, characterData: true });
      window.watch = watch;
    },
    [copy, round] as const,
  );
}

async function measureChanges(way: Way, round: number): Promise<number[]> {
  await watchHeading(way, round);
  await way.leader.evaluate(
    async ([samples, every, of]) => {
      window.made = [];
      const heading = document.querySelector('h1')!;
      for (let number = 0; number < samples; number += 1) {
        window.made[number] = performance.timeOrigin + performance.now();
        heading.textContent = `change ${of} ${number}`;
        await new Promise((resolve) => setTimeout(resolve, every));
      }
    },
    [SAMPLES, EVERY_MS, round] as const,
  );
  return await delays(way);
}

async function measureScroll(way: Way): Promise<number[]> {
  await way.follower.evaluate((where) => {
    window.seen = [];
    const view = where === 'own' ? window : document.querySelector('iframe')!.contentWindow!;
    // Faster than scroll events, which wait for a frame.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      const number = view.scrollY - 10;
      if (Number.isInteger(number) && number >= 0)
        window.seen[number] ??= performance.timeOrigin + performance.now();
      setTimeout(() => port2.postMessage(0), 1);
    };
    window.watch?.disconnect();
    window.watch = { disconnect: () => port1.close() };
    port2.postMessage(0);
  }, way.copy);
  await way.leader.evaluate(
    async ([samples, every]) => {
      window.made = [];
      document.documentElement.style.scrollBehavior = 'auto';
      document.body.style.minHeight = '4000px';
      for (let number = 0; number < samples; number += 1) {
        // Told to pages with the next frame; what comes before is the browser's.
        await new Promise((resolve) => {
          addEventListener('scroll', resolve, { once: true, capture: true });
          scrollTo(0, 10 + number);
        });
        window.made[number] = performance.timeOrigin + performance.now();
        await new Promise((resolve) => setTimeout(resolve, every));
      }
      scrollTo(0, 0);
    },
    [SAMPLES, EVERY_MS] as const,
  );
  return await delays(way);
}

/** The customer's own mouse; what is timed begins where the page hears of it and ends with the frame in which the follower's pointer has moved. */
async function measurePointer(way: Way): Promise<number[]> {
  await way.follower.evaluate(() => {
    window.seen = [];
    window.watch?.disconnect();
    let moved = false;
    const watch = new MutationObserver((records) => {
      moved ||= records.some(({ target }) => /pointer|mouse/.test((target as Element).className));
    });
    // A task that is asked for within a frame comes behind its drawing.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      if (moved) window.seen.push(performance.timeOrigin + performance.now());
      moved = false;
    };
    let request = 0;
    const onFrame = (): void => {
      port2.postMessage(0);
      request = requestAnimationFrame(onFrame);
    };
    onFrame();
    const roots: Node[] = [document];
    for (const element of document.querySelectorAll('*'))
      if (element.shadowRoot) roots.push(element.shadowRoot);
    for (const root of roots)
      watch.observe(root, { subtree: true, attributes: true, attributeFilter: ['style'] });
    window.watch = {
      disconnect() {
        watch.disconnect();
        cancelAnimationFrame(request);
        port1.close();
      },
    };
  });
  await way.leader.evaluate(() => {
    const made: number[] = [];
    window.made = made;
    addEventListener('pointermove', () => made.push(performance.timeOrigin + performance.now()), true);
  });
  const page = way.leader.page();
  const box = await (way.leader === page.mainFrame()
    ? { x: 0, y: 0 }
    : (await way.leader.frameElement()).boundingBox());
  const list: number[] = [];
  for (let number = 0; number < SAMPLES; number += 1) {
    await Promise.all(
      [way.leader, way.follower].map((frame) =>
        frame.evaluate(() => {
          window.made?.splice(0);
          window.seen?.splice(0);
        }),
      ),
    );
    await page.mouse.move(box!.x + 100 + (number % 20) * 10, box!.y + 100 + (number % 7) * 10);
    const seen = await until(() => way.follower.evaluate(() => window.seen[0]), 'pointer of the leader');
    const made = await way.leader.evaluate(() => window.made[0]);
    if (made !== undefined) list.push(seen - made);
    // Movements by themselves: what comes close behind another waits here, and is left out by rrweb.
    await way.leader.waitForTimeout(EVERY_MS);
  }
  return list.slice(WARM_UP);
}

/** The agent's real mouse on the mirror, from the overlay's pointerup to the mirror's heading. */
function measureClicks(stage: Stage): (way: Way, round: number) => Promise<number[]> {
  return async (way, round) => {
    await watchHeading(way, round);
    await way.leader.evaluate(
      ([isOurs, of]) => {
        let number = 0;
        const find = () =>
          [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'press');
        if (isOurs && !find()) {
          const added = document.createElement('button');
          added.textContent = 'press';
          added.style.cssText = 'position:fixed;left:20px;top:20px;width:200px;height:80px;z-index:9999';
          document.body.append(added);
        }
        const heading = document.querySelector('h1')!;
        find()!.onclick = () => {
          heading.textContent = `change ${of} ${number++}`;
        };
      },
      [way.copy === 'inner', round] as const,
    );
    await way.follower.evaluate(() => {
      const made: number[] = [];
      window.made = made;
      addEventListener('pointerup', () => made.push(performance.timeOrigin + performance.now()), true);
    });
    const page = way.follower.page();
    const button =
      way.copy === 'own'
        ? way.follower.locator('button')
        : stage.agent.mirror.locator('button', { hasText: /^press$/ });
    const box = await button.boundingBox();
    if (!box) throw new Error('There is no button in the mirror.');
    for (let number = 0; number < SAMPLES; number += 1) {
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      await until(() => way.follower.evaluate((at) => window.seen[at], number), 'answer to the click');
    }
    return await delays({ leader: way.follower, follower: way.follower });
  };
}

/** Puts a large table into the page, and waits until the follower has it. */
async function makeLarge(leader: Frame, follower: Frame, copy: Way['copy']): Promise<void> {
  await leader.evaluate((rows) => {
    const table = document.createElement('table');
    table.innerHTML = `<tbody>${rows}</tbody>`;
    document.body.append(table);
  }, tableRows(ROWS));
  await until(
    () =>
      follower.evaluate(
        ([where, rows]) => {
          const shown = where === 'own' ? document : document.querySelector('iframe')?.contentDocument;
          return (shown?.querySelectorAll('tr.row').length ?? 0) >= rows || undefined;
        },
        [copy, ROWS] as const,
      ),
    'large table',
    60_000,
  );
}

/** The heading among many other changes: class and text of five cells, twenty times a second. */
async function measureChurned(way: Way, round: number): Promise<number[]> {
  await way.leader.evaluate(() => {
    const cells = document.querySelectorAll<HTMLElement>('tr.row b');
    let at = 0;
    if (cells.length > 0)
      window.churn = window.setInterval(() => {
        for (let i = 0; i < 5; i++) {
          at += 7919;
          const cell = cells[at % cells.length]!;
          cell.textContent = `name ${at}`;
          cell.className = `c${at % 5}`;
        }
      }, 50);
  });
  try {
    return await measureChanges(way, round);
  } finally {
    await way.leader.evaluate(() => clearInterval(window.churn));
  }
}
