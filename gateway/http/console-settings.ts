// System Settings of the admin page: the two switches, sites and domains with the config's faults, and what is not on their lists.
import { basename } from 'node:path';
import { type Request, Router } from 'express';
import { formatOrigin } from '../../protocol/address.ts';
import type { BlockedAnswer, Settings } from '../../protocol/http-api.ts';
import { flag, object, oneOf, text, variants } from '../../protocol/schema.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import { readAddress } from '../sites/allowlist.ts';
import type { BlockedHosts } from '../sites/blocked-hosts.ts';
import { type Agent, ConfigError } from '../sites/config.ts';
import type { Registry } from '../sites/registry.ts';
import { readBody } from './console-body.ts';

export interface SettingsDeps {
  registry: Registry;
  blocked: BlockedHosts;
  requireAgent(req: Request): Promise<Agent>;
  log: Log;
}

const systemBody = object({ on: flag });
const agentBody = object({ cobrowsing: flag });
const host = text(300);
const blockedBody = variants({
  allow: object({ origin: host, as: oneOf('domains', 'resources') }),
  dismiss: object({ origin: host }),
  restore: object({}),
});

/** What the admin page shows. */
export function settingsOf({ config, problems }: Registry, blocked: BlockedHosts): Settings {
  return {
    cobrowsing: config.cobrowsing,
    agents: config.agents.map(({ name, title, roles, cobrowsing }) => ({ name, title, roles, cobrowsing })),
    sites: config.sites.map((site) => ({
      id: site.id,
      title: site.title,
      cobrowsing: site.cobrowsing,
      start: site.start,
      domains: site.domains.map((domain) => domain.title),
      resources: site.resources.map((domain) => domain.title),
      contacts: site.contacts,
      blocked: blocked.list(site),
    })),
    domains: config.domains.map(({ title, hosts, protocols, port, includeSubdomains }) => ({
      title,
      hosts,
      protocols,
      ...(port === undefined ? {} : { port }),
      includeSubdomains,
    })),
    // The folder is nobody's business outside the machine.
    problems: problems.map(({ file, line, message }) => ({ file: basename(file), line, message })),
  };
}

/** A file with a fault is never written to: the admin is told what to put right first. */
async function save(change: Promise<void>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first] = error.problems;
    throw new Refused(
      'config-broken',
      { line: String(first?.line ?? 1), problem: first?.message ?? '' },
      error,
    );
  }
}

/** Routes below `/console/api/settings`; admins only. */
export function settingsRoutes({ registry, blocked, requireAgent, log }: SettingsDeps): Router {
  const router = Router();
  const requireAdmin = async (req: Request): Promise<Agent> => {
    const agent = await requireAgent(req);
    if (!agent.roles.includes('admin')) throw new Refused('not-allowed');
    return agent;
  };

  router.get('/', async (req, res) => {
    await requireAdmin(req);
    res.json(settingsOf(registry, blocked));
  });

  router.post('/cobrowsing', async (req, res) => {
    const admin = await requireAdmin(req);
    const { on } = readBody(systemBody, req);
    await save(registry.setCobrowsing(on));
    log.info({ audit: 'settings.cobrowsing', by: admin.name, on });
    res.json(settingsOf(registry, blocked));
  });

  router.post('/agents/:name', async (req, res) => {
    const admin = await requireAdmin(req);
    const { cobrowsing } = readBody(agentBody, req);
    const { name } = req.params;
    if (!registry.findAgent(name)) throw new Refused('no-agent');
    await save(registry.setAgentCobrowsing(name, cobrowsing));
    log.info({ audit: 'settings.agent', by: admin.name, agent: name, on: cobrowsing });
    res.json(settingsOf(registry, blocked));
  });

  router.post('/sites/:id/blocked', async (req, res) => {
    const admin = await requireAdmin(req);
    const answer: BlockedAnswer = readBody(blockedBody, req);
    const { id } = req.params;
    if (!registry.findSite(id)) throw new Refused('site-removed');
    const audit = { audit: `settings.blocked.${answer.type}`, by: admin.name, site: id };
    if (answer.type === 'restore') await blocked.restore(id);
    else {
      const origin = readAddress(answer.origin).origin;
      if (answer.type === 'allow') await save(registry.allowHost(id, origin, answer.as));
      else await blocked.dismiss(id, formatOrigin(origin));
      Object.assign(audit, { host: formatOrigin(origin), ...('as' in answer ? { as: answer.as } : {}) });
    }
    log.info(audit);
    res.json(settingsOf(registry, blocked));
  });

  return router;
}
