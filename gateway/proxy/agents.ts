// Keep-alive connections to upstreams, per session; addresses are checked where the connection is made (SSRF, DNS rebinding).
import { lookup as systemLookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { UpstreamOrigin } from '../../protocol/address.ts';
import { Refused } from '../errors.ts';
import type { Domain } from '../sites/config.ts';
import { isDeniedAddress } from './denied-addresses.ts';

/** Where a connection goes, and what it may reach. */
export interface Target {
  protocol: 'http:' | 'https:';
  hostname: string;
  port: number;
  agent: http.Agent;
}

export interface AgentOptions {
  connectMs: number;
  lookup?: LookupFunction;
  /** Who vouches for the hosts of a domain entry; undefined, or none given: the public authorities. */
  authorities?: (domain: Pick<Domain, 'ca'>) => { pem: string; digest: string } | undefined;
}

/** Below the 5 s that most servers keep an idle connection, so that it is not used in the moment they close it. */
const FREE_MS = 4_000;
const KEEP_ALIVE = {
  keepAlive: true,
  maxSockets: 64,
  maxFreeSockets: 8,
  timeout: FREE_MS,
  scheduling: 'lifo',
} as const;

/**
 * The agents of one session. Connections are never shared between sessions: an upstream may take a connection for a person
 * (NTLM does).
 */
export class Agents {
  readonly #options: AgentOptions;
  readonly #agents = new Map<string, http.Agent>();
  readonly #upgraded = new Set<Duplex>();

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /** @throws {Refused} upstream-refused-address for an IP literal that must not be reached */
  target(origin: UpstreamOrigin, domain: Pick<Domain, 'connect' | 'allowPrivate' | 'ca'>): Target {
    const { scheme } = origin;
    const hostname = (domain.connect?.host ?? origin.host).replace(/^\[|\]$/g, '');
    const port = domain.connect?.port ?? origin.port;
    // An explicit `connect` may go anywhere: the operator wrote it.
    const allow = domain.connect ? undefined : domain.allowPrivate;
    if (allow && isIP(hostname) !== 0 && isDeniedAddress(hostname, allow)) {
      throw new Refused('upstream-refused-address', { host: origin.host });
    }
    return { protocol: `${scheme}:`, hostname, port, agent: this.#agent(scheme, allow, domain) };
  }

  #agent(
    scheme: 'http' | 'https',
    allow: readonly string[] | undefined,
    domain: Pick<Domain, 'ca'>,
  ): http.Agent {
    const trusted = scheme === 'https' ? this.#options.authorities?.(domain) : undefined;
    const key = `${scheme} ${allow === undefined ? '*' : allow.join(' ')} ${trusted?.digest ?? ''}`;
    let agent = this.#agents.get(key);
    if (!agent) {
      const check: AddressCheck = { ...this.#options, allow };
      agent = scheme === 'https' ? new CheckedHttpsAgent(check, trusted?.pem) : new CheckedHttpAgent(check);
      this.#agents.set(key, agent);
    }
    return agent;
  }

  /** An agent forgets a connection that was upgraded; it must end with the session nevertheless. */
  keepTrack(upgraded: Duplex): void {
    this.#upgraded.add(upgraded);
    upgraded.once('close', () => this.#upgraded.delete(upgraded));
  }

  /** Cuts every connection, also those in use. */
  close(): void {
    for (const socket of this.#upgraded) socket.destroy();
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}

interface AddressCheck extends AgentOptions {
  /** Networks that are allowed although private; undefined: everything is. */
  allow: readonly string[] | undefined;
}

type Created = (error: Error | null, stream: Duplex) => void;

/** Resolves, and yields only the addresses that may be reached. With Happy Eyeballs it is called with `all`. */
function checkedLookup({ allow, lookup = systemLookup as LookupFunction }: AddressCheck): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found, family) => {
      if (error) {
        callback(error, '');
        return;
      }
      const list = typeof found === 'string' ? [{ address: found, family: family ?? isIP(found) }] : found;
      const allowed =
        allow === undefined ? list : list.filter(({ address }) => !isDeniedAddress(address, allow));
      const first = allowed[0];
      if (!first) callback(new Refused('upstream-refused-address', { host: hostname }), '');
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** The lookup is not called for IP literals, and what it said is not what the socket is connected to until it is: both are checked. */
function watch(
  socket: Duplex | null | undefined,
  check: AddressCheck,
  host: string,
  ready: 'connect' | 'secureConnect',
): void {
  if (!socket) return;
  const stream = socket as Socket;
  const timer = setTimeout(
    () => stream.destroy(new Refused('upstream-timeout', { host })),
    check.connectMs,
  ).unref();
  stream.once('connect', () => {
    const { remoteAddress } = stream;
    if (check.allow && (remoteAddress === undefined || isDeniedAddress(remoteAddress, check.allow))) {
      stream.destroy(new Refused('upstream-refused-address', { host }));
    }
  });
  stream.once(ready, () => clearTimeout(timer));
  stream.once('close', () => clearTimeout(timer));
}

/** Whether an IP literal is refused; tells the request by its callback. */
function isRefusedLiteral(check: AddressCheck, host: string, created: Created | undefined): boolean {
  if (check.allow === undefined || isIP(host) === 0 || !isDeniedAddress(host, check.allow)) return false;
  process.nextTick(() =>
    created?.(new Refused('upstream-refused-address', { host }), undefined as unknown as Duplex),
  );
  return true;
}

class CheckedHttpAgent extends http.Agent {
  readonly #check: AddressCheck;

  constructor(check: AddressCheck) {
    super({ ...KEEP_ALIVE, lookup: checkedLookup(check) } as http.AgentOptions);
    this.#check = check;
  }

  override createConnection(options: http.ClientRequestArgs, created?: Created): Duplex | null | undefined {
    const host = options.host ?? '';
    if (isRefusedLiteral(this.#check, host, created)) return undefined;
    const socket = super.createConnection(options, created);
    watch(socket, this.#check, host, 'connect');
    return socket;
  }
}

class CheckedHttpsAgent extends https.Agent {
  readonly #check: AddressCheck;

  constructor(check: AddressCheck, ca: string | undefined) {
    super({
      ...KEEP_ALIVE,
      lookup: checkedLookup(check),
      ...(ca === undefined ? {} : { ca }),
      // Whatever NODE_TLS_REJECT_UNAUTHORIZED says: an upstream that nobody vouches for is none.
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
    } as https.AgentOptions);
    this.#check = check;
  }

  override createConnection(options: https.RequestOptions, created?: Created): Duplex | null | undefined {
    const host = options.host ?? '';
    if (isRefusedLiteral(this.#check, host, created)) return undefined;
    const socket = super.createConnection(options, created);
    watch(socket, this.#check, host, 'secureConnect');
    return socket;
  }
}
