// The gates before Start (R1, R2, R3, R5): whether co-browsing may be offered just now, and if not, why.
import type { Offer } from '../../protocol/conversation-messages.ts';
import type { Reason } from '../../protocol/reasons.ts';
import type { Agent, Config, Site } from '../sites/config.ts';

const no = (reason: Reason): Offer => ({ may: false, reason });

/** The gates in their order: the widest that is closed is the one named. */
export function offerOf(config: Config, site: Site | undefined, agent: Agent | undefined): Offer {
  const shared = offerOfSite(config, site);
  if (!shared.may) return shared;
  if (agent === undefined) return no('no-agent');
  return agent.cobrowsing ? { may: true } : no('agent-off');
}

/** The gates that do not depend on an agent. */
export function offerOfSite(config: Config, site: Site | undefined): Offer {
  if (!config.cobrowsing) return no('system-off');
  if (site === undefined || !site.cobrowsing) return no('site-off');
  return { may: true };
}
