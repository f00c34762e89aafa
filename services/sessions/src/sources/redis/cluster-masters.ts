import type { RedisConnection } from '../../redis/redis-connection.ts';

/** The addresses of a cluster's masters, with user, password and scheme of the one that was asked, in a stable order. */
export async function clusterMasters(seed: RedisConnection, seedUrl: string): Promise<string[]> {
  const slots = (await seed.call('cluster', 'slots')) as [number, number, [string, number, ...unknown[]]][];
  const masters = slots.map(([, , [host, port]]) => addressLike(seedUrl, host, port));
  return [...new Set(masters)].sort();
}

/** An empty host means the one that was asked. */
function addressLike(url: string, host: string, port: number): string {
  const address = new URL(url);
  if (host !== '') address.hostname = host.includes(':') ? `[${host}]` : host;
  address.port = String(port);
  address.pathname = '';
  return address.href;
}
