// The shop's pages: home, list, product, basket, checkout, sign-in, help, studio.
import { CATEGORIES, formatPrice, PRODUCTS, type Product, type Search } from './catalogue.ts';
import type { Exchange } from './exchange.ts';
import { Html, html } from './html.ts';
import { HOSTS } from './layout.ts';
import { DELIVERY, type Order, type Visit } from './till.ts';

const csrfField = (visit: Visit): Html => html`<input type="hidden" name="csrf" value="${visit.csrf}">`;

const attribute = (on: boolean, name: string): Html => new Html(on ? ` ${name}` : '');

function card(exchange: Exchange, product: Product): Html {
  return html`<li class="card">
  <a href="/product/${product.slug}">
    <img src="${exchange.originOf(HOSTS.static)}/images/${product.slug}.svg" alt="" width="240" height="240" loading="lazy">
    <h3>${product.name}</h3>
  </a>
  <p>${product.line}</p>
  <p class="price">${formatPrice(product.price)}</p>
</li>`;
}

export function homePage(exchange: Exchange): Html {
  const files = exchange.originOf(HOSTS.static);
  return html`<section class="hero" aria-labelledby="welcome">
  <img src="${files}/images/hero.svg" alt="" width="1200" height="420">
  <div><h1 id="welcome">Slow tea, good pots</h1>
  <p>Stoneware, porcelain and loose leaves for people who sit down.</p>
  <a class="button" href="/shop">See everything</a></div>
</section>
<p class="live" role="status"><span id="lookers">1</span> looking at the shop now · <span id="offer">Free delivery from € 50</span></p>
<h2>This week on the shelf</h2>
<ul class="grid">${PRODUCTS.filter((_, index) => index % 3 === 0).map((product) => card(exchange, product))}</ul>
<section class="letter">
  <h2>A letter every new moon</h2>
  <form action="/newsletter" method="post" class="row">
    <label>E-mail <input type="email" name="email" autocomplete="email" required></label>
    <button>Subscribe</button>
  </form>
</section>`;
}

export function listPage(exchange: Exchange, search: Search, found: Product[]): Html {
  const heading = search.words !== '' ? `Results for “${search.words}”` : 'Everything on the shelf';
  return html`<h1>${heading}</h1>
<form class="filters" action="/shop">
  <input type="hidden" name="q" value="${search.words}">
  <label>Kind <select name="category"><option value="">All</option>${Object.entries(CATEGORIES).map(
    ([id, label]) =>
      html`<option value="${id}"${attribute(search.category === id, 'selected')}>${label}</option>`,
  )}</select></label>
  <label>Up to <input type="range" name="max" min="0" max="70" step="5" value="${search.max}"> <output id="max-shown">${search.max || 'any price'}</output></label>
  <label>Order <select name="sort">${['shelf', 'price', 'name'].map(
    (one) => html`<option${attribute(search.sort === one, 'selected')}>${one}</option>`,
  )}</select></label>
  <button>Apply</button>
</form>
<p role="status">${found.length === 1 ? '1 thing' : `${found.length} things`} found.</p>
<ul class="grid">${found.map((product) => card(exchange, product))}</ul>`;
}

export function productPage(
  exchange: Exchange,
  visit: Visit,
  product: Product,
  stock: number,
  reviews: { name: string; text: string }[],
): Html {
  return html`<article class="product">
  <img src="${exchange.originOf(HOSTS.static)}/images/${product.slug}.svg" alt="${product.name}" width="460" height="460">
  <div>
    <p class="crumbs"><a href="/shop?category=${product.category}">${CATEGORIES[product.category]}</a></p>
    <h1>${product.name}</h1>
    <star-rating value="${product.stars}">${product.stars} of 5 stars</star-rating>
    <p class="price">${formatPrice(product.price)}</p>
    <p>${product.text}</p>
    <p class="live"><span id="stock" data-product="${product.slug}">${stock}</span> left · <span id="lookers">1</span> looking now</p>
    <form action="/basket" method="post" class="buy">
      ${csrfField(visit)}
      <input type="hidden" name="product" value="${product.slug}">
      <label>${product.choices.label} <select name="choice">${product.choices.values.map(
        (value) => html`<option>${value}</option>`,
      )}</select></label>
      <label>Quantity <input type="number" name="quantity" value="1" min="1" max="20"></label>
      <button class="button">Add to basket</button>
    </form>
    <p class="row"><button type="button" id="wish" data-product="${product.slug}">Keep in mind</button>
    <button type="button" id="sizes">Open size chart</button>
    <button type="button" id="ask">Delivery times</button></p>
    <dialog id="delivery" aria-labelledby="delivery-title"><h2 id="delivery-title">Delivery times</h2>
      <p>Ordered before two o’clock, it leaves Bath the same day.</p>
      <form method="dialog"><button>Close</button></form></dialog>
    <details><summary>Care and materials</summary><p>${product.care}</p>
      <p><a href="/care/${product.category}" target="_blank">The whole care guide</a></p></details>
  </div>
</article>
<section class="reviews"><h2>What others say</h2>
  ${
    reviews.length === 0
      ? html`<p>Nobody has said anything yet.</p>`
      : html`<ul>${reviews.map(
          (review) => html`<li><strong>${review.name}</strong><p>${review.text}</p></li>`,
        )}</ul>`
  }
  <form action="/product/${product.slug}/reviews" method="post">
    ${csrfField(visit)}
    <label>Your name <input name="name" required maxlength="40"></label>
    <label>Your review <textarea name="text" rows="3" required maxlength="500"></textarea></label>
    <button>Send review</button>
  </form>
</section>`;
}

function basketTable(
  exchange: Exchange,
  visit: Visit,
  lines: { product: Product; choice: string; quantity: number }[],
): Html {
  return html`<table><caption class="quiet">Your basket</caption>
<thead><tr><th>Thing</th><th>Choice</th><th>Pieces</th><th>Price</th><th><span class="quiet">Remove</span></th></tr></thead>
<tbody>${lines.map(
    ({ product, choice, quantity }, index) => html`<tr>
  <td><img src="${exchange.originOf(HOSTS.static)}/images/${product.slug}.svg" alt="" class="thumb" width="56" height="56"> <a href="/product/${product.slug}">${product.name}</a></td>
  <td>${choice}</td><td>${quantity}</td><td>${formatPrice(product.price * quantity)}</td>
  <td><form action="/basket/remove" method="post">${csrfField(visit)}<button name="line" value="${index}" aria-label="Remove ${product.name}">×</button></form></td>
</tr>`,
  )}</tbody></table>`;
}

export function basketPage(
  exchange: Exchange,
  visit: Visit,
  lines: { product: Product; choice: string; quantity: number }[],
  total: number,
): Html {
  if (lines.length === 0) {
    return html`<h1>Your basket</h1><p>It is empty. <a href="/shop">Look around</a>.</p>`;
  }
  return html`<h1>Your basket</h1>
${basketTable(exchange, visit, lines)}
<p class="total">Delivery ${total >= 5000 ? 'free' : formatPrice(DELIVERY)} · <strong id="total">Total ${formatPrice(total)}</strong></p>
<p class="row"><a class="button" href="/checkout">Go to checkout</a></p>
<label class="note">Note to yourself (stays in this browser) <textarea id="basket-note" rows="2"></textarea></label>`;
}

export function checkoutPage(exchange: Exchange, visit: Visit, total: number, problem?: string): Html {
  const pay = exchange.originOf(HOSTS.pay);
  return html`<h1>Checkout</h1>
${problem !== undefined && html`<p class="problem" role="alert">${problem}</p>`}
<form action="/checkout" method="post" class="checkout">
  ${csrfField(visit)}
  <fieldset><legend>To</legend>
    <label>Name <input name="name" autocomplete="name" required></label>
    <label>E-mail <input type="email" name="email" autocomplete="email" required></label>
    <label>Address <textarea name="address" rows="2" autocomplete="street-address" required></textarea></label>
    <label>Country <select name="country" autocomplete="country-name"><option>United Kingdom</option><option>Ireland</option><option>Sweden</option><option>Germany</option></select></label>
  </fieldset>
  <fieldset><legend>When</legend>
    <label>Delivery date <input type="date" name="date" min="2026-01-01"></label>
    <label><input type="radio" name="slot" value="morning" checked> Morning</label>
    <label><input type="radio" name="slot" value="evening"> Evening</label>
    <label><input type="checkbox" name="gift" id="gift"> It is a gift</label>
    <label>Ribbon colour <input type="color" name="ribbon" value="#a4482d"></label>
    <label>Message on the card <textarea name="note" rows="2" maxlength="200"></textarea></label>
  </fieldset>
  <fieldset><legend>Payment</legend>
    <label><input type="radio" name="pay" value="card" checked> Card, here</label>
    <label><input type="radio" name="pay" value="page"> On the page of Demopay</label>
    <label><input type="radio" name="pay" value="invoice"> By invoice</label>
    <iframe src="${pay}/card?total=${total}" title="Card details" width="100%" height="230" id="card-frame" data-origin="${pay}"></iframe>
    <input type="hidden" name="card" id="card-token">
    <p id="card-state" role="status">Card not checked yet.</p>
  </fieldset>
  <p class="total"><strong>Total ${formatPrice(total)}</strong></p>
  <button class="button">Place order</button>
</form>`;
}

export function orderPage(order: Order, names: string[]): Html {
  return html`<h1>Thank you, ${order.name}</h1>
<p>Your order <strong id="order-id">${order.id}</strong> over ${formatPrice(order.total)} ${order.paid ? 'is paid and on its way' : 'waits for your payment'}.</p>
<ul>${names.map((name) => html`<li>${name}</li>`)}</ul>
<p>${order.delivery}</p>
<p class="row"><a class="button" href="/shop">Look for more</a> <a href="/downloads/invoice-${order.id}.txt" download>Download invoice</a></p>`;
}

export function signInPage(visit: Visit, problem?: string): Html {
  return html`<h1>Sign in</h1>
${problem !== undefined && html`<p class="problem" role="alert">${problem}</p>`}
<form action="/login" method="post" class="narrow">
  ${csrfField(visit)}
  <label>E-mail <input type="email" name="email" autocomplete="username" required></label>
  <label>Password <input type="password" name="password" autocomplete="current-password" required></label>
  <button class="button">Sign in</button>
</form>
<p class="hint">For trying out: ada@example.com with the password “analytical”.</p>`;
}

export function accountPage(visit: Visit): Html {
  return html`<h1>Your account</h1>
<div id="account" data-csrf="${visit.csrf}" aria-live="polite"><p>One moment…</p></div>
<form action="/logout" method="post" hidden>${csrfField(visit)}<button>Sign out</button></form>`;
}

export function helpPage(exchange: Exchange, visit: Visit, note?: string): Html {
  const offlist = exchange.originOf(HOSTS.offlist);
  return html`<h1>Help</h1>
${note !== undefined && html`<p class="good" role="status">${note}</p>`}
<section><h2>Often asked</h2>
  <details><summary>My pot arrived broken</summary><p>Send us a picture below; a new one leaves the same day.</p></details>
  <details><summary>Can I return tea?</summary><p>Unopened, within thirty days.</p></details>
  <details><summary>Do you ship to the moon?</summary><p>Only at new moon.</p></details>
</section>
<section><h2>Send a picture</h2>
  <form action="/help/picture" method="post" enctype="multipart/form-data" class="narrow">
    ${csrfField(visit)}
    <label>Order number <input name="order" placeholder="FK-1001"></label>
    <label>Picture <input type="file" name="picture" accept="image/*,.pdf,.txt"></label>
    <label>About <select name="about" multiple size="3"><option>Damage</option><option>Colour</option><option>Missing part</option></select></label>
    <button>Send picture</button>
  </form>
</section>
<section><h2>Elsewhere</h2>
  <ul>
    <li><a href="${offlist}/partners">Our delivery partner</a> (another company)</li>
    <li><a href="/out">Track a parcel</a> (leads to the partner)</li>
    <li><a href="/downloads/price-list.csv" download>Download the price list</a></li>
    <li><a href="mailto:tea@example.com">Write to us</a></li>
  </ul>
  <iframe src="${offlist}/map" title="Map of the partner" width="420" height="180"></iframe>
</section>`;
}

export function studioPage(): Html {
  return html`<h1>Mug studio</h1>
<p>Draw what your mug should look like. Nothing is saved until you like it.</p>
<div class="studio">
  <canvas id="mug" width="520" height="320" aria-label="Drawing of the mug"></canvas>
  <div class="tools">
    <label>Colour <input type="color" id="ink" value="#2f4a3c"></label>
    <label>Width <input type="range" id="width" min="1" max="30" value="8"></label>
    <label>Ready by <input type="date" id="ready"></label>
    <label>Stamp <select id="stamp"><option>none</option><option>leaf</option><option>moon</option></select></label>
    <button type="button" id="wave">Draw waves</button>
    <button type="button" id="clear">Clear</button>
    <button type="button" id="confirm">Start over</button>
  </div>
</div>
<h2 id="note-title">Note to the potter</h2>
<div class="paper" contenteditable="true" role="textbox" aria-multiline="true" aria-labelledby="note-title" id="potter-note"><p>Dear potter,</p></div>`;
}

export function carePage(name: string): Html {
  return html`<h1>Care guide: ${name}</h1>
<p>Rinse with hot water, no soap; let it dry with the lid off.</p>
<p><a href="/shop">Back to the shop</a></p>`;
}

export function sizesPage(): Html {
  return html`<h1>Size chart</h1>
<table><thead><tr><th>Cup</th><th>Holds</th><th>Height</th></tr></thead><tbody>
<tr><td>Lark</td><td>180 ml</td><td>58 mm</td></tr><tr><td>Tidewater</td><td>350 ml</td><td>94 mm</td></tr></tbody></table>`;
}

export function simplePage(title: string, text: string): Html {
  return html`<h1>${title}</h1><p>${text}</p><p><a href="/">To the shop</a></p>`;
}
