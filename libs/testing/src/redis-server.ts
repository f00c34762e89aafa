import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildServer, onFreePort } from './child-server.ts';
import { noteUsers, REDIS_TEST_USERS } from './broker-users.ts';
import type { TlsFiles } from './certificate.ts';
import { findProgram } from './programs.ts';

export interface RedisServerOptions {
  /** Default: a free one. */
  port?: number;
  /** Default: a temporary folder that `stop` removes. */
  storeDir?: string;
  /** More arguments of the server: `['--notify-keyspace-events', 'KEA']`. */
  args?: string[];
  /** Speaks TLS alone, with this certificate, to clients who were certified by the same authority. */
  tls?: TlsFiles;
  /** A sentinel instead, with this configuration, which it writes to. */
  sentinel?: string;
}

export interface RedisServer {
  url: string;
  port: number;
  storeDir: string;
  readonly pid: number | undefined;
  /** The end of the server's log. */
  readonly output: string;
  /** Ends it for good and removes its files. */
  stop(): Promise<void>;
  /** SIGTERM; its data stays for `restart`. */
  halt(): Promise<void>;
  /** SIGKILL; its data stays for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; ends it first where it runs. */
  restart(): Promise<void>;
}

function tlsSettings(port: number, { ca, cert, key }: TlsFiles): Record<string, string | number> {
  return { port: 0, 'tls-port': port, 'tls-ca-cert-file': ca, 'tls-cert-file': cert, 'tls-key-file': key };
}

function redisArguments(port: number, storeDir: string, { args: more = [], tls }: RedisServerOptions): string[] {
  const door = tls ? tlsSettings(port, tls) : { port };
  const settings = { bind: '127.0.0.1', ...door, dir: storeDir, appendonly: 'yes', 'maxmemory-policy': 'noeviction' };
  const usual = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return [...usual, '--save', '', '--daemonize', 'no', ...REDIS_TEST_USERS, ...more];
}

function sentinelArguments(port: number, storeDir: string, file: string): string[] {
  return [file, '--sentinel', '--bind', '127.0.0.1', '--port', String(port), '--dir', storeDir, '--daemonize', 'no'];
}

/**
 * A real redis-server on loopback, with an append-only file and without eviction, as Deckwatch runs its own, and
 * with the users of an installation; the user `default` may do everything.
 */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const program = findProgram('redis-server');
  if (!program) throw new Error('redis-server not found: apt-get install redis-server');
  const folder = await mkdtemp(join(tmpdir(), 'deckwatch-redis-'));
  const storeDir = options.storeDir ?? folder;
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await mkdir(storeDir, { recursive: true });
    const { server, port } = await onFreePort(options.port, async (candidate) => {
      const { sentinel } = options;
      const args = sentinel ? sentinelArguments(candidate, storeDir, sentinel) : redisArguments(candidate, storeDir, options); // prettier-ignore
      const child = new ChildServer({ name: 'redis-server', program, args, ready: /Ready to accept connections|Sentinel ID is/ }); // prettier-ignore
      await child.start();
      return { server: child, port: candidate };
    });
    const url = `${options.tls ? 'rediss' : 'redis'}://127.0.0.1:${port}`;
    noteUsers(url);
    return control(server, { url, port, storeDir }, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

function control(
  server: ChildServer,
  place: { url: string; port: number; storeDir: string },
  remove: () => Promise<void>,
): RedisServer {
  return {
    ...place,
    get pid() {
      return server.pid;
    },
    get output() {
      return server.output;
    },
    halt: () => server.end('SIGTERM'),
    kill: () => server.end('SIGKILL'),
    async restart() {
      await server.end('SIGTERM');
      await server.start();
    },
    async stop() {
      await server.end('SIGTERM', 3000);
      await remove();
    },
  };
}
