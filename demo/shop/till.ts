// The shop's memory: visits with their baskets, members, orders, stock.
import { randomBytes } from 'node:crypto';
import { findProduct, PRODUCTS } from './catalogue.ts';

/** One browser that came by; known by the readable cookie `shop_visit`. */
export interface Visit {
  id: string;
  /** Proves that a form came from our own page. */
  csrf: string;
  basket: BasketLine[];
}

export interface BasketLine {
  slug: string;
  choice: string;
  quantity: number;
}

export interface Member {
  name: string;
  email: string;
  password: string;
  address: string;
}

export interface Order {
  id: string;
  /** UTC, ISO 8601. */
  at: string;
  name: string;
  email: string;
  lines: BasketLine[];
  /** Cents. */
  total: number;
  delivery: string;
  note: string;
  paid: boolean;
}

/** All state of one running shop; nothing is written to disk. */
export class Till {
  readonly visits = new Map<string, Visit>();
  readonly members: Member[] = [
    {
      name: 'Ada Byron',
      email: 'ada@example.com',
      password: 'analytical',
      address: '12 St James’s Square, London',
    },
    { name: 'Otto Lind', email: 'otto@example.com', password: 'snowdrop', address: 'Kungsgatan 5, Uppsala' },
  ];
  /** Session cookie → member. */
  readonly sessions = new Map<string, Member>();
  /** Bearer token of the account area → member. */
  readonly tokens = new Map<string, Member>();
  readonly orders: Order[] = [];
  readonly newsletter: string[] = [];
  readonly reviews = new Map<string, { name: string; text: string }[]>();
  readonly stock = new Map(PRODUCTS.map((product, index) => [product.slug, 7 + ((index * 5) % 11)]));

  /** The visit of that id, or a new one. */
  visitOf(id: string | undefined): Visit {
    const known = id === undefined ? undefined : this.visits.get(id);
    if (known) return known;
    const visit: Visit = { id: makeKey(), csrf: makeKey(), basket: [] };
    this.visits.set(visit.id, visit);
    return visit;
  }

  signIn(email: string, password: string): { key: string; member: Member } | undefined {
    const member = this.members.find((one) => one.email === email.toLowerCase() && one.password === password);
    if (!member) return undefined;
    const key = makeKey();
    this.sessions.set(key, member);
    return { key, member };
  }

  makeToken(member: Member): string {
    const token = makeKey();
    this.tokens.set(token, member);
    return token;
  }

  put(visit: Visit, line: BasketLine): void {
    const same = visit.basket.find((one) => one.slug === line.slug && one.choice === line.choice);
    if (same) same.quantity = Math.min(20, same.quantity + line.quantity);
    else visit.basket.push(line);
  }

  /** Cents, delivery included. */
  totalOf(lines: readonly BasketLine[]): number {
    const goods = lines.reduce((sum, line) => sum + (findProduct(line.slug)?.price ?? 0) * line.quantity, 0);
    return goods === 0 || goods >= 5000 ? goods : goods + DELIVERY;
  }

  /** Turns the basket into an order and empties it. */
  order(visit: Visit, details: Pick<Order, 'name' | 'email' | 'delivery' | 'note' | 'paid'>): Order {
    const order: Order = {
      id: `FK-${1001 + this.orders.length}`,
      at: new Date().toISOString(),
      lines: visit.basket,
      total: this.totalOf(visit.basket),
      ...details,
    };
    for (const line of order.lines) {
      this.stock.set(line.slug, Math.max(0, (this.stock.get(line.slug) ?? 0) - line.quantity));
    }
    visit.basket = [];
    this.orders.push(order);
    return order;
  }
}

/** Cents; free from 50 euros. */
export const DELIVERY = 490;

function makeKey(): string {
  return randomBytes(15).toString('base64url');
}
