// www.demoshop.localhost: which page answers which address.
import { handOver } from '../../handover/handover.js';
import { findProduct, formatPrice, PRODUCTS, type Product, searchProducts } from './catalogue.ts';
import type { Exchange } from './exchange.ts';
import { type Html, html } from './html.ts';
import { type Frame, HOSTS, layPage } from './layout.ts';
import {
  accountPage,
  basketPage,
  carePage,
  checkoutPage,
  helpPage,
  homePage,
  listPage,
  orderPage,
  productPage,
  signInPage,
  simplePage,
  sizesPage,
  studioPage,
} from './pages.ts';
import type { BasketLine, Member, Till, Visit } from './till.ts';

const SESSION = 'shop_session';
/** As in the gateway's configuration; a real shop has it from its environment. */
const HANDOVER_SECRET = 'example only, change it: AMyfM2QzsGvSCkG6';

export interface ShopDeps {
  till: Till;
  consoleOrigin(): string | undefined;
}

/** One request to the shop with the visit it belongs to. */
interface Visiting extends ShopDeps {
  exchange: Exchange;
  visit: Visit;
  member: Member | undefined;
  show(title: string, content: Html, scripts?: Html): void;
}

/** At Start: who is signed in here is signed in within the session too, though no script can read the cookie. */
export async function answerHandover({ req, res, url }: Exchange): Promise<boolean> {
  const answer = handOver({
    site: 'demo',
    secret: HANDOVER_SECRET,
    origins: [url.origin],
    cookies: [SESSION],
  });
  return await new Promise((resolve, reject) => {
    res.once('close', () => resolve(true));
    answer(req, res, (error) => (error === undefined ? resolve(false) : reject(error)));
  });
}

/** Answers every request of the shop's main host. */
export async function answerShop(exchange: Exchange, deps: ShopDeps): Promise<void> {
  const { till } = deps;
  const visit = till.visitOf(exchange.cookies.get('shop_visit'));
  if (exchange.cookies.get('shop_visit') !== visit.id) exchange.setCookie('shop_visit', visit.id);
  const member = till.sessions.get(exchange.cookies.get(SESSION) ?? '');
  const frame: Frame = {
    exchange,
    consoleOrigin: deps.consoleOrigin(),
    pieces: visit.basket.reduce((sum, line) => sum + line.quantity, 0),
  };
  exchange.res.setHeader('X-Frame-Options', 'SAMEORIGIN');
  const visiting: Visiting = {
    ...deps,
    exchange,
    visit,
    member,
    show: (title, content, scripts) => exchange.sendPage(layPage(frame, title, content, scripts)),
  };
  const path = exchange.url.pathname;
  if (path.startsWith('/api/')) return await answerApi(visiting, path);
  if (exchange.req.method === 'POST') return await answerForm(visiting, path);
  if (exchange.req.method !== 'GET' && exchange.req.method !== 'HEAD') {
    return exchange.sendPage(layPage(frame, 'Not here', simplePage('Not here', 'This needs a form.')), 405);
  }
  if (!showPage(visiting, path)) {
    const content = simplePage('Nothing here', 'This shelf is empty.');
    exchange.sendPage(layPage(frame, 'Nothing here', content), 404);
  }
}

/** False when there is no such page. */
function showPage(visiting: Visiting, path: string): boolean {
  const { exchange, visit, till, member, show } = visiting;
  const query = exchange.url.searchParams;
  const [first = '', second = ''] = path.split('/').slice(1);
  switch (`/${first}`) {
    case '/':
      show('Tea and pots', homePage(exchange));
      return true;
    case '/shop': {
      const search = {
        words: query.get('q') ?? '',
        category: query.get('category') ?? '',
        max: Number(query.get('max')) || 0,
        sort: query.get('sort') ?? 'shelf',
      };
      show(search.words || 'Everything', listPage(exchange, search, searchProducts(search)));
      return true;
    }
    case '/product': {
      const product = findProduct(second);
      if (!product) return false;
      const page = productPage(
        exchange,
        visit,
        product,
        till.stock.get(second) ?? 0,
        till.reviews.get(second) ?? [],
      );
      show(product.name, page);
      return true;
    }
    case '/basket':
      show('Basket', basketPage(exchange, visit, shownLines(visit.basket), till.totalOf(visit.basket)));
      return true;
    case '/checkout':
      if (visit.basket.length === 0) exchange.redirect('/basket');
      else show('Checkout', checkoutPage(exchange, visit, till.totalOf(visit.basket)));
      return true;
    case '/order':
      return showOrder(visiting, second);
    case '/login':
      show('Sign in', signInPage(visit));
      return true;
    case '/account':
      show('Your account', accountPage(visit), accountScript(exchange));
      return true;
    case '/help':
      show('Help', helpPage(exchange, visit));
      return true;
    case '/studio':
      show('Mug studio', studioPage());
      return true;
    case '/care':
      show('Care guide', carePage(second));
      return true;
    case '/sizes':
      show('Size chart', sizesPage());
      return true;
    case '/orders':
      if (member) exchange.redirect('/account/orders');
      else exchange.redirect('/login');
      return true;
    case '/out':
      exchange.redirect(`${exchange.originOf(HOSTS.offlist)}/track`, 302);
      return true;
    case '/downloads':
      return sendDownload(visiting, second);
    default:
      return false;
  }
}

const accountScript = (exchange: Exchange): Html =>
  html`<script type="module" src="${exchange.originOf(HOSTS.static)}/account.js" crossorigin></script>`;

function showOrder({ exchange, till, show }: Visiting, id: string): boolean {
  const order = till.orders.find((one) => one.id === id);
  if (!order) return false;
  if (exchange.url.searchParams.get('paid') === paymentProof(order.id)) order.paid = true;
  const names = shownLines(order.lines).map(
    (line) => `${line.quantity} × ${line.product.name}, ${line.choice}`,
  );
  show('Thank you', orderPage(order, names));
  return true;
}

/** What the payment page puts into the way back; a real one would sign it. */
export function paymentProof(orderId: string): string {
  return `demopay-${orderId.toLowerCase()}`;
}

function sendDownload({ exchange, till }: Visiting, name: string): boolean {
  const invoice = /^invoice-(FK-\d+)\.txt$/.exec(name);
  const order = invoice && till.orders.find((one) => one.id === invoice[1]);
  const text = order
    ? `Invoice ${order.id}\n${order.name}\nTotal ${formatPrice(order.total)}\n`
    : `name;price\n${PRODUCTS.map((product) => `${product.name};${product.price / 100}`).join('\n')}\n`;
  if (!order && name !== 'price-list.csv') return false;
  exchange.res.writeHead(200, {
    'Content-Type': order ? 'text/plain; charset=utf-8' : 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="${name}"`,
  });
  exchange.res.end(text);
  return true;
}

async function answerForm(visiting: Visiting, path: string): Promise<void> {
  const { exchange, visit, till, show } = visiting;
  const origin = exchange.req.headers.origin;
  if (origin !== undefined && origin !== exchange.url.origin)
    return refuse(visiting, 'This form came from elsewhere.');
  const { fields, uploads } = await exchange.form();
  const field = (name: string): string => fields.get(name)?.trim() ?? '';
  if (path === '/newsletter') {
    till.newsletter.push(field('email'));
    return show('Thank you', simplePage('Thank you', `The next letter goes to ${field('email')}.`));
  }
  if (field('csrf') !== visit.csrf) return refuse(visiting, 'This form is too old. Load the page again.');
  const review = /^\/product\/([a-z-]+)\/reviews$/.exec(path);
  if (review && findProduct(review[1]!)) {
    const slug = review[1]!;
    const said = { name: field('name').slice(0, 40), text: field('text').slice(0, 500) };
    till.reviews.set(slug, [...(till.reviews.get(slug) ?? []), said]);
    return exchange.redirect(`/product/${slug}`);
  }
  switch (path) {
    case '/basket': {
      const product = findProduct(field('product'));
      const quantity = Math.min(20, Math.max(1, Number(field('quantity')) || 1));
      if (product) till.put(visit, { slug: product.slug, choice: field('choice').slice(0, 40), quantity });
      return exchange.redirect('/basket');
    }
    case '/basket/remove':
      visit.basket = visit.basket.filter((_, index) => String(index) !== field('line'));
      return exchange.redirect('/basket');
    case '/checkout':
      return placeOrder(visiting, field);
    case '/login': {
      const signed = till.signIn(field('email'), field('password'));
      if (!signed) return show('Sign in', signInPage(visit, 'E-mail or password is wrong.'));
      exchange.setCookie(SESSION, signed.key, 'Path=/; HttpOnly; SameSite=Lax');
      exchange.setCookie('shop_member', encodeURIComponent(signed.member.name));
      return exchange.redirect('/account');
    }
    case '/logout':
      till.sessions.delete(exchange.cookies.get(SESSION) ?? '');
      exchange.setCookie(SESSION, '', 'Path=/; HttpOnly; SameSite=Lax; Max-Age=0');
      exchange.setCookie('shop_member', '', 'Path=/; Max-Age=0');
      return exchange.redirect('/?signed-out');
    case '/help/picture': {
      const [upload] = uploads;
      const note = upload
        ? `We got ${upload.name} (${upload.bytes} bytes) about ${fields.getAll('about').join(', ') || 'something'}.`
        : 'There was no picture.';
      return show('Help', helpPage(exchange, visit, note));
    }
    default:
      return refuse(visiting, 'There is no such form.');
  }
}

function placeOrder({ exchange, visit, till, show }: Visiting, field: (name: string) => string): void {
  const pay = field('pay');
  if (visit.basket.length === 0) {
    exchange.redirect('/basket');
  } else if (pay === 'card' && field('card') === '') {
    const problem = 'Please have your card checked first.';
    show('Checkout', checkoutPage(exchange, visit, till.totalOf(visit.basket), problem));
  } else {
    const order = till.order(visit, {
      name: field('name'),
      email: field('email'),
      delivery: `${field('country')}, ${field('date') || 'as soon as possible'}, in the ${field('slot') || 'morning'}`,
      note: field('note'),
      paid: pay === 'card',
    });
    const back = `${exchange.url.origin}/order/${order.id}`;
    const query = new URLSearchParams({ order: order.id, total: String(order.total), back });
    exchange.redirect(pay === 'page' ? `${exchange.originOf(HOSTS.pay)}/pay?${query}` : `/order/${order.id}`);
  }
}

function refuse({ exchange, consoleOrigin }: Visiting, sentence: string): void {
  const frame: Frame = { exchange, consoleOrigin: consoleOrigin(), pieces: 0 };
  exchange.sendPage(layPage(frame, 'Refused', simplePage('Refused', sentence)), 403);
}

/** JSON of the account area and of search suggestions. */
async function answerApi({ exchange, visit, till, member }: Visiting, path: string): Promise<void> {
  if (path === '/api/suggest') {
    const words = exchange.url.searchParams.get('q') ?? '';
    const found = searchProducts({ words, category: '', max: 0, sort: 'name' });
    return exchange.sendJson(found.map((product) => product.name));
  }
  if (path === '/api/account/token' && exchange.req.method === 'POST') {
    if (exchange.req.headers['x-csrf'] !== visit.csrf) return exchange.sendJson({ error: 'csrf' }, 403);
    if (!member) return exchange.sendJson({ error: 'signed out' }, 401);
    return exchange.sendJson({ token: till.makeToken(member) });
  }
  const bearer = /^Bearer (.+)$/.exec(exchange.req.headers.authorization ?? '')?.[1] ?? '';
  const owner = till.tokens.get(bearer);
  if (!owner) return exchange.sendJson({ error: 'signed out' }, 401);
  if (path === '/api/account/address' && exchange.req.method === 'PUT') {
    const body = (await exchange.json()) as { address?: unknown };
    if (typeof body.address !== 'string') return exchange.sendJson({ error: 'address' }, 400);
    owner.address = body.address.slice(0, 300);
  }
  if (path === '/api/account/orders') {
    const orders = till.orders.filter((order) => order.email.toLowerCase() === owner.email);
    return exchange.sendJson(orders.map(({ id, at, total, paid }) => ({ id, at, total, paid })));
  }
  exchange.sendJson({ name: owner.name, email: owner.email, address: owner.address });
}

function shownLines(lines: readonly BasketLine[]): { product: Product; choice: string; quantity: number }[] {
  return lines.flatMap(({ slug, choice, quantity }) => {
    const product = findProduct(slug);
    return product ? [{ product, choice, quantity }] : [];
  });
}
