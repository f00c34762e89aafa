import { LastWords, STREAMS, subjects } from '@deckwatch/contracts';
import { describeWith, eventually } from '@deckwatch/testing';
import { RealHost } from './real-host.ts';

describeWith('engine', 'nats')('last words of real containers', () => {
  let host: RealHost;

  beforeAll(async () => {
    host = await RealHost.start();
    await host.watch();
  }, 120_000);
  afterAll(() => host?.stop(), 60_000);

  it.each([
    ['without a terminal', false],
    ['with a terminal', true],
  ])('hold what it wrote to both outputs, %s', async (_name, Tty) => {
    const script = 'echo {\\"level\\":\\"info\\"}; sleep 1.5; echo password=hunter2 >&2; exit 3';
    const container = await host.run(Tty ? 'tty' : 'plain', script, { Tty });
    const words = (await eventually(
      async () => {
        const query = { last_by_subj: subjects.lastWords('real', container.id.slice(0, 12)) };
        const message = await host.bus.jsm.streams.getMessage(STREAMS.LAST_WORDS.name, query).catch(() => null);
        return message ? LastWords.parse(message.json()) : false;
      },
      { timeoutMs: 20_000 },
    )) as LastWords;
    expect(words).toMatchObject({ event: 'died', exitCode: 3, linesReason: null });
    expect(words.lines).toEqual(['{"level":"info"}', 'password=***']);
  });
});
