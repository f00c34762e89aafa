import { isIP } from 'node:net';
import type { Request } from 'express';

const MAPPED = '::ffff:';

/**
 * The address that a request came from, seen through the proxies that the settings trust and no others. Where such a proxy
 * passes on something that is none, it is the proxy's own.
 */
export function addressOf({
  ip = '',
  socket,
}: {
  ip?: string;
  socket: Pick<Request['socket'], 'remoteAddress'>;
}): string {
  const address = isIP(ip) === 0 ? (socket.remoteAddress ?? '') : ip;
  return address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
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
