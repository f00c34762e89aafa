import type { IncomingHttpHeaders } from 'node:http';

/** What the door knows of the installation's own addresses. */
export interface DoorPolicy {
  /** The address that is bound, as in DECKWATCH_HOST. */
  bindHost: string;
  /** Origins beyond the own, such as `https://deckwatch.example`. */
  publicOrigins: readonly string[];
  /** Whether the door itself speaks TLS. */
  tls: boolean;
}

const LOOPBACK_V4 = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const FORWARDING = ['forwarded', 'via'];

/** Host names and addresses that only this machine can mean. */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || name === '::1' || LOOPBACK_V4.test(name);
}

/** A peer's address, as a socket tells it. */
export function isLoopbackPeer(address: string | undefined): boolean {
  if (address === undefined) return false;
  return isLoopbackName(address.startsWith('::ffff:') ? address.slice(7) : address);
}

/** Whether a proxy has had its hands on the request. */
export function isForwarded(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some((name) => FORWARDING.includes(name) || name.startsWith('x-forwarded-'));
}

/** The name in a Host header, without the port; undefined: it is none. */
export function nameOfHost(host: string | undefined): string | undefined {
  if (host === undefined || !/^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(host)) return undefined;
  return host.replace(/:\d+$/, '').toLowerCase();
}

/** Whether the Host header means this installation: loopback, the bind address or a listed origin's host. Else 421. */
export function isOwnHost(host: string | undefined, policy: DoorPolicy): boolean {
  const name = nameOfHost(host);
  if (name === undefined) return false;
  if (isLoopbackName(name) || name === policy.bindHost.toLowerCase() || name === `[${policy.bindHost.toLowerCase()}]`)
    return true;
  return policy.publicOrigins.some((origin) => new URL(origin).hostname === name);
}

/** Whether a present Origin is the own (that of the Host header) or a listed one; an absent one is. Else 403. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined, policy: DoorPolicy): boolean {
  if (origin === undefined) return true;
  const own = `${policy.tls ? 'https' : 'http'}://${host?.toLowerCase()}`;
  return origin.toLowerCase() === own || policy.publicOrigins.includes(origin);
}
