import { report, type Figures } from '../report.ts';
import { measureCount, measureEvents } from './live.ts';
import { measureMany } from './million.ts';
import { SessionStage } from './stage.ts';

export interface SessionsBench {
  seconds: number;
  /** Changes a second. */
  changes: number;
  /** Sessions that are there, for the part `many`. */
  sessions: number;
  part: 'all' | 'live' | 'many';
  stages: boolean;
  port: number;
}

/** How soon and at what cost sessions of a user's Redis are shown, and what very many of them cost. */
export async function benchSessions(options: SessionsBench): Promise<void> {
  if (options.part !== 'many') {
    const figures = await on(options.port, async (stage) => {
      await stage.start();
      return { ...(await measureEvents(stage, options)), ...(await measureCount(stage, options)) };
    });
    report('sessions', { seconds: options.seconds, changes: options.changes }, figures);
  }
  if (options.part !== 'live') {
    const figures = await on(options.port, (stage) => measureMany(stage, options.sessions));
    report('sessions-many', { sessions: options.sessions }, figures);
  }
}

async function on(port: number, measure: (stage: SessionStage) => Promise<Figures>): Promise<Figures> {
  const stage = await SessionStage.open(port);
  try {
    return await measure(stage);
  } finally {
    await stage.close();
  }
}
