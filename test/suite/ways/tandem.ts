// Through Tandem: the page in a customer's session window, and an agent who looks on.
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { addressTable } from '../../../gateway/sites/addresses.ts';
import { Addresses, parseOrigin } from '../../../protocol/address.ts';
import { bundleModule } from '../../bundle.ts';
import { createAgreement } from '../../control/agreement.ts';
import { Customer } from '../../e2e/customer.ts';
import { startStage } from '../../e2e/harness.ts';
import { until } from '../../e2e/until.ts';
import { word } from '../../e2e/words.ts';
import type { Application } from '../application.ts';
import { type Hop, OPENING } from '../recording-hop.ts';
import { type Faults, watchFaults } from '../run/faults.ts';
import type { Visit, Way } from './way.ts';

const SITE = 'suite';

export interface TandemWay extends Way {
  /** Script of the contact panel, for the page that a session is started from. */
  panel: string;
}

export async function tandemWay(
  { title, hosts, resources = [] }: Application,
  hop: Hop,
  faults: Faults,
): Promise<TandemWay> {
  const normalise = await bundleModule(join(import.meta.dirname, '../../ui/mirror/normalise.ts'), 'equality');
  const stage = await startStage((config) => {
    for (const host of [...hosts, ...resources]) {
      const reach = { protocols: ['http'], port: hop.port, connect: `127.0.0.1:${hop.port}` };
      const { hostname } = new URL(hop.origin(host));
      config.addIn(['domains'], config.createNode({ title: host, hosts: [hostname], ...reach }));
    }
    config.addIn(
      ['sites'],
      config.createNode({
        id: SITE,
        title,
        domains: hosts,
        resources,
        start: hop.origin(hosts[0]!),
        contacts: ['anna'],
      }),
    );
  });
  const { gateway, errors } = stage;
  const { places } = gateway;
  const sids = new Set<string>();
  const origins = new Map<string, string>();

  /** Session addresses of the newest session. */
  const learn = (): Addresses => {
    const { sid } = [...gateway.sessions.all()].at(-1)!;
    sids.add(sid);
    const table = addressTable(gateway.registry.config.sites.find(({ id }) => id === SITE)!, sid, places);
    const addresses = new Addresses(table);
    for (const [origin] of table.hosts) origins.set(addresses.sessionOrigin(parseOrigin(origin)!)!, origin);
    return addresses;
  };
  const toReal = (url: string): string => {
    for (const [session, origin] of origins) {
      if (url.startsWith(session)) return origin + url.slice(session.length);
    }
    return url;
  };

  return {
    name: 'tandem',
    panel: `<script src="${places.consoleOrigin}/panel.js" async data-site="${SITE}"></script>`,
    secrets: () => [places.base, ...sids],
    async begin(): Promise<Visit> {
      const { context, page } = await stage.newCustomer();
      const agent = await stage.newAgent();
      const customer = new Customer({
        context,
        errors,
        page,
        shop: hop.origin(hosts[0]!),
        panelOrigin: places.panelOrigin,
      });
      await agent.signIn();
      await customer.openShop(OPENING);
      await customer.startChat('Anna Berg', 'Ada');
      await agent.accept('Ada');
      const shell = await customer.startCobrowsing();
      await agent.whenMirrored();
      const addresses = learn();
      const unwatch = [context, agent.context].map((one) => watchFaults(one, toReal, faults));
      const frame = async (): Promise<Frame> => {
        const element = await shell.page.locator(`iframe[title="${word('page.title')}"]`).elementHandle();
        const found = await element?.contentFrame();
        if (!found) throw new Error('The session window has no page.');
        return found;
      };
      const mirror = async (): Promise<Frame | undefined> => {
        const view = await agent.page.locator(`iframe[title="${word('view.title')}"]`).elementHandle();
        return (await view?.contentFrame())?.childFrames()[0];
      };
      return {
        tab: shell.page,
        page: shell.shared,
        frame,
        toReal,
        agree: createAgreement({ normalise, leader: frame, mirror, toReal: mapping(origins) }),
        async nextWindow(act) {
          const above = shell.shared.locator('dialog > iframe').first();
          await Promise.all([above.waitFor(), act()]);
          return above.contentFrame();
        },
        async open(url) {
          const session = addresses.toSession(url, 'http') ?? url;
          const leaves = await (await frame()).evaluate((to) => {
            const target = new URL(to, location.href);
            const stays = target.hash !== '' && target.href.split('#')[0] === location.href.split('#')[0];
            Object.assign(window, { [Symbol.for('suite')]: true });
            location.assign(to);
            return !stays;
          }, session);
          if (!leaves) return;
          // A redirect may lead on; that the page has left is what matters.
          const isNew = (): Promise<boolean> =>
            frame().then((at) =>
              at.evaluate(() => !(Symbol.for('suite') in window) && document.readyState === 'complete'),
            );
          await until(async () => (await isNew().catch(() => false)) || undefined, `page at ${url}`, 60_000);
        },
        async screenshot(name) {
          await shell.screenshot(`suite/${name}-leader`);
          await agent.screenshot(`suite/${name}-agent`);
        },
        async end() {
          for (const stop of unwatch) stop();
          await stage.clearUp();
          await agent.context.close();
          await context.close();
        },
      };
    },
    stop: () => stage.stop(),
  };
}

/** Source of the function from session addresses to real ones. */
function mapping(origins: ReadonlyMap<string, string>): string {
  const list = JSON.stringify([...origins]);
  return `(url) => ${list}.reduce((text, [session, real]) => text.startsWith(session) ? real + text.slice(session.length) : text, url)`;
}
