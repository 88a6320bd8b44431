// Which network addresses the gateway never connects to (SSRF, security.md 2.6): everything that is not plainly public.
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Ranges that ipaddr.js takes for ordinary unicast, or that embed an IPv4 address. */
const DENIED_V6 = ['::/96', '64:ff9b::/96', '64:ff9b:1::/48', '2001::/32', '5f00::/16', 'fec0::/10'].map(
  (range) => ipaddr.IPv6.parseCIDR(range),
);
/** Metadata services outside of the private ranges. */
const DENIED_V4 = ['192.0.0.0/24', '192.88.99.0/24', '168.63.129.16/32', '100.100.100.200/32'].map((range) =>
  ipaddr.IPv4.parseCIDR(range),
);
const SIX_TO_FOUR = ipaddr.IPv6.parseCIDR('2002::/16');
const OWN_FOR_MS = 10_000;

let own = new Set<string>();
let ownUntil = 0;

/** The addresses of this machine's interfaces: the gateway itself may listen there. */
function isOwn(address: Address): boolean {
  if (Date.now() > ownUntil) {
    own = new Set(
      Object.values(networkInterfaces()).flatMap((list) =>
        (list ?? []).map(({ address: text }) => ipaddr.process(text.replace(/%.*$/, '')).toString()),
      ),
    );
    ownUntil = Date.now() + OWN_FOR_MS;
  }
  return own.has(address.toString());
}

function isIn(address: Address, networks: readonly string[]): boolean {
  return networks.some((network) => {
    const [range, bits] = ipaddr.parseCIDR(network);
    return range.kind() === address.kind() && address.match(range, bits);
  });
}

/**
 * Whether an IP address (no name) must not be connected to.
 * @param allowPrivate networks in CIDR notation that the domain entry allows nevertheless
 */
export function isDeniedAddress(text: string, allowPrivate: readonly string[] = []): boolean {
  if (!ipaddr.isValid(text)) return true;
  // IPv4-mapped IPv6 addresses reach the IPv4 host: judged as that.
  const address = ipaddr.process(text);
  if (isIn(address, allowPrivate)) return false;
  if (isOwn(address)) return true;
  if (address instanceof ipaddr.IPv4) {
    return address.range() !== 'unicast' || DENIED_V4.some((range) => address.match(range));
  }
  if (address.match(SIX_TO_FOUR)) {
    const [, high, low] = address.parts;
    return isDeniedAddress([high! >> 8, high! & 255, low! >> 8, low! & 255].join('.'), allowPrivate);
  }
  return address.range() !== 'unicast' || DENIED_V6.some((range) => address.match(range));
}
