// The gates of a running session: what an administrator switches off ends it at once (R1, R2, R3).
import { parseOrigin } from '../../protocol/address.ts';
import type { Reason } from '../../protocol/reasons.ts';
import { findEntry } from '../sites/addresses.ts';
import type { Site } from '../sites/config.ts';
import type { Conversations, Sites } from './conversations.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

export interface GatesDeps {
  sites: Sites;
  conversations: Conversations;
  sessions: Sessions;
}

/** Ends what may no longer run, at each change of the config and once at the start. */
export function startGates(deps: GatesDeps): { stop: () => void } {
  const check = () => {
    for (const session of [...deps.sessions.all()]) checkSession(deps, session);
    // Offers may have changed for everyone who looks at a conversation.
    for (const conversation of deps.conversations.all())
      if (conversation.status !== 'ended') conversation.changed();
  };
  check();
  return { stop: deps.sites.onChange(check) };
}

function checkSession({ sites, conversations, sessions }: GatesDeps, session: Session): void {
  const reason = closedGate(sites, conversations, session);
  if (reason) {
    void sessions.end(session.sid, reason);
    return;
  }
  const site = sites.findSite(session.site.id);
  if (site) session.setSite(site);
  // Other agents who came by the session URL: each by his own switch.
  for (const { pid, record } of [...session.participants]) {
    if (record.agent !== undefined && !sites.findAgent(record.agent)?.cobrowsing)
      session.remove(pid, 'agent-off');
  }
}

function closedGate(sites: Sites, conversations: Conversations, session: Session): Reason | undefined {
  const site = sites.findSite(session.site.id);
  if (!site) return 'site-removed';
  const offer = conversations.offer(session.conversation);
  if (!offer.may) return offer.reason;
  return listsAll(site, session) ? undefined : 'site-removed';
}

/** Whether everything that the session's addresses stand for may still be used so: a resource may be a domain by now. */
function listsAll(site: Site, session: Session): boolean {
  const { hosts, wild } = session.addresses.table;
  const listed = hosts.every(([name, , kind]) => {
    const origin = parseOrigin(name);
    const now = origin && findEntry(site, origin)?.kind;
    return now === kind || now === 'domain';
  });
  return (
    listed &&
    wild.every(({ host, scheme, port, kind }) => {
      const entry = findEntry(site, { scheme, host, port });
      return (entry?.kind === kind || entry?.kind === 'domain') && entry.domain.includeSubdomains;
    })
  );
}
