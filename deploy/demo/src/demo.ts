import type { Bus, Log } from '@deckwatch/bus';
import { DEMO_RPC, subjects } from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import { EngineServer } from './engine/engine-server.ts';
import { EventLog, liveOn } from './engine/event-log.ts';
import { labelsOf } from './engine/docker-views.ts';
import { Crowd, type CrowdMessage } from './sessions/crowd.ts';
import { Fleet } from './simulation/fleet.ts';
import { hexDigits } from './simulation/random.ts';

export interface DemoOptions {
  bus: Bus;
  log: Log;
  clock: Clock;
  seed: number;
  containers: number;
  socketPath: string;
  /** Somebody removes the demo: remember it. Who watches it is stopped by whoever started it. */
  onRemoval: () => void;
  /** It is removed: end. */
  onRemoved: () => void;
}

const TICK_MS = 1000;
/** Less than requests wait for their answer. */
const REMOVAL_MS = 1500;

/** The running demo: the simulated engine on its socket, its people on the bus, once a second a step further. */
export class Demo {
  private readonly fleet: Fleet;
  private readonly events: EventLog;
  private readonly server: EngineServer;
  private readonly crowd: Crowd;
  private readonly startedAt: number;
  private timer: ReturnType<Clock['setTimeout']> | undefined;

  constructor(private readonly options: DemoOptions) {
    const { clock, seed, containers } = options;
    this.startedAt = clock.now();
    const fleet = new Fleet({ seed, containers, startedAt: this.startedAt });
    this.fleet = fleet;
    this.events = new EventLog((name) => {
      const container = fleet.find(name);
      return container ? labelsOf(container.plan) : {};
    });
    const engineId = `demo-${hexDigits(seed, 'engine', 24)}`;
    this.server = new EngineServer({ fleet, events: this.events, engineId, now: () => clock.now() });
    this.crowd = new Crowd({ seed, startedAt: this.startedAt });
  }

  async start(): Promise<void> {
    const { bus, log, socketPath, containers } = this.options;
    await this.server.listen(socketPath);
    bus.serve('demo', DEMO_RPC, { stop: () => this.remove() });
    this.plan(this.startedAt + TICK_MS);
    log.info('simulated engine listens', { socketPath, containers });
  }

  /** Its people leave, its engine ends. */
  async stop(): Promise<void> {
    const { clock, bus } = this.options;
    if (this.timer !== undefined) clock.clearTimeout(this.timer);
    this.timer = undefined;
    this.tell(this.crowd.leave(clock.now()));
    await this.server.close();
    await bus.close();
  }

  /** Answers when nobody watches any more, or after a while: what is told of the demo later would bring it back. */
  private async remove(): Promise<Record<string, never>> {
    const { clock, onRemoval, onRemoved } = this.options;
    onRemoval();
    const until = clock.now() + REMOVAL_MS;
    while ((await this.server.connections()) > 0 && clock.now() < until) {
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 50));
    }
    // The answer goes out before the end begins.
    clock.setTimeout(onRemoved, 50);
    return {};
  }

  /** The next step, at its own time whatever the last one took. */
  private plan(at: number): void {
    const { clock } = this.options;
    this.timer = clock.setTimeout(
      () => {
        const now = clock.now();
        liveOn(this.fleet, this.events, now);
        this.server.stats.send(now);
        this.tell(this.crowd.advance(now));
        this.plan(Math.max(at + TICK_MS, now + TICK_MS / 2));
      },
      Math.max(0, at - clock.now()),
    );
  }

  private tell(messages: CrowdMessage[]): void {
    for (const { app, ...message } of messages) this.options.bus.publish(subjects.ingestSessions(app), message);
  }
}
