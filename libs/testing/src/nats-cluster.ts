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
  stop(): Promise<void>;
}

/** Three real nats-servers with JetStream on loopback that keep streams together, with the users of an installation. */
export async function startNatsCluster(): Promise<NatsCluster> {
  const program = findProgram('nats-server');
  if (!program) throw new Error('nats-server not found: apt-get install nats-server');
  const folder = await mkdtemp(join(tmpdir(), 'deckwatch-nats-cluster-'));
  const names = Array.from({ length: SIZE }, (_, n) => `server-${n}`);
  const ports = await Promise.all(names.map(async () => ({ client: await freePort(), route: await freePort() })));
  const routes = ports.map(({ route }) => `nats://127.0.0.1:${route}`).join(', ');
  const servers = new Map<string, ChildServer>();
  for (const [n, name] of names.entries()) {
    const file = join(folder, `${name}.conf`);
    const { client, route } = ports[n]!;
    await writeFile(
      file,
      [
        `server_name: ${name}`,
        `host: 127.0.0.1`,
        `port: ${client}`,
        `jetstream { store_dir: ${JSON.stringify(join(folder, name))}, max_file_store: 16GB, max_memory_store: 512MB }`,
        `cluster { name: deckwatch, listen: "127.0.0.1:${route}", routes: [${routes}] }`,
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
  return { url, servers, stop };
}
