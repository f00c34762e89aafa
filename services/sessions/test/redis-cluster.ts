import { eventually, startRedis, type RedisServer } from '@deckwatch/testing';
import { Cluster, Redis } from 'ioredis';

const SLOTS = 16_384;
const PATIENCE = { timeoutMs: 30_000, everyMs: 50 };
const ARGS = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--cluster-replica-validity-factor', '0'];

export interface ClusterNode {
  server: RedisServer;
  redis: Redis;
  id: string;
}

/** A real cluster of three masters on loopback, each with a third of the slots. */
export class RedisCluster {
  private constructor(
    readonly masters: readonly ClusterNode[],
    readonly client: Cluster,
    private readonly replicas: ClusterNode[] = [],
  ) {}

  static async start(): Promise<RedisCluster> {
    const masters = await Promise.all([1, 2, 3].map(() => startNode()));
    await meet(masters);
    const client = new Cluster(masters.map(({ server: { port } }) => ({ host: '127.0.0.1', port })), { clusterRetryStrategy: () => 50 }); // prettier-ignore
    client.on('error', () => undefined); // some are killed on purpose
    await eventually(async () => expect(await client.set('{begin}', '')).toBe('OK'), PATIENCE);
    await client.del('{begin}');
    return new RedisCluster(masters, client);
  }

  /** Adds a replica of that master; resolves once it has its data. */
  async replicate(master: ClusterNode): Promise<ClusterNode> {
    const replica = await startNode();
    this.replicas.push(replica);
    await replica.redis.call('CLUSTER', 'MEET', '127.0.0.1', master.server.port);
    await eventually(async () => expect(await replica.redis.call('CLUSTER', 'REPLICATE', master.id)).toBe('OK'), PATIENCE); // prettier-ignore
    await eventually(async () => expect(await replica.redis.info('replication')).toMatch('master_link_status:up'), PATIENCE); // prettier-ignore
    // Only who knows of it lets it be elected.
    for (const { redis } of this.masters) {
      await eventually(
        async () => expect(await redis.call('CLUSTER', 'REPLICAS', master.id)).toHaveLength(1),
        PATIENCE,
      );
    }
    return replica;
  }

  /** Resolves once that node is a master and answers for its slots. */
  async promoted(node: ClusterNode): Promise<void> {
    await eventually(async () => {
      expect(await node.redis.info('replication')).toMatch('role:master');
      expect(await node.redis.call('CLUSTER', 'INFO')).toMatch('cluster_state:ok');
    }, PATIENCE);
  }

  async masterOf(key: string): Promise<ClusterNode> {
    const slot = await this.slotOf(key);
    return this.masters[Math.floor((slot * this.masters.length) / SLOTS)]!;
  }

  async slotOf(key: string): Promise<number> {
    return Number(await this.masters[0]!.redis.call('CLUSTER', 'KEYSLOT', key));
  }

  /** Moves a slot with its keys, one key after the other as `redis-cli --cluster reshard` does; `between` after each. */
  async moveSlot(slot: number, from: ClusterNode, to: ClusterNode, between: () => Promise<void>): Promise<void> {
    await to.redis.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id);
    await from.redis.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id);
    for (;;) {
      const [key] = (await from.redis.call('CLUSTER', 'GETKEYSINSLOT', slot, 1)) as string[];
      if (key === undefined) break;
      await from.redis.call('MIGRATE', '127.0.0.1', to.server.port, key, 0, 5000);
      await between();
    }
    for (const { redis } of [to, from, ...this.masters.filter((node) => node !== to && node !== from)]) {
      await redis.call('CLUSTER', 'SETSLOT', slot, 'NODE', to.id);
    }
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    const nodes = [...this.masters, ...this.replicas];
    for (const { redis } of nodes) redis.disconnect();
    await Promise.all(nodes.map(({ server }) => server.stop()));
  }
}

async function startNode(): Promise<ClusterNode> {
  const server = await startRedis({ args: ARGS });
  const redis = new Redis(server.url, { retryStrategy: () => 50 });
  redis.on('error', () => undefined); // some are killed on purpose
  return { server, redis, id: String(await redis.call('CLUSTER', 'MYID')) };
}

/** Makes one cluster of servers that don't know one another yet. */
async function meet(nodes: readonly ClusterNode[]): Promise<void> {
  for (const [at, { redis }] of nodes.entries()) {
    const from = Math.floor((SLOTS * at) / nodes.length);
    const to = Math.floor((SLOTS * (at + 1)) / nodes.length) - 1;
    await redis.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
    await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', at + 1);
  }
  for (const { server } of nodes.slice(1)) await nodes[0]!.redis.call('CLUSTER', 'MEET', '127.0.0.1', server.port);
  await eventually(async () => {
    for (const { redis } of nodes) expect(await redis.call('CLUSTER', 'INFO')).toMatch('cluster_state:ok');
    for (const { redis } of nodes) expect(await redis.call('CLUSTER', 'INFO')).toMatch(`cluster_known_nodes:${nodes.length}`);
  }, PATIENCE); // prettier-ignore
}
