// A small good config to start tests from, and ways to spoil it.

/** Hash of "tandem" with a cost that tests can afford. */
export const CHEAP_HASH =
  'scrypt$1024$8$1$AAAAAAAAAAAAAAAAAAAAAA$BwBHqWJt4HPU69itAIhHaTmDHZeHBwZSu-47ip-08VQ';

export const GOOD_CONFIG = `# the whole system
system:
  cobrowsing: true # R1
listen: 127.0.0.1:0
data: ./data

agents:
  # the first one
  - name: anna
    title: Anna Berg
    password: ${CHEAP_HASH}
    cobrowsing: true # R2
  - name: ben
    title: Ben Okafor
    password: ${CHEAP_HASH}
  - name: admin
    title: Administrator
    password: ${CHEAP_HASH}
    roles: [admin]

contacts:
  - id: sales
    title: Sales
    agents: [anna, ben]

domains:
  - title: Shop
    hosts: [www.shop.example, shop.example]
    protocols: [https]
  - title: Static
    hosts: [static.shop.example]
    protocols: [http, https]
    includeSubdomains: true
  - title: Intranet
    hosts: [intranet.company.localhost]
    protocols: [http]
    port: 8090
    connect: 127.0.0.1:8090

sites:
  - id: shop
    title: Shop
    domains: [Shop, Intranet]
    resources: [Static]
    start: https://www.shop.example/
    contacts: [sales]
    options:
      mask: ['#account .iban', 'input[name="tax"]']
`;

/** The good config with one piece of its text replaced. @throws Error when the piece is not there */
export function spoil(piece: string, by: string): string {
  if (!GOOD_CONFIG.includes(piece)) throw new Error(`Not in the config: ${piece}`);
  return GOOD_CONFIG.replace(piece, () => by);
}
