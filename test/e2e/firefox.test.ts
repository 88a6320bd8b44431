// The core of mirror and control in a second engine: Firefox (Debian's firefox-esr), customer's side and agent's side.
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SiteBlocked } from '../../protocol/blocked.ts';
import { needFirefox } from '../../scripts/need-firefox.ts';
import { bundleModule } from '../bundle.ts';
import { readable, withoutUnsent } from '../control/agreement.ts';
import { configureSite, type Site, startSite } from '../control/site.ts';
import { firstDifference } from '../ui/mirror/first-difference.ts';
import { coBrowseInFirefox, type FirefoxPeople, openFirefox } from './firefox-people.ts';
import { call, signIn } from './plain-client.ts';
import { type Servers, startServers } from './servers.ts';

const PAGE = `
<style>
  .menu:hover { background: rgb(0, 128, 0); }
  .far { height: 3000px; }
  dialog::backdrop { background: rgb(0 0 0 / 40%); }
</style>
<h1 id="title">Here we begin</h1>
<p id="words">Some words</p>
<label>Name <input id="name"></label>
<label>Secret <input id="secret" type="password"></label>
<label>Notes <textarea id="notes"></textarea></label>
<label>Size <select id="size"><option>small</option><option>large</option></select></label>
<label><input id="gift" type="checkbox"> A gift</label>
<button id="count">0</button>
<div id="editor" contenteditable style="border:1px solid;min-height:2em">edit me</div>
<div id="scroller" style="height:60px;overflow:auto"><div style="height:600px">long</div></div>
<div id="host"></div>
<dialog id="dialog"><p>Asked</p><button id="close">close</button></dialog>
<div id="popover" popover>popped</div>
<canvas id="canvas" width="40" height="20"></canvas>
<div id="moving">moves</div>
<iframe id="frame" srcdoc="<p id=inner>inner</p>"></iframe>
<a id="next" href="/next">Next page</a>
<div class="far"></div>
<script>
  count.onclick = () => { count.textContent = Number(count.textContent) + 1; };
  close.onclick = undefined;
  document.getElementById('close').onclick = () => dialog.close();
  document.getElementById('name').oninput = ({ target }) => { target.value = target.value.toUpperCase(); };
  const root = host.attachShadow({ mode: 'open' });
  root.innerHTML = '<slot></slot><p class="in">in the shadow</p>';
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('.in { color: rgb(200, 0, 0) }');
  root.adoptedStyleSheets = [sheet];
</script>`;

const missing = await needFirefox();

describe.skipIf(missing !== undefined)('in Firefox', () => {
  let site: Site;
  let servers: Servers;
  let browsers: { customer: Browser; agent: Browser };
  let people: FirefoxPeople;
  let normalise: string;

  beforeAll(async () => {
    site = await startSite(
      { '/': PAGE, '/next': '<h1 id="title">The next page</h1><a id="back" href="/">Back</a>' },
      {},
    );
    servers = await startServers((config) => configureSite(config, site));
    const { places } = servers.gateway;
    site.setHead(`<script src="${places.consoleOrigin}/panel.js" async data-site="control"></script>`);
    normalise = await bundleModule(join(import.meta.dirname, '../ui/mirror/normalise.ts'), 'equality');
    browsers = { customer: await openFirefox(), agent: await openFirefox() };
    people = await coBrowseInFirefox(browsers, site, places);
  });
  afterAll(async () => {
    await Promise.all([browsers?.customer.close(), browsers?.agent.close()]);
    await servers?.stop();
    await site?.stop();
  });

  /** Until leader and mirror normalise equal. */
  async function agree(): Promise<void> {
    const plain = (frame: Awaited<ReturnType<FirefoxPeople['leader']>>, document: string, address: string) =>
      frame.evaluate(
        `(() => { ${normalise};
          const toFollower = (url) => url.replace(/^http:\\/\\/[\\w-]+--[^/]+/, '${address}');
          return equality.normalise(${document}, { rootOf: (element) => element.shadowRoot, ${address ? 'toFollower' : ''} }); })()`,
      );
    await expect
      .poll(
        async () => {
          const one = withoutUnsent(await plain(await people.leader(), 'document', site.origin));
          const inner = "document.querySelector('iframe').contentDocument";
          const other = withoutUnsent(await plain(await people.view(), inner, ''));
          return firstDifference(one, readable(one, other));
        },
        { timeout: 20_000, interval: 200 },
      )
      .toBe(undefined);
  }

  it('shows the agent the page as it is: text, fields, shadow trees, sheets, frames', async () => {
    await agree();
    await people.screenshot('start');
    const color = await (await people.mirror()).evaluate(
      () => getComputedStyle(document.querySelector('#host')!.shadowRoot!.querySelector('.in')!).color,
    );
    expect(color).toBe('rgb(200, 0, 0)');
  });

  it('follows changes of text, classes, structure, style sheets, fields and scroll', async () => {
    const leader = await people.leader();
    await leader.evaluate(() => {
      document.querySelector('#words')!.textContent = 'Other words';
      document.querySelector('#title')!.className = 'big';
      const list = document.createElement('ul');
      for (let i = 0; i < 20; i++)
        list.append(Object.assign(document.createElement('li'), { textContent: `${i}` }));
      document.body.insertBefore(list, document.querySelector('#host'));
      document.styleSheets[1]!.insertRule('#words { letter-spacing: 3px }');
      document.querySelector<HTMLSelectElement>('#size')!.selectedIndex = 1;
      document.querySelector<HTMLTextAreaElement>('#notes')!.value = 'by a script';
      document.querySelector('#scroller')!.scrollTop = 120;
    });
    await agree();
    await expect
      .poll(async () =>
        (await people.mirror()).evaluate(() => Math.round(document.querySelector('#scroller')!.scrollTop)),
      )
      .toBe(120);
  });

  it('follows the top layer: a modal dialog, a popover, and their end', async () => {
    const leader = await people.leader();
    await leader.evaluate(() => {
      document.querySelector<HTMLDialogElement>('#dialog')!.showModal();
      document.querySelector<HTMLElement>('#popover')!.showPopover();
    });
    await agree();
    const isModal = async (): Promise<boolean> =>
      (await people.mirror()).evaluate(() => document.querySelector('#dialog')!.matches(':modal'));
    await expect.poll(isModal).toBe(true);
    await people.screenshot('dialog');
    await leader.evaluate(() => document.querySelector<HTMLElement>('#popover')!.hidePopover());
    await people.clickInMirror('#close');
    await expect.poll(isModal).toBe(false);
    await agree();
  });

  it('shows a canvas and an animation', async () => {
    const leader = await people.leader();
    await leader.evaluate(() => {
      const context = document.querySelector<HTMLCanvasElement>('#canvas')!.getContext('2d')!;
      context.fillStyle = 'rgb(0, 0, 255)';
      context.fillRect(0, 0, 40, 20);
      document.querySelector('#moving')!.animate({ opacity: [0.5, 0.5] }, { duration: 1e6 });
    });
    await expect
      .poll(
        async () =>
          (await people.mirror()).evaluate(
            () => getComputedStyle(document.querySelector('#moving')!).opacity,
          ),
        { timeout: 10_000 },
      )
      .toBe('0.5');
    // The picture comes as WebP, which loses a little.
    const isBlue = async (): Promise<boolean> => {
      const [red, green, blue] = await people.colorInMirror('#canvas');
      return red! < 8 && green! < 8 && blue! > 247;
    };
    await expect.poll(isBlue, { timeout: 10_000 }).toBe(true);
  });

  it('performs the agent’s click, typing, choice and hover', async () => {
    const leader = await people.leader();
    await people.clickInMirror('#count');
    await expect.poll(() => leader.evaluate(() => document.querySelector('#count')!.textContent)).toBe('1');

    await people.clickInMirror('#name');
    await people.agent.keyboard.type('ada');
    await expect
      .poll(() => leader.evaluate(() => document.querySelector<HTMLInputElement>('#name')!.value))
      .toBe('ADA');
    await people.agent.keyboard.press('Tab');
    await people.agent.keyboard.press('Tab');
    await people.agent.keyboard.type('two\nlines');
    await expect
      .poll(() => leader.evaluate(() => document.querySelector<HTMLTextAreaElement>('#notes')!.value))
      .toContain('two\nlines');

    await people.clickInMirror('#gift');
    await expect
      .poll(() => leader.evaluate(() => document.querySelector<HTMLInputElement>('#gift')!.checked))
      .toBe(true);

    await people.clickInMirror('#editor');
    await people.agent.keyboard.type('X');
    await expect
      .poll(() => leader.evaluate(() => document.querySelector('#editor')!.textContent))
      .toContain('X');
    await agree();
    await people.screenshot('control');
  });

  it('masks a password twice over', async () => {
    const leader = await people.leader();
    await leader.evaluate(() => {
      document.querySelector<HTMLInputElement>('#secret')!.value = 'xyzzy-secret';
    });
    await agree();
    const shown = await (await people.mirror()).evaluate(
      () => document.querySelector<HTMLInputElement>('#secret')!.value,
    );
    expect(shown).toBe('•'.repeat(12));
  });

  it('follows the agent’s navigation, and history back', async () => {
    await people.clickInMirror('#next');
    await expect
      .poll(
        async () => (await people.mirror()).evaluate(() => document.querySelector('#title')?.textContent),
        {
          timeout: 20_000,
        },
      )
      .toBe('The next page');
    await agree();
    await (await people.leader()).evaluate(() => history.back());
    await expect
      .poll(
        async () => (await people.mirror()).evaluate(() => document.querySelector('#title')?.textContent),
        {
          timeout: 20_000,
        },
      )
      .toBe('Here we begin');
    await agree();
  });

  it('says what is missing of a host that is not on the list, to both, and counts it without its query', async () => {
    const leader = await people.leader();
    await leader.evaluate(() => {
      const image = new Image();
      image.src = 'https://cdn.elsewhere.example/a.png?visitor=4711';
      document.body.append(image);
    });
    const said = '::-p-text(Parts of this page come from cdn.elsewhere.example, which is not shared here.)';
    await Promise.all([people.shell, people.agent].map((page) => page.locator(said).wait()));
    await people.screenshot('left-out');
    const { port, places } = servers.gateway;
    const headers = { cookie: await signIn(servers, 'admin') };
    const { json } = await call(port, places.consoleHost, '/console/api/settings', { headers });
    const sites = json.sites as { id: string; blocked: SiteBlocked }[];
    const { hosts } = sites.find(({ id }) => id === 'control')!.blocked;
    expect(hosts.map(({ origin, kinds, page }) => [origin, kinds, page])).toEqual([
      ['https://cdn.elsewhere.example', ['image'], `${site.origin}/`],
    ]);
    expect(JSON.stringify(hosts)).not.toContain('4711');
  });

  it('lets the customer take control back by Esc twice, and threw nothing on the way', async () => {
    const leader = await people.leader();
    await leader.locator('h1').click();
    await people.shell.keyboard.press('Escape');
    await people.shell.keyboard.press('Escape');
    await people.agent.locator('::-p-text(Ada is in control)').wait();
    // The view offers itself to shell and console alike; Firefox reports the one that is not there as an error of the page, and so
    // what our policy blocks.
    const known =
      /The target origin provided|blocked the loading of a resource \(img-src\) at https:\/\/cdn\.elsewhere/;
    expect(people.errors.filter((error) => !known.test(error))).toEqual([]);
  });
});

it.runIf(missing !== undefined)('Firefox is there to be tried', ({ skip }) => skip(missing));
