// The shape of tandem.yaml: every key that may be in it, its meaning, its default and what its value must look like.
import { z } from 'zod';
import { normalizeNetwork, parseHostPort } from './hosts.ts';
import { compileSelector, SelectorError } from './selectors.ts';

const MAX_ENTRIES = 1_000;
const name = z.string().trim().min(1).max(200);
const id = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,31}$/,
    'must be 1 to 32 lower-case letters, digits and dashes, such as "shop".',
  );
const agentName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._@-]{0,63}$/,
    'must be 1 to 64 lower-case letters, digits, dots, dashes, underscores and @.',
  );
const list = <T extends z.ZodType>(item: T) => z.array(item).max(MAX_ENTRIES);

const address = (mayBeZero: boolean) =>
  z.string().transform((text, context) => {
    const parsed = parseHostPort(text, mayBeZero);
    if (parsed) return parsed;
    context.addIssue({ code: 'custom', message: 'must be a host and a port, such as "127.0.0.1:8080".' });
    return z.NEVER;
  });

const network = z.string().transform((text, context) => {
  const normal = normalizeNetwork(text);
  if (normal !== undefined) return normal;
  context.addIssue({ code: 'custom', message: 'must be an IP address or a network such as "10.0.0.0/8".' });
  return z.NEVER;
});

/** An origin: scheme and host, perhaps a port, nothing behind. */
const origin = z.string().transform((text, context) => {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href) return url.origin;
  context.addIssue({
    code: 'custom',
    message: 'must be an address without a path, such as "https://cobrowse.example".',
  });
  return z.NEVER;
});

const filePath = z.string().min(1).max(1_000);

const httpUrl = z.string().refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), {
  message: 'must be an absolute address that begins with http:// or https://.',
});

const selector = z.string().superRefine((text, context) => {
  try {
    compileSelector(text);
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

/** Names that the gateway itself sets or that change how a request is read. */
const RESERVED_HEADER =
  /^(host|cookie|connection|content-.*|transfer-encoding|te|trailer|upgrade|via|forwarded|x-forwarded-.*|origin|referer|range|proxy-.*|sec-.*|expect)$/i;

const upstreamHeader = z.strictObject({
  /** A header name that the gateway does not use itself. */
  name: z
    .string()
    .regex(/^[A-Za-z0-9!#$%&'*+.^`|~-]{1,64}$/, 'must be a header name.')
    .refine(
      (text) => !RESERVED_HEADER.test(text),
      'is a header that the gateway sets itself; choose another name.',
    ),
  value: z
    .string()
    .regex(/^[\x21-\x7e]([\x20-\x7e]{0,500}[\x21-\x7e])?$/, 'must be printable ASCII on one line.'),
});

const agent = z.strictObject({
  /** Sign-in name, unique. */
  name: agentName,
  /** Shown to customers. */
  title: name,
  /** From `npm run hash-password`. */
  password: z
    .string()
    .regex(
      /^scrypt\$\d{1,8}\$\d{1,2}\$\d{1,2}\$[\w-]{16,128}\$[\w-]{22,128}$/,
      'must be a hash made by "npm run hash-password".',
    ),
  roles: list(z.enum(['agent', 'supervisor', 'admin']))
    .min(1)
    .default(['agent']),
  /** The per-agent switch (R2); off unless given. */
  cobrowsing: z.boolean().default(false),
});

const contact = z.strictObject({
  id,
  /** Shown to customers. */
  title: name,
  /** Names of agents: one for a person, several for a service (the first free enabled one gets it). */
  agents: list(agentName).min(1),
});

const domain = z.strictObject({
  /** Unique; sites refer to it. */
  title: name,
  /** Host names (or IP literals) without scheme and port. */
  hosts: list(z.string().min(1).max(300)).min(1),
  protocols: list(z.enum(['http', 'https'])).min(1),
  /** Other port than 80 or 443; then give one protocol only. */
  port: z.int().min(1).max(65_535).optional(),
  /** Also every name below the hosts. */
  includeSubdomains: z.boolean().default(false),
  /** Connect here instead of resolving the names; may be a private address. */
  connect: address(false).optional(),
  /** Private networks that the names may resolve to. */
  allowPrivate: list(network).default([]),
  /** PEM file of the authorities that vouch for these hosts in place of the public ones, relative to this file. */
  ca: filePath.optional(),
});

/** What `allow=` of the page frame may add to fullscreen and clipboard-write. */
const FEATURES = [
  'accelerometer',
  'autoplay',
  'camera',
  'clipboard-read',
  'encrypted-media',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'payment',
  'picture-in-picture',
  'screen-wake-lock',
  'web-share',
] as const;

const options = z.strictObject({
  /** Shown to followers as dots or grey boxes. */
  mask: list(selector).default([]),
  /** Left out for followers. */
  hide: list(selector).default([]),
  /** Not editable by agents. */
  readonly: list(selector).default([]),
  agentMay: z
    .strictObject({
      askControl: z.boolean().default(true),
      navigate: z.boolean().default(false),
      invite: z.boolean().default(false),
    })
    .prefault({}),
  /** Messages a customer may send without an answer. */
  unanswered: z.int().min(1).max(1_000).default(25),
  features: list(z.enum(FEATURES)).default([]),
  /** Prefixes of absolute addresses in scripts and JSON that must stay as they are. */
  keepLiterals: list(httpUrl).default([]),
  /** Scripts read the real host in place of the session address's. */
  realHosts: z.boolean().optional(),
  /** How long an upstream may take to begin an answer, where the usual 30 s are too short. */
  answerSeconds: z.int().min(30).max(600).optional(),
});

const handover = z.strictObject({
  /** Path on the site, such as "/tandem-handover". */
  path: z
    .string()
    .regex(/^\/(?!\/)[\w./~-]{0,200}$/, 'must be a path on the site, such as "/tandem-handover".')
    .default('/tandem-handover'),
  /** Shared with the site: `openssl rand -base64 32`. The second while it is being changed. */
  secrets: list(
    z.string().regex(/^.{32,200}$/, 'must have 32 to 200 characters; "openssl rand -base64 32" makes one.'),
  )
    .max(2)
    .default([]),
  /** With a base below the site's own domain: take what the browser itself sends along with the first page. */
  fromBrowser: z.boolean().default(false),
  /** Names of the cookies that the site may hand over. */
  cookies: list(z.string().regex(/^[!#$%&'*+.^`|~\w-]{1,128}$/, 'must be the name of a cookie.'))
    .min(1)
    .max(20),
});

const site = z.strictObject({
  id,
  title: name,
  /** Off: no session on it. */
  cobrowsing: z.boolean().default(true),
  /** Titles of domains that may be shown. */
  domains: list(name).min(1),
  /** Titles of domains from which pages may only load. */
  resources: list(name).default([]),
  /** Start page; on a domain of the site. */
  start: httpUrl,
  /** Ids of contacts offered on this site. */
  contacts: list(id).default([]),
  /** The site's endpoint that hands over HttpOnly cookies at Start (docs/HANDOVER.md). */
  handover: handover.optional(),
  options: options.prefault({}),
});

const apiKey = z.strictObject({
  name,
  /** SHA-256 of the key, hex: `printf %s KEY | sha256sum`. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of the key: 64 lower-case hexadecimal digits.'),
  /** Ids of the sites it may use. */
  sites: list(id).min(1),
});

/** The whole file. */
export const configShape = z.strictObject({
  system: z
    .strictObject({
      /** The switch on the System Settings page (R1); off unless given. */
      cobrowsing: z.boolean().default(false),
    })
    .prefault({}),
  listen: address(true).prefault('127.0.0.1:8080'),
  /** TLS by the gateway itself; without it: plain http, for a front server. */
  tls: z
    .strictObject({
      /** Files of the certificates with their chains and of their keys, relative to this file. */
      certificates: list(z.strictObject({ certificate: filePath, key: filePath })).min(1),
      minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
      /** Host and port on which plain http is sent on to https. */
      redirect: address(true).optional(),
    })
    .optional(),
  /** Seconds of Strict-Transport-Security on our own hosts; 0: none. */
  hsts: z.int().min(0).max(63_072_000).default(31_536_000),
  /** Origin of the console; `http://console.localhost:PORT` unless given. */
  publicUrl: origin.optional(),
  /** Origin of the contact panel; `panel.` before the console's host unless given. */
  panelUrl: origin.optional(),
  /** Host (perhaps with port) below which session addresses lie; `cobrowse.localhost` unless given. */
  base: z.string().min(1).max(200).optional(),
  /** Networks whose X-Forwarded-* headers are believed. */
  trustProxy: list(network).default([]),
  /** Folder of the embedded store, relative to this file. */
  data: z.string().min(1).max(1_000).default('../data'),
  privacy: z
    .strictObject({ keepChat: z.boolean().default(true), keepIp: z.boolean().default(false) })
    .prefault({}),
  limits: z
    .strictObject({
      /** Open connections, all together. */
      connections: z.int().min(1).max(1_000_000).default(10_000),
      /** Open connections of one address that has not shown yet who it is. */
      connectionsPerAddress: z.int().min(1).max(1_000_000).default(200),
      /** The same for this machine itself. */
      connectionsFromLoopback: z.int().min(1).max(1_000_000).default(10_000),
    })
    .prefault({}),
  upstreamHeader: upstreamHeader.optional(),
  agents: list(agent).default([]),
  contacts: list(contact).default([]),
  domains: list(domain).default([]),
  sites: list(site).default([]),
  apiKeys: list(apiKey).default([]),
});

export type ConfigShape = z.output<typeof configShape>;
type Issue = z.core.$ZodIssue;

/** `sites[0].options.mask`: how a place is named in a sentence. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
};

/** One sentence for what the shape found wrong. */
export function sentenceOf(issue: Issue): string {
  const place = issue.path.length === 0 ? 'The file' : `"${formatPath(issue.path)}"`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return `There is no key "${issue.keys[0]}" ${issue.path.length === 0 ? 'at the top' : `in ${place}`}.`;
    case 'invalid_type':
      if (issue.input === undefined) return `${place} is missing.`;
      return `${place} must be ${KINDS[issue.expected] ?? issue.expected}.`;
    case 'invalid_value':
      return `${place} must be ${issue.values.map((value) => `"${String(value)}"`).join(' or ')}.`;
    case 'too_small':
      if (issue.origin === 'array') return `${place} needs at least one entry.`;
      if (issue.origin === 'string') return `${place} is empty.`;
      return `${place} must be at least ${issue.minimum}.`;
    case 'too_big':
      if (issue.origin === 'array') return `${place} has more than ${issue.maximum} entries.`;
      if (issue.origin === 'string') return `${place} is longer than ${issue.maximum} characters.`;
      return `${place} must be at most ${issue.maximum}.`;
    default:
      return /^[A-Z]/.test(issue.message) ? issue.message : `${place} ${issue.message}`;
  }
}
