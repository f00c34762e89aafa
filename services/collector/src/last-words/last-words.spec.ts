import type { ContainerEvent, LastWords } from '@deckwatch/contracts';
import { AN_ID, A_MOMENT, aContainerEvent, eventually, silentLog } from '@deckwatch/testing';
import { LastWordsKeeper } from './last-words.ts';

const MIB = 1024 ** 2;

describe('last words', () => {
  const said: LastWords[] = [];
  const asked: string[] = [];
  let log: () => Promise<Buffer | undefined>;
  const keeperOf = (lines = 40) =>
    new LastWordsKeeper({
      engine: {
        logTail: (id) => {
          asked.push(id);
          return log();
        },
      },
      lines,
      publish: async (words) => said.push(words),
      log: silentLog,
    });
  const sample = (keeper: LastWordsKeeper, n: number, mem: number) =>
    keeper.sample(AN_ID, A_MOMENT + n, { cpu: n, mem, memLimit: 64 * MIB, rx: NaN, tx: 0, rd: 0, wr: 0, pids: 1 });
  const died = (over: Partial<ContainerEvent> = {}) =>
    aContainerEvent({ event: 'died', state: 'exited', exitCode: 137, oomKilled: true, t: A_MOMENT + 99, ...over });

  beforeEach(() => {
    said.length = asked.length = 0;
    log = async () => Buffer.from('starting\nout of luck\n');
  });

  it('hold exit code, limit and peak, the last 60 samples and the last lines', async () => {
    const keeper = keeperOf();
    for (let n = 0; n < 70; n += 1) sample(keeper, n, n === 20 ? 63 * MIB : 10 * MIB);
    keeper.take(died());
    await eventually(() => expect(said).toHaveLength(1));
    const [{ samples, ...words } = { samples: [] as LastWords['samples'] }] = said;
    expect(words).toMatchObject({
      t: A_MOMENT + 99, event: 'died', exitCode: 137, oomKilled: true, memLimit: 64 * MIB, memPeak: 63 * MIB,
      lines: ['starting', 'out of luck'], linesReason: null,
    }); // prettier-ignore
    expect([samples.length, samples[0]!.slice(0, 2), samples.at(-1)!.slice(0, 5)]).toEqual([
      60,
      [A_MOMENT + 10, 10],
      [A_MOMENT + 69, 69, 10 * MIB, 64 * MIB, null],
    ]);
  });

  it('are kept of what dies, runs out of memory or becomes unhealthy, and of nothing else', async () => {
    const keeper = keeperOf();
    for (const event of ['created', 'started', 'stopped', 'died', 'oom', 'unhealthy', 'healthy', 'removed'] as const)
      keeper.take(died({ event }));
    await eventually(() => expect(said.map(({ event }) => event).sort()).toEqual(['died', 'oom', 'unhealthy']));
  });

  it('count the peak of one run', async () => {
    const keeper = keeperOf();
    sample(keeper, 1, 60 * MIB);
    keeper.take(died({ event: 'restarted' }));
    sample(keeper, 2, 5 * MIB);
    keeper.take(died());
    await eventually(() => expect(said).toMatchObject([{ memPeak: 5 * MIB }]));
  });

  it.each<[string, () => Promise<Buffer | undefined>, RegExp]>([
    ['the container is gone', async () => undefined, /gone/],
    ['the engine does not answer', async () => Promise.reject(new Error('ECONNREFUSED')), /not read: ECONNREFUSED/],
  ])('say why there are no lines when %s', async (_name, behave, reason) => {
    log = behave;
    keeperOf().take(died());
    await eventually(() => expect(said).toMatchObject([{ exitCode: 137, lines: [], linesReason: expect.stringMatching(reason) as string }])); // prettier-ignore
  });

  it('ask the engine nothing where lines are switched off', async () => {
    keeperOf(0).take(died());
    await eventually(() => expect(said).toMatchObject([{ lines: [], linesReason: 'switched off on its host' }]));
    expect(asked).toEqual([]);
  });

  it('of many at once are read a few at a time, and the rest told without lines', async () => {
    const open: (() => void)[] = [];
    log = () => new Promise((resolve) => open.push(() => resolve(Buffer.from('x'))));
    const keeper = keeperOf();
    for (let n = 0; n < 200; n += 1) keeper.take(died());
    await eventually(() => expect([open.length, said.length]).toEqual([4, 96]));
    open.forEach((done) => done());
    await eventually(() => expect(said.length).toBe(100));
  });
});
