import type { Bus } from '@deckwatch/bus';
import { BUCKETS, ContainerEvent, HostRecord, STREAMS, subjects } from '@deckwatch/contracts';
import { readSettings, systemClock, type Log } from '@deckwatch/service-kit';
import { serviceBus, silentLog } from '@deckwatch/testing';
import { Collector } from '../src/collector.ts';
import type { Engine } from '../src/engine/engine.ts';
import { inventoryStream } from '../src/inventory/inventory-stream.ts';
import { COLLECTOR_SETTINGS } from '../src/settings.ts';
import { engineReaderOf, type Source } from '../src/source.ts';
import { fullId } from './fake-engine.ts';

/** A collector on a real broker, with whatever engine a test gives it. */
export class CollectorUnderTest {
  private stopped = false;

  private constructor(
    readonly bus: Bus,
    private readonly collector: Collector,
  ) {}

  static async start(
    url: string,
    engine: Engine,
    settings: Record<string, string | number> = {},
    log: Log = silentLog,
    engineReader: Source['engineReader'] = engineReaderOf(engine, log),
  ): Promise<CollectorUnderTest> {
    const bus = await serviceBus({ url }, 'collector');
    const texts = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
    const collector = await Collector.create({
      settings: readSettings(COLLECTOR_SETTINGS, texts),
      engine,
      engineReader,
      bus,
      stream: inventoryStream(bus),
      keepWords: (words) => bus.js.publish(subjects.lastWords(words.host, words.id), JSON.stringify(words)),
      hosts: await bus.bucket(BUCKETS.hosts, HostRecord),
      onNameLost: () => undefined,
      clock: systemClock,
      log,
    });
    await collector.start();
    return new CollectorUnderTest(bus, collector);
  }

  get host(): string {
    return this.collector.host;
  }

  /** All messages of a container that the stream holds, oldest first. */
  readonly messages = (word = 'web'): Promise<ContainerEvent[]> => this.messagesOf(fullId(word));

  readonly events = async (word = 'web'): Promise<string[]> => (await this.messages(word)).map(({ event }) => event);

  async messagesOf(id: string): Promise<ContainerEvent[]> {
    const subject = subjects.container(this.host, id.slice(0, 12));
    const { name } = STREAMS.CONTAINERS;
    const { state } = await this.bus.jsm.streams.info(name, { subjects_filter: subject });
    const wanted = state.subjects?.[subject] ?? 0;
    const found: ContainerEvent[] = [];
    for (let seq = state.first_seq; found.length < wanted && seq <= state.last_seq; seq += 1) {
      const stored = await this.bus.jsm.streams.getMessage(name, { seq }).catch(() => null);
      if (stored?.subject === subject) found.push(ContainerEvent.parse(stored.json()));
    }
    return found;
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    this.collector.stop();
    await this.bus.close();
  }
}
