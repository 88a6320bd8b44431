// Bodies of the HTTP calls that our own pages make: contact panel, session window and console. JSON both ways unless said.
import type { SiteBlocked } from './blocked.ts';
import type { ConversationView, Offer } from './conversation-messages.ts';
import type { Reason } from './reasons.ts';
import type { ParticipantKind, SessionState } from './session-messages.ts';

/** Body of every refusal (status ≥ 400) of these calls. */
export interface Refusal {
  reason: Reason;
  /** The sentence in the caller's language. */
  message: string;
  params?: Record<string, string>;
  /** On the shell's refusals: where agents go on to (`<console>/session/<sid>`). */
  consoleUrl?: string;
}

// ---- panel host --------------------------------------------------------------------------------------------------

/** `GET /panel/api/site?id=<site>`: what the contact panel offers. */
export interface PanelSite {
  id: string;
  title: string;
  contacts: { id: string; title: string; available: boolean; cobrowsing: Offer }[];
  /** Path of the site's own endpoint that hands over HttpOnly cookies; not there when the site has none. */
  handover?: string;
}

/** `POST /panel/api/conversation`: begins a chat. `page` is the address of the customer's page. */
export interface ConversationBegin {
  site: string;
  contact: string;
  name: string;
  page: string;
}
export interface ConversationBegun {
  /** Bearer of the conversation; the panel keeps it in its own (partitioned) storage. */
  token: string;
  conversation: ConversationView;
}

/** `POST /panel/api/handover` with the bearer below: what the site's endpoint must seal the cookies for; a minute, once. */
export interface HandoverChallenge {
  challenge: string;
}

/**
 * `POST /panel/api/session` with `Authorization: Bearer <conversation token>` and a Handover as body, or
 * `{ handover, sealed: { challenge, token } }` with what the site's endpoint answered.
 */
export interface SessionBegun {
  /** `<shell>/join#t=<ticket>`, to be opened within a minute. */
  url: string;
  /** What became of sealed cookies, where some were sent. */
  sealed?: 'taken' | 'refused';
}

// `POST /panel/api/session/window` with the same bearer: a window for the session that runs, answer as above.
// `GET /panel/api/ping` answers 204: the connection test before Start is offered, beside opening `/panel/socket`.

// ---- shell host --------------------------------------------------------------------------------------------------

/**
 * `POST /join`: redeems what the fragment held. `#t=<ticket>` is sent at once; `#i=<invite>` after the guest gave his name
 * and pressed Join, so that link previews burn nothing.
 */
export type JoinBody = { ticket: string } | { invite: string; name: string };

/** Answer of `POST /join`, and of `POST /enter` (body `{}`; the participant cookie tells who, also after a dropped socket). */
export interface Joined {
  kind: ParticipantKind;
  /** For the first message of the socket. */
  nonce: string;
  state: SessionState;
  /** Session address of the page to show; customer only. */
  start?: string;
  /** What the page may use beyond fullscreen and writing to the clipboard, as in `allow=` of its frame; customer only. */
  features?: string[];
}

// `POST /outside` with `{url}` on the shell host: a link of the page leads off the list; counted for the admin. Answers 204.

// `POST /documents?name=<file name>` on the shell host, and `POST /console/api/session/<sid>/documents?name=…` on the
// console host: the bytes as body with their Content-Type. Answer:
export interface DocumentShared {
  id: string;
}

// ---- view host ---------------------------------------------------------------------------------------------------

// `GET /d/<id>` answers the page `document` (shown documents) or the file as a download; `GET /d/<id>/bytes` the bytes with
// their Content-Type. Shell and console frame the former with `sandbox="allow-scripts"` only, so its origin is opaque: the
// bytes and the page's assets need `Access-Control-Allow-Origin: *`.

/** `postMessage` from the document frame to the page that embeds it; `*` as target is fine, nothing in it is secret. */
export type FromDocument =
  | { tandem: 'document-ready'; pages: number }
  | { tandem: 'document-page'; page: number }
  | { tandem: 'document-failed' };
/** The other way: show this page (from 1). */
export interface ToDocument {
  tandem: 'document-page';
  page: number;
}

// ---- console host ------------------------------------------------------------------------------------------------

/** `GET /console/api/me`, and the answer of `POST /console/api/login`; 401 `signed-out` otherwise. */
export interface Me {
  name: string;
  title: string;
  roles: string[];
  cobrowsing: boolean;
}
export interface LoginBody {
  name: string;
  password: string;
}

/** `POST /console/api/session/<sid>`: an agent joins by session URL or from his conversation. */
export interface AgentJoined {
  nonce: string;
  viewOrigin: string;
}

/** `GET /console/api/settings`, and the answer of its POSTs. */
export interface Settings {
  cobrowsing: boolean;
  agents: { name: string; title: string; roles: string[]; cobrowsing: boolean }[];
  sites: {
    id: string;
    title: string;
    cobrowsing: boolean;
    start: string;
    /** Titles of domain entries. */
    domains: string[];
    resources: string[];
    contacts: string[];
    /** What sessions asked for and did not get. */
    blocked: SiteBlocked;
  }[];
  domains: {
    title: string;
    hosts: string[];
    protocols: string[];
    port?: number;
    includeSubdomains: boolean;
  }[];
  /** Of a broken edit of the file; the state before it keeps running. */
  problems: { file: string; line: number; message: string }[];
}
// `POST /console/api/settings/cobrowsing {on: boolean}` · `POST /console/api/settings/agents/<name> {cobrowsing: boolean}`
// `POST /console/api/settings/sites/<id>/blocked` with one of:
export type BlockedAnswer =
  /** Puts it on the list: it may be shown (`domains`), or only loaded from (`resources`). */
  | { type: 'allow'; origin: string; as: 'domains' | 'resources' }
  /** It is not needed, and nobody wants to hear of it. */
  | { type: 'dismiss'; origin: string }
  /** All that was dismissed counts again. */
  | { type: 'restore' };
