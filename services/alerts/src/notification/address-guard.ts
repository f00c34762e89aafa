import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** A URL that a notice must not be sent to. */
export class AddressRefused extends Error {
  constructor(host: string, address: string) {
    super(
      `${host} is ${address === host ? '' : `${address}, `}a private, loopback or link-local address; allow it with allowPrivate`,
    );
    this.name = 'AddressRefused';
  }
}

/** Networks that are not the public internet: IANA's special-purpose registries, RFC 6890 and its updates. */
const V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const;
/** NAT64, 6to4 and Teredo carry IPv4 addresses inside; refused whole. */
const V6 = [
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
] as const;

const blocked = new BlockList();
for (const [network, bits] of V4) blocked.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of V6) blocked.addSubnet(network, bits, 'ipv6');

/** Whether an address is of the public internet. IPv4 written as IPv6 counts as IPv4. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !blocked.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

export interface Address {
  address: string;
  family: 4 | 6;
}
export type Resolve = (host: string) => Promise<Address[]>;

const looking = new Map<string, Promise<Address[]>>();

/** One look-up for all who ask for the same name at a time: the system makes few at once, and one that hangs takes one. */
const resolveAll: Resolve = (host) => {
  const present = looking.get(host);
  if (present) return present;
  const found = lookup(host, { all: true }) as Promise<Address[]>;
  looking.set(host, found);
  const done = () => looking.delete(host);
  found.then(done, done);
  return found;
};

/**
 * The one address to connect to, of a name, an address, or an IPv6 address in brackets. The name is resolved once and
 * every answer is checked, so that a name which changes its answer can't lead elsewhere afterwards. Throws
 * AddressRefused, or the resolver's error.
 */
export async function addressOf(name: string, allowPrivate: boolean, resolve: Resolve = resolveAll): Promise<Address> {
  const host = name.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const found: Address[] = family === 0 ? await resolve(host) : [{ address: host, family: family as 4 | 6 }];
  const refused = allowPrivate ? undefined : found.find(({ address }) => !isPublicAddress(address));
  if (refused) throw new AddressRefused(host, refused.address);
  const [first] = found;
  if (!first) throw new Error(`${host} has no address`);
  return first;
}

/** Refuses what can be told to be private without a look-up. Throws AddressRefused. */
export async function refuseWrittenAddress(name: string, allowPrivate: boolean): Promise<void> {
  await addressOf(name, allowPrivate, async () => [{ address: '1.1.1.1', family: 4 }]);
}
