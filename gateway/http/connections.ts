// How many connections may be open: per address before it has shown who it is, and all together (security.md 2.7).
import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { ConnectionLimits } from '../sites/config.ts';
import { isInNetworks } from '../sites/hosts.ts';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
/** So long a refused one is left to read why, ms. */
const LINGER = 1_000;

export const TOO_MANY =
  'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\nConnection: close\r\nOrigin-Agent-Cluster: ?1\r\nContent-Length: 0\r\n\r\n';

/**
 * Counts strangers. Who comes straight is counted from the first byte on; behind a trusted front server, whose connections
 * serve many people, each request and socket is counted by the address that the front server names.
 */
export class Connections {
  readonly #limits: () => ConnectionLimits;
  readonly #trusted: () => readonly string[];
  readonly #counts = new Map<string, number>();
  /** What counts (a socket, a request) → its address. */
  readonly #held = new Map<object, string>();
  readonly #refused = new WeakSet<object>();
  readonly #known = new WeakSet<object>();
  /** Connections of trusted front servers. */
  readonly #fronted = new WeakSet<object>();
  /** Encrypted socket → the connection that it came in by. */
  readonly #carriers = new WeakMap<object, Socket>();
  #all = 0;

  /** @param trusted networks whose X-Forwarded-For is believed */
  constructor(limits: () => ConnectionLimits, trusted: () => readonly string[]) {
    this.#limits = limits;
    this.#trusted = trusted;
  }

  /** A connection has come in. @param encrypted it speaks TLS: a refusal in plain words could not be read */
  open(socket: Socket, encrypted = false): void {
    this.#all++;
    socket.on('close', () => {
      this.#all--;
      this.#release(socket);
    });
    if (this.#all > this.#limits().connections) {
      this.#refused.add(socket);
      socket.destroy();
      return;
    }
    const address = socket.remoteAddress ?? '';
    if (isInNetworks(address, this.#trusted())) {
      this.#fronted.add(socket);
      return;
    }
    if (this.#hold(socket, address)) return;
    this.#refused.add(socket);
    if (encrypted) {
      socket.destroy();
      return;
    }
    socket.end(TOO_MANY);
    setTimeout(() => socket.destroy(), LINGER).unref();
  }

  /** From now on a connection that came in is known by its encrypted socket. */
  secured(encrypted: Socket, carrier: Socket): void {
    this.#carriers.set(encrypted, carrier);
  }

  #connectionOf({ socket }: IncomingMessage): Socket {
    return this.#carriers.get(socket) ?? socket;
  }

  /**
   * Whether a request or upgrade may go on.
   * @param lives closes when it is over
   */
  admit(req: IncomingMessage, lives: EventEmitter): boolean {
    const connection = this.#connectionOf(req);
    if (this.#refused.has(connection)) return false;
    if (!this.#fronted.has(connection)) return true;
    if (!this.#hold(req, clientAddress(req, this.#trusted()))) return false;
    lives.on('close', () => this.#release(req));
    return true;
  }

  /** Whether it was shown on this connection before who it is; never behind a front server, which mixes people. */
  isKnown(req: IncomingMessage): boolean {
    return this.#known.has(this.#connectionOf(req));
  }

  /** It has shown who it is: it counts no more. */
  welcome(req: IncomingMessage): void {
    this.#release(req);
    const connection = this.#connectionOf(req);
    if (this.#fronted.has(connection)) return;
    this.#known.add(connection);
    this.#release(connection);
  }

  #hold(what: object, address: string): boolean {
    const { connectionsPerAddress, connectionsFromLoopback } = this.#limits();
    const most = isInNetworks(address, LOOPBACK) ? connectionsFromLoopback : connectionsPerAddress;
    const key = networkOf(address);
    const count = this.#counts.get(key) ?? 0;
    if (count >= most) return false;
    this.#counts.set(key, count + 1);
    this.#held.set(what, key);
    return true;
  }

  #release(what: object): void {
    const key = this.#held.get(what);
    if (key === undefined) return;
    this.#held.delete(what);
    const left = (this.#counts.get(key) ?? 1) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }
}

/** The last address of X-Forwarded-For that is not a trusted front server itself; those further left are only claimed. */
function clientAddress({ headers, socket }: IncomingMessage, trusted: readonly string[]): string {
  const named = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  const client = named.map((one) => one.trim()).findLast((one) => !isInNetworks(one, trusted));
  return client !== undefined && ipaddr.isValid(client) ? client : (socket.remoteAddress ?? '');
}

/** One household has a whole /64 of IPv6 addresses. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return (parsed as ipaddr.IPv6).parts.slice(0, 4).join(':');
}
