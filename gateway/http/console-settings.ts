// System Settings of the admin page: the two switches, and sites and domains with the config's faults.
import { basename } from 'node:path';
import { type Request, Router } from 'express';
import type { Settings } from '../../protocol/http-api.ts';
import { flag, object } from '../../protocol/schema.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import { type Agent, ConfigError } from '../sites/config.ts';
import type { Registry } from '../sites/registry.ts';
import { readBody } from './console-body.ts';

export interface SettingsDeps {
  registry: Registry;
  requireAgent(req: Request): Promise<Agent>;
  log: Log;
}

const systemBody = object({ on: flag });
const agentBody = object({ cobrowsing: flag });

/** What the admin page shows. */
export function settingsOf({ config, problems }: Registry): Settings {
  return {
    cobrowsing: config.cobrowsing,
    agents: config.agents.map(({ name, title, roles, cobrowsing }) => ({ name, title, roles, cobrowsing })),
    sites: config.sites.map(({ id, title, cobrowsing, start, domains, resources, contacts }) => ({
      id,
      title,
      cobrowsing,
      start,
      domains: domains.map((domain) => domain.title),
      resources: resources.map((domain) => domain.title),
      contacts,
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
export function settingsRoutes({ registry, requireAgent, log }: SettingsDeps): Router {
  const router = Router();
  const requireAdmin = async (req: Request): Promise<Agent> => {
    const agent = await requireAgent(req);
    if (!agent.roles.includes('admin')) throw new Refused('not-allowed');
    return agent;
  };

  router.get('/', async (req, res) => {
    await requireAdmin(req);
    res.json(settingsOf(registry));
  });

  router.post('/cobrowsing', async (req, res) => {
    const admin = await requireAdmin(req);
    const { on } = readBody(systemBody, req);
    await save(registry.setCobrowsing(on));
    log.info({ audit: 'settings.cobrowsing', by: admin.name, on });
    res.json(settingsOf(registry));
  });

  router.post('/agents/:name', async (req, res) => {
    const admin = await requireAdmin(req);
    const { cobrowsing } = readBody(agentBody, req);
    const { name } = req.params;
    if (!registry.findAgent(name)) throw new Refused('no-agent');
    await save(registry.setAgentCobrowsing(name, cobrowsing));
    log.info({ audit: 'settings.agent', by: admin.name, agent: name, on: cobrowsing });
    res.json(settingsOf(registry));
  });

  return router;
}
