// The hosts beside the shop: files, the payment step, and a company that is not on the list.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { formatPrice } from './catalogue.ts';
import type { Exchange } from './exchange.ts';
import { type Html, html } from './html.ts';
import { HOSTS } from './layout.ts';
import { paymentProof } from './shop-host.ts';

const FILES = join(import.meta.dirname, 'public');
/** Liberation Sans (SIL Open Font License), as a package that we have anyway brings it. */
const FONTS = join(
  dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')),
  'standard_fonts',
);

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
};

/** static.demoshop.localhost */
export async function answerStatic(exchange: Exchange): Promise<void> {
  const path = exchange.url.pathname;
  const type = TYPES[extname(path)];
  if (!type || !/^\/(?:[a-z]+\/)?[a-zA-Z-]+\.[a-z]+$/.test(path)) return sendNothing(exchange);
  try {
    const file = path.startsWith('/fonts/') ? join(FONTS, path.slice('/fonts/'.length)) : join(FILES, path);
    const bytes = await readFile(file);
    exchange.res.writeHead(200, {
      'Content-Type': type,
      'Cache-Control': 'public, max-age=300',
      'Access-Control-Allow-Origin': '*',
    });
    exchange.res.end(bytes);
  } catch {
    sendNothing(exchange);
  }
}

function sendNothing(exchange: Exchange): void {
  exchange.res.writeHead(404, { 'Content-Type': 'text/plain' });
  exchange.res.end('No such file.');
}

/** pay.demopay.localhost: card fields in a frame of the checkout, and a whole page. */
export async function answerPay(exchange: Exchange): Promise<void> {
  const shop = exchange.originOf(HOSTS.shop);
  const policy = `default-src 'self' ${exchange.originOf(HOSTS.static)}; style-src 'self' ${exchange.originOf(HOSTS.static)}; form-action 'self' ${shop}; frame-ancestors ${shop}`;
  const send = (title: string, content: Html, script?: Html): void =>
    exchange.sendPage(payPage(exchange, title, content, script), 200, { 'Content-Security-Policy': policy });
  const path = exchange.url.pathname;
  const query = exchange.url.searchParams;
  if (path === '/card.js') {
    exchange.res.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8' });
    exchange.res.end(await readFile(join(FILES, 'card.js')));
  } else if (path === '/card') {
    const total = formatPrice(Number(query.get('total')) || 0);
    const script = html`<script src="/card.js" data-shop="${shop}" defer></script>`;
    send(
      'Card',
      html`<form id="card">${cardFields()}<button>Check card</button> <span>${total}</span></form>`,
      script,
    );
  } else if (path === '/pay' && exchange.req.method === 'GET') {
    const back = query.get('back') ?? shop;
    send(
      'Pay',
      html`<h1>Demopay</h1><p>You pay <strong>${formatPrice(Number(query.get('total')) || 0)}</strong> for order ${query.get('order') ?? ''}.</p>
<form action="/pay" method="post">${cardFields()}
<input type="hidden" name="order" value="${query.get('order') ?? ''}"><input type="hidden" name="back" value="${back}">
<button>Pay now</button></form>`,
    );
  } else if (path === '/pay' && exchange.req.method === 'POST') {
    const { fields } = await exchange.form();
    const back = fields.get('back') ?? '';
    if (!back.startsWith(`${shop}/`)) return sendNothing(exchange);
    exchange.redirect(`${back}?paid=${paymentProof(fields.get('order') ?? '')}`);
  } else {
    sendNothing(exchange);
  }
}

function cardFields(): Html {
  return html`<label>Name on card <input name="holder" autocomplete="cc-name"></label>
<label>Card number <input name="number" inputmode="numeric" autocomplete="cc-number" placeholder="4000 0000 0000 0002"></label>
<label>Expires <input name="expires" autocomplete="cc-exp" placeholder="MM/YY" size="6"></label>
<label>Security code <input name="code" type="password" autocomplete="cc-csc" size="5"></label>`;
}

function payPage(exchange: Exchange, title: string, content: Html, script?: Html): Html {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title} · Demopay</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${exchange.originOf(HOSTS.static)}/pay.css">${script}</head>
<body><main>${content}</main></body></html>
`;
}

/** tracker.offlist.localhost: works well, but no session may ever show it. */
export function answerOfflist(exchange: Exchange): void {
  exchange.sendPage(html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Parcel partner</title></head>
<body><h1>Parcel partner</h1><p>This host is not on the list: nobody but you should see it.</p>
<p>SECRET-OF-ANOTHER-COMPANY</p><p><a href="${exchange.originOf(HOSTS.shop)}/">Back to the shop</a></p></body></html>
`);
}
