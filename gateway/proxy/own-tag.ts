// The injected script in pages of the gateway's own, so that the agent reads there what the customer reads.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { authenticate, TO_SHELL } from './guard.ts';
import { configTag, scriptUrl } from './page-config.ts';
import type { OwnTag } from './pages.ts';
import type { ProxyDeps, ProxySession } from './proxy-session.ts';

/** @returns undefined for who may not see pages of this session, and where no page of it can be */
export function ownTag(
  req: IncomingMessage,
  session: ProxySession | undefined,
  slug: string,
  deps: Pick<ProxyDeps, 'assets'>,
): OwnTag | undefined {
  const upstream = session?.addresses.upstreamOfSlug(slug);
  if (!session || !upstream || !isLeader(req, session)) return undefined;
  const nonce = randomBytes(16).toString('base64url');
  const script = scriptUrl(deps.assets.injectScript.hash);
  const { addresses } = session;
  return {
    nonce,
    html: configTag({ session, addresses, upstream }, { script, nonce, cookie: '', referrer: '' }),
  };
}

function isLeader(req: IncomingMessage, session: ProxySession): boolean {
  try {
    const credentials = authenticate(req, session);
    return credentials !== TO_SHELL && credentials.bearer === 'pass';
  } catch {
    // Refused already; its page says why, to him alone.
    return false;
  }
}
