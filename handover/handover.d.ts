// Types of the site's middleware.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** How the customer's browser keeps a cookie: servers are told name and value only. */
export interface CookieRule {
  name: string;
  /** Default `/`. */
  path?: string;
  /** Default none: the cookie is for the very host only. */
  domain?: string;
  /** Default `Lax`. */
  sameSite?: 'Strict' | 'Lax' | 'None';
  /** Default: whether the page is https. */
  secure?: boolean;
}

export interface HandoverOptions {
  /** The site's id in the gateway's configuration. */
  site: string;
  /** One of `sites[].handover.secrets`, at least 32 characters. */
  secret: string;
  /** Origins of the pages that carry the contact panel, such as `https://www.shop.example`. */
  origins: readonly string[];
  /** What is handed over, and nothing else. */
  cookies: readonly (string | CookieRule)[];
  /** As `sites[].handover.path`; default `/tandem-handover`. */
  path?: string;
  /** A last word of the site's own: a rate limit, a switch of the customer. */
  mayHandOver?: (req: IncomingMessage) => boolean | Promise<boolean>;
}

/**
 * For `app.use`, before or behind `express.json()`, and for bare `node:http` (call it with a `next` of your own).
 * @throws TypeError when the secret is short, or no origin or cookie is named
 */
export function handOver(
  options: HandoverOptions,
): (req: IncomingMessage & { body?: unknown }, res: ServerResponse, next: (error?: unknown) => void) => void;

/** What the middleware answers, for servers with a framework of their own. */
export function sealCookies(options: {
  secret: string;
  site: string;
  /** As the panel sent it. */
  challenge: string;
  origin: string;
  cookies: readonly (CookieRule & { value: string })[];
  /** ms since the epoch. */
  now?: number;
}): string;
