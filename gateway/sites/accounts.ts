// Who is signed in: local accounts of the config, logins in the store, and the agent behind a request's cookie.
import { createHash, randomBytes } from 'node:crypto';
import { Refused } from '../errors.ts';
import type { Store } from '../store/store.ts';
import type { Agent } from './config.ts';
import { readOwnCookie } from './own-cookies.ts';
import { verifyPassword } from './passwords.ts';
import type { Registry } from './registry.ts';

export { hashPassword, verifyPassword } from './passwords.ts';

/** On the console's origin only; scripts can neither read nor write it. */
export const LOGIN_COOKIE = '__Host-Http-cba';

const MINUTE = 60_000;
const SPACE = 'login';

/** Times and counts of sign-ins; tests shorten them. */
export const LOGIN_LIMITS = {
  /** A login ends when unused for this long. */
  idleMs: 30 * MINUTE,
  /** A login ends after this long in any case. */
  maxMs: 12 * 60 * MINUTE,
  /** Use is written to the store at most this often. */
  touchMs: MINUTE,
  /** Failed sign-ins from one address within {@link windowMs}. */
  failures: 10,
  /** Failed sign-ins of one name, from wherever: higher, so that a stranger cannot easily lock an agent out. */
  failuresOfName: 50,
  windowMs: 5 * MINUTE,
  /** Hashes computed and waiting at once: each takes memory and a thread. */
  atOnce: 8,
};

/** A valid hash of no password, so that an unknown name takes as long as a known one. */
const NOBODY = `scrypt$32768$8$3$${'A'.repeat(22)}$${'A'.repeat(43)}`;

interface LoginRecord {
  agent: string;
  began: number;
  used: number;
  /** Changes with the password, so that a new password ends older logins. */
  mark: string;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Logins of agents: opaque tokens, stored only as hashes. */
export class Logins {
  readonly #store: Store;
  readonly #registry: Pick<Registry, 'findAgent'>;
  readonly #limits: typeof LOGIN_LIMITS;
  readonly #now: () => number;
  readonly #failures = new Map<string, number[]>();
  #hashing = 0;

  constructor(
    store: Store,
    registry: Pick<Registry, 'findAgent'>,
    options: { limits?: Partial<typeof LOGIN_LIMITS>; now?: () => number } = {},
  ) {
    this.#store = store;
    this.#registry = registry;
    this.#limits = { ...LOGIN_LIMITS, ...options.limits };
    this.#now = options.now ?? Date.now;
  }

  /**
   * @param address of the caller, for the limit of failures
   * @returns the token for the login cookie
   * @throws {Refused} `sign-in-failed` when name or password is wrong, `too-fast` after too many failures
   */
  async signIn(name: string, password: string, address = ''): Promise<{ token: string; agent: Agent }> {
    const { failures, failuresOfName } = this.#limits;
    const sources: [source: string, most: number][] = [
      [`address ${address}`, failures],
      [`name ${name}`, failuresOfName],
    ];
    if (sources.some(([source, most]) => this.#recent(source).length >= most)) throw new Refused('too-fast');
    if (this.#hashing >= this.#limits.atOnce) throw new Refused('too-fast');
    const agent = this.#registry.findAgent(name);
    // Counted before the hash is computed, so that many tries at once count too.
    for (const [source] of sources) this.#fail(source);
    this.#hashing++;
    let right: boolean;
    try {
      right = await verifyPassword(password, agent?.password ?? NOBODY);
    } finally {
      this.#hashing--;
    }
    if (!right || !agent) throw new Refused('sign-in-failed');
    for (const [source] of sources) this.#forgive(source);
    const token = randomBytes(32).toString('base64url');
    const now = this.#now();
    await this.#store.put(
      SPACE,
      digest(token),
      { agent: name, began: now, used: now, mark: digest(agent.password) } satisfies LoginRecord,
      { expires: now + Math.min(this.#limits.idleMs, this.#limits.maxMs) },
    );
    return { token, agent };
  }

  /** The agent whose token this is, as he now stands in the config; undefined when the login is over. Counts as use. */
  async find(token: string): Promise<Agent | undefined> {
    const key = digest(token);
    const entry = await this.#store.get<LoginRecord>(SPACE, key);
    if (!entry) return undefined;
    const { value, version } = entry;
    const now = this.#now();
    const agent = this.#registry.findAgent(value.agent);
    const over = now >= value.used + this.#limits.idleMs || now >= value.began + this.#limits.maxMs;
    if (over || !agent || digest(agent.password) !== value.mark) {
      await this.#store.delete(SPACE, key);
      return undefined;
    }
    if (now - value.used >= this.#limits.touchMs) {
      const expires = Math.min(now + this.#limits.idleMs, value.began + this.#limits.maxMs);
      // `expect`: a sign-out of this very moment is not undone.
      await this.#store.put(SPACE, key, { ...value, used: now }, { expires, expect: version });
    }
    return agent;
  }

  async signOut(token: string): Promise<void> {
    await this.#store.delete(SPACE, digest(token));
  }

  /** The agent behind a Cookie header. @throws {Refused} `malformed` when our cookie comes twice */
  async findByCookie(cookieHeader: string | undefined): Promise<Agent | undefined> {
    const token = readOwnCookie(cookieHeader, LOGIN_COOKIE);
    return token === undefined || token === '' ? undefined : await this.find(token);
  }

  /** As {@link findByCookie}, for requests that need a login. @throws {Refused} `signed-out`, `malformed` */
  async requireAgent(request: { headers: { cookie?: string | undefined } }): Promise<Agent> {
    const agent = await this.findByCookie(request.headers.cookie);
    if (!agent) throw new Refused('signed-out');
    return agent;
  }

  #recent(source: string): number[] {
    const since = this.#now() - this.#limits.windowMs;
    const recent = (this.#failures.get(source) ?? []).filter((at) => at > since);
    if (recent.length === 0) this.#failures.delete(source);
    else this.#failures.set(source, recent);
    return recent;
  }

  #fail(source: string): void {
    const recent = this.#recent(source);
    recent.push(this.#now());
    this.#failures.delete(source); // to the end: the map is in order of the last failure
    this.#failures.set(source, recent);
    // Made-up names cannot fill the memory: the oldest are forgotten.
    if (this.#failures.size > 10_000) this.#failures.delete(this.#failures.keys().next().value!);
  }

  #forgive(source: string): void {
    const recent = this.#recent(source);
    recent.pop();
    if (recent.length === 0) this.#failures.delete(source);
  }
}
