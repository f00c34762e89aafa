import type { Request } from 'express';

const MAPPED = '::ffff:';

/** The address that a request came from, seen through the proxies that the settings trust and no others. */
export function addressOf(request: Pick<Request, 'ip'>): string {
  const { ip = '' } = request;
  return ip.startsWith(MAPPED) ? ip.slice(MAPPED.length) : ip;
}

/** What one attacker can hold many of counts as one: an IPv6 network of 64 bits; an IPv4 address stands for itself. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('%', 1)[0]!.split('::') as [string, string?];
  const [left, right] = [head, tail].map((part) => part.split(':').filter(Boolean)) as [string[], string[]];
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '').toLowerCase()).join(':')}::/64`;
}
