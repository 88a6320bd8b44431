// The keyed API for other systems: announces a call handled elsewhere as a conversation, ends it, and gives figures for Prometheus.
import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type Request, Router } from 'express';
import { type Decoded, object, optional, text } from '../../protocol/schema.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Conversations } from '../session/conversations.ts';
import type { ApiKey } from '../sites/config.ts';
import type { Registry } from '../sites/registry.ts';
import { readBody } from './console-body.ts';
import type { Metrics } from './metrics.ts';

export interface ApiDeps {
  registry: Registry;
  conversations: Pick<Conversations, 'announce' | 'find' | 'end' | 'view' | 'isAvailable'>;
  /** What `/metrics` answers; without it there is none. */
  metrics?: Metrics['read'] | undefined;
  log: Log;
}

/** `agent` is a name; `contact` an id, of which the first free agent with co-browsing is taken. One of them is needed. */
const callBody = object({
  site: text(64),
  customer: text(200),
  agent: optional(text(64)),
  contact: optional(text(64)),
  /** The caller's own number of the call; comes back in answers. */
  reference: optional(text(200)),
});

/** Routes below `/api/v1`. No cookie is read here, so no Origin rule is needed. */
export function apiRoutes({ registry, conversations, metrics, log }: ApiDeps): Router {
  const router = Router();
  router.get('/metrics', async (req, res, next) => {
    if (!metrics) return next();
    requireKey(req, registry.config.apiKeys);
    const { type, text: figures } = await metrics();
    res.set({ 'Content-Type': type, 'Cache-Control': 'no-store' }).send(figures);
  });
  router.use(express.json({ limit: '16kb' }));

  router.post('/conversations', (req, res) => {
    const key = requireKey(req, registry.config.apiKeys);
    const call = readBody(callBody, req);
    if (!key.sites.includes(call.site)) throw new Refused('not-allowed');
    const agent = agentOf(call, { registry, conversations });
    const { conversation, token } = conversations.announce({
      site: call.site,
      agent,
      customer: call.customer,
    });
    log.info({ audit: 'call.announced', key: key.name, cid: conversation.cid, reference: call.reference });
    res.status(201).json({
      id: conversation.cid,
      customerToken: token,
      conversation: conversations.view(conversation),
      ...(call.reference === undefined ? {} : { reference: call.reference }),
    });
  });

  router.delete('/conversations/:id', (req, res) => {
    const key = requireKey(req, registry.config.apiKeys);
    const conversation = conversations.find(req.params.id);
    // One answer for unknown and for foreign ones: a key tells nothing about other sites.
    if (!conversation || !key.sites.includes(conversation.site)) throw new Refused('no-conversation');
    conversations.end(conversation);
    log.info({ audit: 'call.ended', key: key.name, cid: conversation.cid });
    res.status(204).end();
  });

  return router;
}

/** @throws {Refused} `no-agent` when there is none for this call, `malformed` when neither or both are named */
function agentOf(
  call: Decoded<typeof callBody>,
  { registry, conversations }: Pick<ApiDeps, 'registry' | 'conversations'>,
): string {
  if ((call.agent === undefined) === (call.contact === undefined)) throw new Refused('malformed');
  if (call.agent !== undefined) {
    if (!registry.findAgent(call.agent)) throw new Refused('no-agent');
    return call.agent;
  }
  const names = registry.config.contacts.find(({ id }) => id === call.contact)?.agents ?? [];
  const enabled = names.filter((name) => registry.findAgent(name)?.cobrowsing === true);
  const agent = enabled.find((name) => conversations.isAvailable([name])) ?? enabled[0] ?? names[0];
  if (agent === undefined) throw new Refused('no-agent');
  return agent;
}

/** @throws {Refused} `signed-out` */
function requireKey(req: Request, keys: ApiKey[]): ApiKey {
  const bearer = /^Bearer ([\x21-\x7e]{16,512})$/i.exec(req.headers.authorization ?? '')?.[1];
  if (bearer === undefined) throw new Refused('signed-out');
  const digest = createHash('sha256').update(bearer).digest();
  const key = keys.find(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), digest));
  if (!key) throw new Refused('signed-out');
  return key;
}
