import type { RedisConnection } from '../../redis/redis-connection.ts';

export interface ClusterServers {
  masters: string[];
  /** Masters and replicas: whoever of them is there can be asked. */
  all: string[];
}

type Server = [host: string, port: number, ...unknown[]];

/** The addresses of a cluster's servers, with user, password and scheme of the one that was asked, in a stable order. */
export async function clusterServers(seed: RedisConnection, seedUrl: string): Promise<ClusterServers> {
  const slots = (await seed.call('cluster', 'slots')) as [
    from: number,
    to: number,
    master: Server,
    ...replicas: Server[],
  ][];
  const urlsOf = (servers: readonly Server[]): string[] =>
    [...new Set(servers.map(([host, port]) => addressLike(seedUrl, host, port)))].sort();
  const masters = slots.map(([, , master]) => master);
  return { masters: urlsOf(masters), all: urlsOf(slots.flatMap(([, , ...servers]) => servers)) };
}

/** `host:port`, as servers name one another. */
export function hostAndPort(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname.replace(/^\[|\]$/g, '')}:${port}`;
}

/** An empty host means the one that was asked. */
function addressLike(url: string, host: string, port: number): string {
  const address = new URL(url);
  if (host !== '') address.hostname = host.includes(':') ? `[${host}]` : host;
  address.port = String(port);
  address.pathname = '';
  return address.href;
}
