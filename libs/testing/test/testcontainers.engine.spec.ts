import { connect } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { describeWith, startTestcontainersEnv, type TestcontainersEnvironment } from '../src/index.ts';

describeWith('engine')('testcontainers on an engine of its own', () => {
  let environment: TestcontainersEnvironment<'nats' | 'redis'>;
  const started: StartedTestContainer[] = [];
  const start = async (image: string, port: number, line: RegExp) => {
    const container = await new GenericContainer(image)
      .withExposedPorts(port)
      .withWaitStrategy(Wait.forLogMessage(line))
      .start();
    started.push(container);
    return container;
  };

  beforeAll(async () => {
    environment = await startTestcontainersEnv(['nats', 'redis']);
  });
  afterAll(async () => {
    await Promise.all(started.map((container) => container.stop()));
    await environment?.stop();
  });

  it('starts a broker of the image made of the own nats-server', async () => {
    const container = await start(environment.images.nats, 4222, /Server is ready/);
    const client = await connect({ servers: `${container.getHost()}:${container.getMappedPort(4222)}` });
    expect(client.info?.jetstream).toBe(true);
    await client.close();
  });

  it('starts a Redis of the image made of the own redis-server', async () => {
    const container = await start(environment.images.redis, 6379, /Ready to accept connections/);
    const client = new Redis(container.getMappedPort(6379), container.getHost());
    await expect(client.ping()).resolves.toBe('PONG');
    await client.quit();
  });

  it('gives the settings back when it stops', async () => {
    await Promise.all(started.splice(0).map((container) => container.stop()));
    await environment.stop();
    expect(process.env['TESTCONTAINERS_RYUK_DISABLED']).toBeUndefined();
  });
});
