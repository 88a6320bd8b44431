// What all pages of the shop share: head, header with search, footer, contact panel.
import { CATEGORIES } from './catalogue.ts';
import type { Exchange } from './exchange.ts';
import { Html, html } from './html.ts';

export const HOSTS = {
  shop: 'www.demoshop.localhost',
  static: 'static.demoshop.localhost',
  pay: 'pay.demopay.localhost',
  offlist: 'tracker.offlist.localhost',
} as const;

/** What a page needs besides its content. */
export interface Frame {
  exchange: Exchange;
  /** Where the contact panel's script comes from; none without it. */
  consoleOrigin: string | undefined;
  /** Pieces in the basket. */
  pieces: number;
}

export function layPage(frame: Frame, title: string, content: Html, scripts: Html = new Html('')): Html {
  const { exchange, consoleOrigin, pieces } = frame;
  const files = exchange.originOf(HOSTS.static);
  const here = exchange.url.pathname;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · Fern &amp; Kettle</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="${files}/images/logo.svg">
<link rel="stylesheet" href="${files}/shop.css">
<script src="${files}/shop.js" defer></script>
${scripts}
${consoleOrigin !== undefined && html`<script src="${consoleOrigin}/panel.js" async data-site="demo"></script>`}
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header class="top">
  <a class="brand" href="/"><img src="${files}/images/logo.svg" alt="" width="44" height="44"><span>Fern &amp; Kettle</span></a>
  <nav aria-label="Shop">
    <ul class="links">${Object.entries(CATEGORIES).map(
      ([id, label]) =>
        html`<li><a href="/shop?category=${id}">${new Html(label.replace('&', '&amp;'))}</a></li>`,
    )}
    <li><a href="/studio"${here === '/studio' && new Html(' aria-current="page"')}>Mug studio</a></li>
    <li><a href="/help"${here === '/help' && new Html(' aria-current="page"')}>Help</a></li></ul>
  </nav>
  <form class="search" role="search" action="/shop">
    <label class="quiet" for="q">Search the shop</label>
    <input id="q" name="q" type="search" placeholder="Teapot, jasmine…" value="${exchange.url.searchParams.get('q') ?? ''}" list="suggestions" autocomplete="off">
    <datalist id="suggestions"></datalist>
    <button>Search</button>
  </form>
  <div class="mine">
    <a href="/account" id="greeting">Sign in</a>
    <a href="/basket" class="basket">Basket <span class="count" id="basket-count">${pieces}</span></a>
  </div>
</header>
<main id="content" tabindex="-1">
${content}
</main>
<footer>
  <p>Fern &amp; Kettle, 7 Orchard Row, Bath. A shop that exists to be looked at together.</p>
  <ul class="links">
    <li><a href="/help">Help and contact</a></li>
    <li><a href="/care/stoneware" target="_blank">Care guide</a></li>
    <li><a href="${exchange.originOf(HOSTS.offlist)}/partners">Our delivery partner</a></li>
    <li><a href="/downloads/price-list.csv" download>Price list</a></li>
  </ul>
</footer>
</body>
</html>
`;
}
