// What the YAML file says, once read and checked: plain data that the other parts use.

/** One entry of `domains`: hosts that may be shown. */
export interface Domain {
  /** Unique. */
  title: string;
  /** Host names, lower case, IDNA-encoded; IP literals only as written. */
  hosts: string[];
  /** At least one. */
  protocols: ('http' | 'https')[];
  /** Other port than the protocol's default. */
  port?: number;
  includeSubdomains: boolean;
  /** Connect here instead of resolving the name; may be private. */
  connect?: { host: string; port: number };
  /** Private networks (CIDR) that these names may resolve to. */
  allowPrivate: string[];
  /** File with the authorities (PEM) that vouch for these hosts, in place of the public ones; relative to the config file. */
  ca?: string;
}

/** What a site's administrator may set under `options`. */
export interface SiteOptions {
  /** CSS selectors (restricted grammar): shown as dots / left out / not editable by agents. */
  mask: string[];
  hide: string[];
  readonly: string[];
  /** What agents may do beyond R18–R22; asking is on, the rest off by default. */
  agentMay: { askControl: boolean; navigate: boolean; invite: boolean };
  /** Customer messages without an answer; default 25. */
  unanswered: number;
  /** `allow=` features of the page frame beyond fullscreen and clipboard-write. */
  features: string[];
  /** Absolute URLs in scripts and JSON that must not be rewritten: prefixes. */
  keepLiterals: string[];
  /** Scripts of its pages read the real host: for sites that compute with it. */
  realHosts?: boolean | undefined;
  /** How long its upstreams may take to begin an answer, where that is longer than usual: 30 s, and 120 s for what scripts ask for. */
  answerSeconds?: number | undefined;
}

/** How a site hands over what its pages cannot read: cookies that are HttpOnly. */
export interface SiteHandover {
  /** Of the site's endpoint, on the origin of the page on which Start was clicked. */
  path: string;
  /** Shared with the site; more than one while it is being changed. At least 32 characters each. None: there is no endpoint. */
  secrets: string[];
  /** Names of cookies that may be handed over; others are left out. */
  cookies: string[];
  /** The base lies below the site's own domain: what the browser sends along with the first page is taken, too. */
  fromBrowser: boolean;
}

/** One entry of `sites`: what is shared together. */
export interface Site {
  id: string;
  title: string;
  /** Off: no session on it (default on). */
  cobrowsing: boolean;
  /** May be shown and navigated to. */
  domains: Domain[];
  /** May only be loaded by a page (CDN, fonts, APIs). */
  resources: Domain[];
  /** Start page, absolute. */
  start: string;
  /** Contact ids offered on this site. */
  contacts: string[];
  /** Without it the customer's HttpOnly cookies stay where they are. */
  handover?: SiteHandover;
  options: SiteOptions;
}

export type Role = 'agent' | 'supervisor' | 'admin';

/** One entry of `agents`. */
export interface Agent {
  name: string;
  /** Shown to customers. */
  title: string;
  /** `scrypt$N$r$p$salt$hash`, base64url. */
  password: string;
  roles: Role[];
  cobrowsing: boolean;
}

/** One entry of `contacts`: an agent, or a service (group of agents). */
export interface Contact {
  id: string;
  title: string;
  agents: string[];
}

/** One entry of `apiKeys`. */
export interface ApiKey {
  name: string;
  /** SHA-256 of the key, hex. */
  sha256: string;
  /** Site ids. */
  sites: string[];
}

/** How many connections may be open at one time. */
export interface ConnectionLimits {
  /** All together. */
  connections: number;
  /** Of one address, before it has shown who it is. */
  connectionsPerAddress: number;
  /** The same for this machine itself: a front server that is not in `trustProxy`, tests. */
  connectionsFromLoopback: number;
}

/** A certificate with its chain, and its key: PEM files, relative to the config file. */
export interface CertificateFiles {
  certificate: string;
  key: string;
}

/** TLS that the gateway serves itself. */
export interface TlsConfig {
  /** At least one; chosen by name, the first where none fits. */
  certificates: CertificateFiles[];
  minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** A second port whose plain requests are sent on to https. */
  redirect?: { host: string; port: number };
}

export interface Config {
  /** The switch on the System Settings page (R1). */
  cobrowsing: boolean;
  /** Host and port to listen on. */
  listen: { host: string; port: number };
  /** Without it the gateway speaks plain http, to a front server or under localhost. */
  tls?: TlsConfig;
  /** Seconds for which browsers remember that our own hosts are https only; 0 = not. Never said under localhost. */
  hsts: number;
  /** Origin of the console; default from `listen`: `http://console.localhost:PORT`. */
  publicUrl?: string;
  /** Origin of the contact panel's frame; default: `panel.` before the console's host. */
  panelUrl?: string;
  /** Host below which session addresses lie (port as `publicUrl`'s unless given); default `cobrowse.localhost:PORT`. */
  base?: string;
  /** CIDRs whose X-Forwarded-* are believed. */
  trustProxy: string[];
  /** Folder of the embedded store, relative to the config file. */
  data: string;
  privacy: { keepChat: boolean; keepIp: boolean };
  limits: ConnectionLimits;
  /** Sent on all requests to upstreams, so that a site's firewall can know the gateway. */
  upstreamHeader?: { name: string; value: string };
  agents: Agent[];
  contacts: Contact[];
  domains: Domain[];
  sites: Site[];
  apiKeys: ApiKey[];
}

/** A fault of the config file. `line` counts from 1. */
export interface ConfigProblem {
  file: string;
  line: number;
  /** One sentence for the operator. */
  message: string;
}

/** The config file cannot be used; `problems` says where and why, in the order of its lines. */
export class ConfigError extends Error {
  readonly problems: ConfigProblem[];

  constructor(problems: ConfigProblem[]) {
    super(problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
