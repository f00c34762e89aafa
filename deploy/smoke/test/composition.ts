import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { accessToken, eventually, findProgram, type Engine } from '@deckwatch/testing';

const ROOT = join(__dirname, '../../..');
const IMAGES = ['setup', 'collector', 'sessions', 'alerts', 'history', 'gateway'];
const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const PORT = 18_080;
const run = promisify(execFile);

/** docker-compose.yml as it stands, on images of this workspace as it is built and on this machine's own programs. */
export class Composition {
  private constructor(
    private readonly engine: Engine,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Builds the images; the workspace must be built. */
  static async build(engine: Engine): Promise<Composition> {
    const [nats, redis, proxy, node] = await engine.importImages('nats', 'redis-tools', 'nginx', 'node', 'busybox');
    const env = { PATH: process.env['PATH'], HOME: tmpdir(), DOCKER_HOST: engine.dockerHost, DOCKER_BUILDKIT: '0', COMPOSE_PROJECT_NAME: 'deckwatch', NATS_IMAGE: nats, REDIS_IMAGE: redis, PROXY_IMAGE: proxy, DOCKER_SOCKET: engine.socketPath, DECKWATCH_PORT: String(PORT) }; // prettier-ignore
    const context = mkdtempSync(join(tmpdir(), 'dw-images-'));
    try {
      await run(process.execPath, [join(ROOT, 'deploy/images/collect.mjs'), context]);
      const file = join(ROOT, 'deploy/images/Dockerfile.built');
      for (const name of IMAGES) {
        const args = ['build', '-q', '-f', file, '--build-arg', `BASE_IMAGE=${node}`, '--build-arg', `SERVICE=${name}`];
        await run('docker', [...args, '-t', `deckwatch-${name}:${VERSION}`, context], { env });
      }
    } finally {
      rmSync(context, { recursive: true, force: true });
    }
    return new Composition(engine, env);
  }

  get port(): number {
    return PORT;
  }

  get url(): string {
    return `http://127.0.0.1:${PORT}`;
  }

  /** Bytes of each image, that of the base included. */
  async sizes(): Promise<Record<string, number>> {
    const sizes = IMAGES.map(async (name) => {
      const image = await this.engine.docker.getImage(`deckwatch-${name}:${VERSION}`).inspect();
      return [name, image.Size] as const;
    });
    return Object.fromEntries(await Promise.all(sizes));
  }

  async compose(...args: string[]): Promise<string> {
    const program = findProgram('docker-compose')!.path;
    return (await run(program, args, { cwd: ROOT, env: this.env, maxBuffer: 16 * 1024 * 1024 })).stdout;
  }

  async up(): Promise<void> {
    try {
      await this.compose('up', '-d', '--no-build');
      await this.becomeReady();
    } catch (error) {
      throw new Error(`not up: ${(await this.compose('logs', '--no-color', '--tail', '20')).slice(-8000)}`, {
        cause: error,
      });
    }
  }

  becomeReady(): Promise<void> {
    const ready = async () => expect((await fetch(`${this.url}/health/ready`)).status).toBe(200);
    return eventually(ready, { timeoutMs: 60_000, everyMs: 200, describe: 'readiness of all services' });
  }

  /** As a user gets it. */
  async accessToken(): Promise<string> {
    const password = (await this.compose('exec', '-T', 'gateway', 'cat', '/secrets/admin-password')).trim();
    return accessToken(this.url, password);
  }

  async down(): Promise<void> {
    await this.compose('down', '-v', '-t', '5');
  }
}
