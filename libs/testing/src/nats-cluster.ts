import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NATS_TEST_USERS, noteUsers } from './broker-users.ts';
import { ChildServer, freePort } from './child-server.ts';
import { findProgram } from './programs.ts';

const SIZE = 3;

export interface NatsCluster {
  /** All servers, comma separated, as NATS_URL names them. */
  url: string;
  /** `server-0` and on: by these names JetStream tells who leads. */
  servers: ReadonlyMap<string, ChildServer>;
  /** Where clients reach each of them. */
  ports: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

export interface NatsClusterOptions {
  /** The port by which one server reaches another's; default: its own. */
  road?: (from: string, to: string, port: number) => Promise<number>;
  /** Where a server keeps its store; default: a folder that `stop` removes. */
  storeOf?: (name: string) => string | undefined;
}

/** Three real nats-servers with JetStream on loopback that keep streams together, with the users of an installation. */
export async function startNatsCluster(options: NatsClusterOptions = {}): Promise<NatsCluster> {
  const program = findProgram('nats-server');
  if (!program) throw new Error('nats-server not found: apt-get install nats-server');
  const folder = await mkdtemp(join(tmpdir(), 'deckwatch-nats-cluster-'));
  const names = Array.from({ length: SIZE }, (_, n) => `server-${n}`);
  const ports = await Promise.all(names.map(async () => ({ client: await freePort(), route: await freePort() })));
  const servers = new Map<string, ChildServer>();
  for (const [n, name] of names.entries()) {
    const file = join(folder, `${name}.conf`);
    const { client, route } = ports[n]!;
    const store = options.storeOf?.(name) ?? join(folder, name);
    const others = names.map((other, at) => ({ other, at })).filter(({ at }) => at !== n);
    const portOf = async (other: string, at: number) => (await options.road?.(name, other, ports[at]!.route)) ?? ports[at]!.route; // prettier-ignore
    const routes = await Promise.all(
      others.map(async ({ other, at }) => `nats://127.0.0.1:${await portOf(other, at)}`),
    );
    await writeFile(
      file,
      [
        `server_name: ${name}`,
        `host: 127.0.0.1`,
        `port: ${client}`,
        `jetstream { store_dir: ${JSON.stringify(store)}, max_file_store: 16GB, max_memory_store: 512MB }`,
        `cluster { name: deckwatch, listen: "127.0.0.1:${route}", routes: [${routes.join(', ')}], no_advertise: ${options.road !== undefined} }`,
        // As deploy/brokers has them: a server that is cut off is missed by the others as soon as by the services.
        'ping_interval: "2s"',
        'ping_max: 2',
        NATS_TEST_USERS,
        '',
      ].join('\n'),
    );
    servers.set(name, new ChildServer({ name, program, args: ['-c', file], ready: /Server is ready/ }));
  }
  const stop = async (): Promise<void> => {
    await Promise.all([...servers.values()].map((server) => server.end('SIGKILL')));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all([...servers.values()].map((server) => server.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  const url = ports.map(({ client }) => `nats://127.0.0.1:${client}`).join(',');
  noteUsers(url);
  return { url, servers, ports: new Map(names.map((name, n) => [name, ports[n]!.client])), stop };
}
