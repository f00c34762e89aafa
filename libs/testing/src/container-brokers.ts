import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GenericContainer, Wait } from 'testcontainers';
import { freePort } from './child-server.ts';
import { startTestcontainersEnv, type TestcontainersEnvironment } from './testcontainers.ts';

/** A broker to be killed and started again, wherever it runs. */
export interface Broker {
  url: string;
  /** Where it keeps its data. */
  storeDir: string;
  /** SIGKILL; its data stays for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Ends it for good and removes its files. */
  stop(): Promise<void>;
}

const KINDS = {
  nats: { port: 4222, scheme: 'nats', ready: /Server is ready/ },
  redis: { port: 6379, scheme: 'redis', ready: /Ready to accept connections/ },
} as const;

/** Brokers in containers, by testcontainers on an engine of their own. */
export class ContainerBrokers {
  private readonly folders: string[] = [];

  private constructor(private readonly environment: TestcontainersEnvironment<'nats' | 'redis'>) {}

  static async open(): Promise<ContainerBrokers> {
    return new ContainerBrokers(await startTestcontainersEnv(['nats', 'redis']));
  }

  readonly startNats = (): Promise<Broker> => this.start('nats');

  readonly startRedis = (): Promise<Broker> => this.start('redis');

  /** Ends the engine with all brokers, and removes their files. */
  async close(): Promise<void> {
    await this.environment.stop();
    for (const folder of this.folders) await rm(folder, { recursive: true, force: true });
  }

  private async start(kind: keyof typeof KINDS): Promise<Broker> {
    const { port, scheme, ready } = KINDS[kind];
    const { docker } = this.environment.engine;
    const storeDir = await mkdtemp(join(tmpdir(), `deckwatch-${kind}-`));
    this.folders.push(storeDir);
    const host = await freePort(); // a port of its own choice would change with each start
    const started = await new GenericContainer(this.environment.images[kind])
      .withExposedPorts({ container: port, host })
      .withBindMounts([{ source: storeDir, target: '/data' }])
      .withWaitStrategy(Wait.forLogMessage(ready))
      .start();
    const container = docker.getContainer(started.getId());
    return {
      url: `${scheme}://127.0.0.1:${host}`,
      storeDir,
      kill: async () => void (await container.kill()),
      async restart() {
        const { State } = await container.inspect();
        if (State.Running) await container.kill();
        await container.start();
      },
      async stop() {
        await container.remove({ force: true });
        await rm(storeDir, { recursive: true, force: true });
      },
    };
  }
}
