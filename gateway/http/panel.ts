// The panel host: the frame of the contact panel, the page that opens at Start, and their API (bearer token, no cookies).
import express, { type Express, type Request } from 'express';
import helmet from 'helmet';
import { handover } from '../../protocol/handover.ts';
import type {
  ConversationBegun,
  HandoverChallenge,
  PanelSite,
  SessionBegun,
} from '../../protocol/http-api.ts';
import { MAX_URL } from '../../protocol/limits.ts';
import { type Decoder, Malformed, object, optional, text } from '../../protocol/schema.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Conversation } from '../session/conversation.ts';
import type { Conversations, Sites } from '../session/conversations.ts';
import { offerOf, offerOfSite } from '../session/offer.ts';
import { type Sealed, SealRefused, sealed } from '../session/sealed-cookies.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Contact, Site } from '../sites/config.ts';
import type { Places } from '../sites/places.ts';
import type { Assets } from './assets.ts';
import { Attempts } from './attempts.ts';
import { openingPolicy, panelPolicy } from './policy.ts';
import { answerErrors, requireOwnOrigin } from './refusal.ts';
import { strictTransport } from './strict-transport.ts';

export interface PanelDeps {
  places: Places;
  sites: Sites;
  conversations: Conversations;
  sessions: Sessions;
  /** A join ticket for this participant. */
  issueTicket: (sid: string, pid: string) => Promise<string>;
  /** A challenge for what the conversation's site hands over. */
  issueChallenge: (conversation: Conversation) => Promise<string>;
  /** The cookies in it. @throws {SealRefused} */
  openSealed: (sealed: Sealed, from: { cid: string; site: Site; page: string }) => Promise<string[]>;
  assets: Pick<Assets, 'page' | 'middleware'>;
  log: Log;
}

/** Storages of the customer's page are part of a hand-over; browsers keep up to 5 MiB of each. */
const HANDOVER_BYTES = 16 * 2 ** 20;
/** Challenges for one conversation in a minute: one for each Start. */
const CHALLENGES_PER_MINUTE = 20;
/** Conversations begun from one address in a minute. */
const BEGIN_PER_MINUTE = 200;

const begin = object({
  site: optional(text(100)),
  contact: text(100),
  name: text(200),
  page: optional(text(MAX_URL)),
  url: optional(text(MAX_URL)),
});

const startBody = object({ handover, sealed: optional(sealed) });

export function createPanel(deps: PanelDeps): Express {
  const { places, sites, conversations, sessions, assets } = deps;
  const app = express();
  app.set('trust proxy', sites.config.trustProxy);
  app.use(
    helmet({
      contentSecurityPolicy: false,
      // The site's page embeds the frame, so it must not be isolated from it; what may embed it is in the policy.
      crossOriginEmbedderPolicy: false,
      crossOriginOpenerPolicy: false,
      crossOriginResourcePolicy: { policy: 'same-origin' },
      frameguard: false,
      originAgentCluster: true,
      strictTransportSecurity: strictTransport(places, sites.config.hsts),
    }),
  );
  app.use(requireOwnOrigin(() => places.panelOrigin));

  app.get('/', (req, res) => {
    const site = typeof req.query.site === 'string' ? sites.findSite(req.query.site) : undefined;
    res.set('Content-Security-Policy', panelPolicy(places, site ? [site] : sites.config.sites));
    res.set('Cache-Control', 'no-cache').type('html').send(assets.page('panel'));
  });
  // No opener policy: the frame keeps its hold on the window it opened until the shell takes over.
  app.get('/opening', (_req, res) => {
    res.set('Content-Security-Policy', openingPolicy());
    res.set('Cache-Control', 'no-cache').type('html').send(assets.page('opening'));
  });
  app.use(assets.middleware('panel'));
  app.use(assets.middleware('opening'));

  const api = express.Router();
  const begun = new Attempts(BEGIN_PER_MINUTE);
  api.use((_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });

  api.get('/ping', (_req, res) => {
    res.status(204).end();
  });

  api.get('/site', (req, res) => {
    const { id, url } = req.query;
    const site =
      typeof id === 'string'
        ? sites.findSite(id)
        : typeof url === 'string'
          ? sites.findSiteOfPage(url)
          : undefined;
    if (!site) throw new Refused('page-not-listed');
    res.json(siteFor(deps, site));
  });

  api.post(['/conversation', '/conversations'], express.json({ limit: '32kb' }), (req, res) => {
    begun.take(req.ip);
    const { site, contact, name, page, url } = decodeBody(begin, req);
    const { conversation, token } = conversations.begin({
      page: page ?? url ?? '',
      contact,
      name,
      ...(site === undefined ? {} : { site }),
    });
    deps.log.info({ audit: 'conversation.begin', cid: conversation.cid });
    const answer: ConversationBegun = { token, conversation: conversations.view(conversation) };
    res.status(201).json(answer);
  });

  const challenged = new Attempts(CHALLENGES_PER_MINUTE);
  api.post('/handover', async (req, res) => {
    const conversation = conversationOf(conversations, req);
    if (!sites.findSite(conversation.site)?.handover?.secrets.length) throw new Refused('not-allowed');
    challenged.take(conversation.cid);
    const answer: HandoverChallenge = { challenge: await deps.issueChallenge(conversation) };
    res.status(201).json(answer);
  });

  api.post(
    '/session',
    // The token first: nobody else's megabytes are read.
    (req, _res, next) => {
      conversationOf(conversations, req);
      next();
    },
    express.json({ limit: HANDOVER_BYTES }),
    async (req, res) => {
      const conversation = conversationOf(conversations, req);
      const body: unknown = req.body;
      const wrapped =
        typeof body === 'object' && body !== null && 'handover' in body ? body : { handover: body };
      const said = decode(startBody, wrapped);
      const opened = said.sealed && (await openFor(deps, conversation, said.sealed, said.handover.url));
      const session = await sessions.create(conversation, said.handover, opened ?? []);
      const ticket = await deps.issueTicket(session.sid, session.participants.customer.pid);
      deps.log.info({
        audit: 'session.created',
        sid: session.sid,
        cid: conversation.cid,
        ...(opened ? { sealed: opened.length } : {}),
      });
      const answer: SessionBegun = {
        url: `${session.shellOrigin}/join#t=${ticket}`,
        ...(said.sealed ? { sealed: opened ? 'taken' : 'refused' } : {}),
      };
      res.status(201).json(answer);
    },
  );

  // The window was closed by mistake: another one of the same session, for the same customer.
  api.post('/session/window', async (req, res) => {
    const { session: running } = conversationOf(conversations, req);
    const session = running ? sessions.find(running.sid) : undefined;
    if (!session) throw new Refused('session-ended');
    const ticket = await deps.issueTicket(session.sid, session.participants.customer.pid);
    deps.log.info({ audit: 'session.window', sid: session.sid });
    const answer: SessionBegun = { url: `${session.shellOrigin}/join#t=${ticket}` };
    res.status(201).json(answer);
  });

  app.use('/panel/api', api);
  app.use((_req, res) => {
    res.status(404).set('Cache-Control', 'no-store').type('text/plain').send('Not found');
  });
  app.use(answerErrors(deps.log));
  return app;
}

/** Undefined when it was refused: he starts without, and signs in again where the site wants it. */
async function openFor(
  { sites, openSealed, log }: PanelDeps,
  { cid, site: id }: Conversation,
  said: Sealed,
  page: string,
): Promise<string[] | undefined> {
  const site = sites.findSite(id);
  try {
    return site && (await openSealed(said, { cid, site, page }));
  } catch (error) {
    if (!(error instanceof SealRefused)) throw error;
    log.warn({ audit: 'handover.refused', cid, site: id, rule: error.rule });
    return undefined;
  }
}

function siteFor({ sites, conversations }: PanelDeps, site: Site): PanelSite {
  return {
    id: site.id,
    title: site.title,
    ...(site.handover?.secrets.length ? { handover: site.handover.path } : {}),
    contacts: conversations.contactsOf(site.id).map((contact) => ({
      id: contact.id,
      title: contact.title,
      available: conversations.isAvailable(contact.agents),
      cobrowsing: offerOfContact(sites, conversations, site, contact),
    })),
  };
}

/** Before anybody has taken the conversation: whether one of those who may take it can co-browse. */
function offerOfContact(
  sites: Sites,
  conversations: Conversations,
  site: Site,
  { agents }: Contact,
): PanelSite['contacts'][number]['cobrowsing'] {
  const present = agents.filter((name) => conversations.isAvailable([name]));
  const offers = (present.length > 0 ? present : agents).map((name) =>
    offerOf(sites.config, site, sites.findAgent(name)),
  );
  const shared = offerOfSite(sites.config, site);
  if (!shared.may) return shared;
  return offers.find(({ may }) => may) ?? offers[0] ?? { may: false, reason: 'no-agent' };
}

function conversationOf(conversations: Conversations, req: Request): Conversation {
  const token = /^Bearer ([\w-]{20,128})$/.exec(req.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new Refused('no-conversation');
  return conversations.getByToken(token);
}

function decodeBody<T>(decoder: Decoder<T>, req: Request): T {
  return decode(decoder, req.body);
}

function decode<T>(decoder: Decoder<T>, value: unknown): T {
  try {
    return decoder(value, '');
  } catch (error) {
    if (error instanceof Malformed) throw new Refused('malformed', {}, error);
    throw error;
  }
}
