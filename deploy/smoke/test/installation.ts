import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SERVICES, type ServiceName } from '@deckwatch/contracts';
import {
  accessToken,
  authority,
  brokerSettings,
  eventually,
  freePort,
  startNats,
  startRedis,
  tlsFiles,
  type TlsFiles,
} from '@deckwatch/testing';

const SERVICES_FOLDER = join(__dirname, '../../../services');

type Part<T extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<T>>;

const PASSWORD = 'a pass phrase for the smoke test';

/**
 * All five services as their users run them, each with its own users at real brokers. Ending it fails when a broker
 * refused something to one of them.
 */
export class Installation {
  private readonly children = new Map<ServiceName, ChildProcess>();
  private readonly key = randomBytes(32).toString('base64');

  private constructor(
    readonly nats: Part<typeof startNats>,
    readonly redis: Part<typeof startRedis>,
    readonly dockerHost: string,
    readonly port: number,
    private readonly folder: string,
    private readonly certified?: TlsFiles,
  ) {}

  /**
   * @param dockerHost the engine's; default: where there is none
   * @param secured whether the brokers speak TLS alone, and with whom they know alone
   */
  static async start(dockerHost = 'unix:///nowhere/docker.sock', secured = false): Promise<Installation> {
    const folder = mkdtempSync(join(tmpdir(), 'dw-smoke-'));
    const certify = secured ? tlsFiles.bind(null, folder, authority()) : () => undefined;
    const tls = certify('127.0.0.1');
    const [nats, redis] = [await startNats({ tls }), await startRedis({ tls })];
    const installation = new Installation(nats, redis, dockerHost, await freePort(), folder, certify('a service'));
    try {
      for (const service of SERVICES) installation.launch(service);
      await installation.becomeReady();
      return installation;
    } catch (error) {
      await installation.stop();
      throw error;
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  becomeReady(): Promise<void> {
    const ready = async () => expect((await fetch(`${this.url}/health/ready`)).status).toBe(200);
    return eventually(ready, { timeoutMs: 40_000, everyMs: 200, describe: 'readiness of all services' });
  }

  launch(service: ServiceName): void {
    const env = {
      PATH: process.env['PATH'],
      ...brokerSettings(service, { nats: this.nats, redis: this.redis }),
      ...(this.certified && tlsSettings(this.certified)),
      DOCKER_HOST: this.dockerHost,
      DECKWATCH_HOST_NAME: 'smoke',
      DECKWATCH_PORT: String(this.port),
      DECKWATCH_DATA: this.folder,
      DECKWATCH_SECRET_KEY: this.key,
      DECKWATCH_ADMIN_PASSWORD: PASSWORD,
      DECKWATCH_LOG_LEVEL: 'warn',
    };
    const script = join(SERVICES_FOLDER, service, 'dist/main.js');
    this.children.set(service, spawn(process.execPath, [script], { env, stdio: 'ignore' }));
  }

  /** What a program does to be let in: signs in, and shows the token that it is given. */
  accessToken(): Promise<string> {
    return accessToken(this.url, PASSWORD);
  }

  async kill(service: ServiceName): Promise<void> {
    const child = this.children.get(service)!;
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  /** Writes a backup into a file of that name, beside the data. */
  backUp(name: string): Promise<unknown> {
    return this.maintain('backup', name);
  }

  /** Everything is lost but the key and that file: from it, all comes back. */
  async loseAllAndRestore(name: string): Promise<void> {
    for (const service of this.children.keys()) await this.kill(service);
    for (const broker of [this.nats, this.redis]) {
      await broker.halt();
      rmSync(broker.storeDir, { recursive: true });
      mkdirSync(broker.storeDir);
      await broker.restart();
    }
    await this.maintain('restore', name);
    for (const service of SERVICES) this.launch(service);
    await this.becomeReady();
  }

  private maintain(act: 'backup' | 'restore', name: string): Promise<unknown> {
    const env = { PATH: process.env['PATH'], NATS_URL: this.nats.url, DECKWATCH_SECRET_KEY: this.key };
    const script = join(SERVICES_FOLDER, '../deploy/local/backup-command.mjs');
    return promisify(execFile)(process.execPath, [script, act, join(this.folder, name)], { env });
  }

  async stop(): Promise<void> {
    for (const service of this.children.keys()) await this.kill(service);
    rmSync(this.folder, { recursive: true, force: true });
    await this.redis.stop();
    await this.nats.stop();
  }
}

const tlsSettings = ({ ca, cert, key }: TlsFiles): Record<string, string> =>
  Object.fromEntries(['NATS', 'REDIS'].flatMap((broker) => [[`${broker}_CA`, ca], [`${broker}_CERT`, cert], [`${broker}_KEY`, key]])); // prettier-ignore
