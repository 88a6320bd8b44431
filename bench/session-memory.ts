// Gateway: memory of a session, idle and active. Both ends of its connections are in this process and count too, so it is less in truth.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pageFacts } from '../test/gateway/page-facts.ts';
import { type OpenedSession, startTestGateway, type TestGateway } from '../test/gateway/start-gateway.ts';
import type { Row } from './report.ts';

const SESSIONS = 40;
/** Sessions that come first: what the process loads once belongs to none. */
const WARM_UP = 5;
/** Pages that the leader of an active session has loaded. */
const REQUESTS = 20;
const KB = 1_000;

export async function run(): Promise<Row[]> {
  const test = await startTestGateway();
  try {
    const anna = await test.signIn('anna');
    const desk = await test.console(anna);
    await desk.next('console.state');
    const open = async (): Promise<Opened> => {
      const customer = await test.begin();
      desk.send({ type: 'conversation.accept', cid: customer.cid });
      await customer.panel.next('conversation.changed', ({ conversation }) => conversation.cobrowsing.may);
      const arrived = await test.arrive(JSON.parse((await test.start(customer)).text).url);
      const leader = await test.lead(arrived);
      await leader.next('session.welcome');
      return { ...arrived, leader };
    };
    for (let i = 0; i < WARM_UP; i++) await work(test, anna, await open());
    const before = used(test);
    const sessions: Opened[] = [];
    for (let i = 0; i < SESSIONS; i++) sessions.push(await open());
    const idle = (used(test) - before) / SESSIONS;
    for (const session of sessions) await work(test, anna, session);
    const active = (used(test) - before) / SESSIONS;
    return [
      row('idle: the customer is there, no page is open', idle, 200),
      row(`active: ${REQUESTS} pages loaded, a small one open, an agent looks on`, active, 2_000),
    ];
  } finally {
    await test.stop();
  }
}

type Opened = Omit<OpenedSession, 'customer'>;

async function work(test: TestGateway, agent: string, { sid, pass, leader }: Opened): Promise<void> {
  const headers = {
    Cookie: pass,
    'Sec-Fetch-Dest': 'iframe',
    'Sec-Fetch-Mode': 'navigate',
    Accept: 'text/html',
  };
  for (let i = 0; i < REQUESTS; i++) {
    const { status } = await test.call(test.hosts.page(sid), `/page/${i}`, { headers });
    if (status !== 200) throw new Error(`page ${i}: ${status}`);
  }
  for (const fact of pageFacts()) leader.fact(1, fact);
  const follower = await test.follow(agent, sid);
  await follower.next('session.welcome');
  await leader.settled();
  await follower.settled();
}

/** Bytes in use after a collection, without what the measuring keeps. */
function used(test: TestGateway): number {
  test.logged.length = 0;
  test.upstream.length = 0;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function row(what: string, bytes: number, aim: number): Row {
  return {
    figure: `Memory of a session, ${what}`,
    unit: 'kB',
    value: bytes / KB,
    peers: {},
    target: `≤ ${aim} kB`,
    met: bytes / KB <= aim,
  };
}
