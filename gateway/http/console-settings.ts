// System Settings of the admin page: the two switches, and sites and domains with the config's faults.
import { basename } from 'node:path';
import { type Request, Router } from 'express';
import type { Settings } from '../../protocol/http-api.ts';
import { flag, object } from '../../protocol/schema.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Agent } from '../sites/config.ts';
import type { Registry } from '../sites/registry.ts';
import { readBody } from './console-answers.ts';

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
    await registry.setCobrowsing(on);
    log.info({ by: admin.name, on }, 'system switch set');
    res.json(settingsOf(registry));
  });

  router.post('/agents/:name', async (req, res) => {
    const admin = await requireAdmin(req);
    const { cobrowsing } = readBody(agentBody, req);
    const { name } = req.params;
    if (!registry.findAgent(name)) throw new Refused('no-agent');
    await registry.setAgentCobrowsing(name, cobrowsing);
    log.info({ by: admin.name, agent: name, on: cobrowsing }, 'agent switch set');
    res.json(settingsOf(registry));
  });

  return router;
}
