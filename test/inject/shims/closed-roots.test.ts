// Roots that markup declares closed are mirrored, and still closed to the page.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../../browser.ts';
import { type OpenPage, type SessionPages, servePages } from '../session-pages.ts';

const SHOP = 'https://www.shop.example';
/** Keeps the facts as text. */
const SHELL = `window.said = []; window.ports = []; window.hellos = []; window.facts = '';
  addEventListener('message', ({ data, ports }) => {
    if (data?.tandem !== 'page') return;
    ports[0].onmessage = ({ data }) => { if (data.type === 'fact') facts += new TextDecoder().decode(data.json); };
  });`;
let browser: Browser;
let pages: SessionPages;
let open: OpenPage;

beforeAll(async () => {
  browser = await openBrowser();
  pages = await servePages(
    {
      // As the gateway rewrites `shadowrootmode=closed`.
      [`${SHOP}/`]: `<body><div id=host><template shadowrootmode=open><!--tandem-closed--><p>by the parser</p></template></div>
        <x-card id=card><template shadowrootmode=open><!--tandem-closed--><b>declared</b></template></x-card>
        <x-again id=again><template shadowrootmode=open><!--tandem-closed--><b>old</b></template></x-again>
        <div id=open><template shadowrootmode=open><p>open one</p></template></div><div id=late></div>
        <script>
          customElements.define('x-card', class extends HTMLElement {
            constructor() { super(); this.found = this.attachInternals().shadowRoot; }
          });
          customElements.define('x-again', class extends HTMLElement {
            constructor() { super(); this.root = this.attachShadow({ mode: 'closed' }); this.root.innerHTML = '<i>attached anew</i>'; }
          });
          late.setHTMLUnsafe('<section><template shadowrootmode="closed"><p>by a script</p></template></section>');
          parsed = Document.parseHTMLUnsafe('<main><template shadowrootmode=closed><p>by a parser</p></template></main>');
          document.body.append(parsed.querySelector('main'));
        </script>`,
    },
    SHELL,
  );
  open = await pages.open(browser, `${SHOP}/`);
});
afterAll(async () => {
  await open.context.close();
  await browser.close();
  await pages.close();
});

test('their content is recorded', async () => {
  const facts = () => open.shell.evaluate<string>('facts');
  for (const words of [
    'by the parser',
    'declared',
    'attached anew',
    'open one',
    'by a script',
    'by a parser',
  ])
    await expect.poll(facts).toContain(words);
});

test('the page cannot reach them, but where it could', async () => {
  expect(
    await open.frame().evaluate(() => {
      const by = (id: string) =>
        document.querySelector(id) as Element & { found?: ShadowRoot; root?: ShadowRoot };
      return {
        host: by('#host').shadowRoot,
        card: by('#card').shadowRoot,
        // ElementInternals give it to the element itself, without our mark.
        found: [by('#card').found?.mode, by('#card').found?.innerHTML],
        again: [by('#again').shadowRoot, by('#again').root?.mode, by('#again').root?.innerHTML],
        late: by('#late section').shadowRoot,
        parsed: by('main').shadowRoot,
        open: by('#open').shadowRoot?.innerHTML,
      };
    }),
  ).toEqual({
    host: null,
    card: null,
    found: ['closed', '<b>declared</b>'],
    again: [null, 'closed', '<i>attached anew</i>'],
    late: null,
    parsed: null,
    open: '<p>open one</p>',
  });
});
