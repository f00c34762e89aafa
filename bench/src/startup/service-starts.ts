import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerSettings, freePort, startNats, startRedis, type BrokerUser } from '@deckwatch/testing';
import { costOf } from '../process-tree.ts';
import type { Figures } from '../report.ts';
import type { Rounds } from '../rounds.ts';
import { SERVICES, startService, type RunningService } from '../service.ts';
import { untilReady } from './until-ready.ts';

/** Each service alone, one after the other, on brokers that run already. */
export async function measureServiceStarts(starts: number, rounds: Rounds): Promise<void> {
  const [nats, redis] = await Promise.all([startNats(), startRedis()]);
  const folder = mkdtempSync(join(tmpdir(), 'bench-startup-'));
  const common = {
    NODE_ENV: 'production',
    DECKWATCH_DATA: folder,
    DECKWATCH_LOG_LEVEL: 'warn',
    DECKWATCH_SECRET_KEY: randomBytes(32).toString('base64'),
    DECKWATCH_INSTANCE: 'bench',
    DOCKER_HOST: `unix://${folder}/no-engine.sock`,
  };
  const start = async (service: BrokerUser): Promise<{ running: RunningService; figures: Figures }> => {
    const port = await freePort();
    const door = service === 'gateway' ? 'DECKWATCH_PORT' : 'DECKWATCH_OPS_PORT';
    const startedAt = performance.now();
    const running = startService(service, { ...common, ...brokerSettings(service, { nats, redis }), [door]: String(port) }); // prettier-ignore
    await untilReady(`http://127.0.0.1:${port}`, () => running.child.exitCode === null);
    const tookMs = performance.now() - startedAt;
    const { cpuMs, rss } = costOf(running.pid);
    return { running, figures: { 'ms until ready': tookMs, 'ms of CPU until then': cpuMs, 'resident MiB then': rss / 1024 / 1024 } }; // prettier-ignore
  };
  try {
    // The very first start makes streams, buckets and tables; it is not counted.
    for (let turn = 0; turn <= starts; turn += 1) {
      const all: RunningService[] = [];
      try {
        for (const service of SERVICES) {
          const { running, figures } = await start(service);
          all.push(running);
          if (turn > 0) rounds.note(service, figures);
        }
      } finally {
        await Promise.all(all.map((running) => running.stop()));
      }
    }
  } finally {
    await Promise.all([nats.stop(), redis.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}
