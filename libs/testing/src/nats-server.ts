import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildServer, onFreePort } from './child-server.ts';
import { NATS_TEST_USERS, noteUsers } from './broker-users.ts';
import type { TlsFiles } from './certificate.ts';
import { findProgram } from './programs.ts';

export interface NatsServerOptions {
  /** Default: a free one. */
  port?: number;
  /** Default: a temporary folder that `stop` removes. */
  storeDir?: string;
  /** More of the server's configuration, in its own language, instead of the users of an installation. */
  config?: string;
  /** Speaks TLS alone, with this certificate, to clients who were certified by the same authority. */
  tls?: TlsFiles;
  /** The test wants it to refuse something. Otherwise `stop` rejects after it did: a permission is missing. */
  refuses?: boolean;
}

export interface NatsServer {
  url: string;
  port: number;
  storeDir: string;
  readonly pid: number | undefined;
  /** The end of the server's log. */
  readonly output: string;
  /** What it refused to a user, out of that log. */
  readonly violations: string[];
  /** Ends it for good and removes its files. */
  stop(): Promise<void>;
  /** SIGTERM; its store stays for `restart`. */
  halt(): Promise<void>;
  /** SIGKILL; its store stays for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same port and store; ends it first where it runs. */
  restart(): Promise<void>;
}

function configuration(port: number, storeDir: string, more: string): string {
  const jetStream = `jetstream { store_dir: ${JSON.stringify(storeDir)}, max_file_store: 16GB, max_memory_store: 512MB }`;
  return [`host: 127.0.0.1`, `port: ${port}`, jetStream, more, ''].join('\n');
}

function tlsBlock({ ca, cert, key }: TlsFiles): string {
  const [caFile, certFile, keyFile] = [ca, cert, key].map((path) => JSON.stringify(path));
  return `tls { ca_file: ${caFile}, cert_file: ${certFile}, key_file: ${keyFile}, verify: true }`;
}

/**
 * A real nats-server with JetStream on loopback and the users of an installation; without credentials one may do
 * everything there.
 */
export async function startNats(options: NatsServerOptions = {}): Promise<NatsServer> {
  const program = findProgram('nats-server');
  if (!program) throw new Error('nats-server not found: apt-get install nats-server');
  const folder = await mkdtemp(join(tmpdir(), 'deckwatch-nats-'));
  const storeDir = options.storeDir ?? join(folder, 'store');
  const file = join(folder, 'server.conf');
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const { server, port } = await onFreePort(options.port, async (candidate) => {
      const more = [options.config ?? NATS_TEST_USERS, ...(options.tls ? [tlsBlock(options.tls)] : [])].join('\n');
      await writeFile(file, configuration(candidate, storeDir, more));
      const child = new ChildServer({ name: 'nats-server', program, args: ['-c', file], ready: /Server is ready/ });
      await child.start();
      return { server: child, port: candidate };
    });
    const url = `${options.tls ? 'tls' : 'nats'}://127.0.0.1:${port}`;
    if (options.config === undefined) noteUsers(url);
    return control(server, { url, port, storeDir }, remove, options.refuses ?? false);
  } catch (error) {
    await remove();
    throw error;
  }
}

function control(
  server: ChildServer,
  place: { url: string; port: number; storeDir: string },
  remove: () => Promise<void>,
  refuses: boolean,
): NatsServer {
  const violations = () => [...new Set(server.output.match(/\S+ Violation .*/g) ?? [])];
  return {
    ...place,
    get pid() {
      return server.pid;
    },
    get output() {
      return server.output;
    },
    get violations() {
      return violations();
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
      if (!refuses && violations().length > 0) throw new Error(`nats-server refused:\n${violations().join('\n')}`);
    },
  };
}
