import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@deckwatch/testing';
import { costOf } from '../process-tree.ts';
import type { Figures } from '../report.ts';
import type { Rounds } from '../rounds.ts';
import { untilReady } from './until-ready.ts';

/** Until what was only needed to start has been collected. */
const REST_MS = 10_000;

/**
 * What `npm start` runs, on data that is kept, with all services and brokers, no engine and no demo. Without npm itself,
 * which would end before what it started.
 */
export async function measureWholeStarts(starts: number, rounds: Rounds): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-start-'));
  try {
    await startOnce(folder);
    for (let turn = 0; turn < starts; turn += 1) rounds.note('npm start', await startOnce(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Started by npm it would end with npm. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('npm_')));
}

async function startOnce(folder: string): Promise<Figures> {
  const port = await freePort();
  const startedAt = performance.now();
  const sinceStart = (): number => performance.now() - startedAt;
  const launcher = spawn(process.execPath, ['deploy/local/start.mjs'], {
    env: {
      ...withoutNpm(process.env),
      DECKWATCH_PORT: String(port),
      DECKWATCH_DATA: join(folder, 'data'),
      DECKWATCH_DEMO: 'off',
      DOCKER_HOST: `unix://${folder}/no-engine.sock`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(launcher, 'exit');
  let firstWordMs: number | undefined;
  launcher.stdout.on('data', (text: Buffer) => {
    if (text.includes('Deckwatch')) firstWordMs ??= sinceStart();
  });
  try {
    await untilReady(`http://127.0.0.1:${port}`, () => launcher.exitCode === null);
    const readyMs = sinceStart();
    await sleep(REST_MS);
    const rss = costOf(launcher.pid!).rss / 1024 / 1024;
    return {
      'ms until its first word': firstWordMs ?? Number.NaN,
      'ms until ready': readyMs,
      'resident MiB of all processes, ten seconds later': rss,
    };
  } finally {
    launcher.kill('SIGTERM');
    await gone;
  }
}
