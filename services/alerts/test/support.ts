import type { Bus, Log } from '@deckwatch/bus';
import {
  AlertMessage,
  ALERTS_RPC,
  filters,
  subjects,
  type AlertRuleDraft,
  type ContainerEvent,
  type LastWords,
  type StoredRule,
} from '@deckwatch/contracts';
import { Parts, systemClock, type Clock } from '@deckwatch/service-kit';
import { AN_ID, A_HOST, aContainerEvent, aStatsRow, aStatsSweep, serviceBus, silentLog } from '@deckwatch/testing';
import { AlertsSupervisor } from '../src/leadership/alerts-supervisor.ts';
import { SecretBox } from '@deckwatch/service-kit';

export const KEY = Buffer.alloc(32, 7);
/** Where no Redis listens. */
const NO_REDIS = 'redis://127.0.0.1:1';

export interface RunningAlerts {
  supervisor: AlertsSupervisor;
  bus: Bus;
  parts: Parts;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it without a word, as kill -9 does: its connection is cut, nothing is given back. */
  crash(): Promise<void>;
}

let starts = 0;

/** The real clock, that many milliseconds ahead. */
export function clockAhead(ms: number): Clock {
  return { ...systemClock, now: () => Date.now() + ms };
}

/** The service as its module starts it, on a connection of its own. */
export async function startAlerts(
  nats: { url: string },
  over: {
    redisUrl?: string;
    clock?: Clock;
    log?: Log;
    rulesFile?: string;
    shards?: number;
    onBus?: (bus: Bus) => void;
  } = {},
): Promise<RunningAlerts> {
  const bus = await serviceBus(nats, 'alerts');
  over.onBus?.(bus);
  const parts = new Parts();
  const { redisUrl = NO_REDIS, clock = systemClock, log = silentLog, rulesFile, shards = 1 } = over;
  const holder = `test-${(starts += 1)}`;
  const redis = { redisUrl, box: new SecretBox(KEY) };
  const supervisor = await AlertsSupervisor.start({
    bus,
    log,
    clock,
    parts,
    holder,
    shards,
    rulesFile,
    redis,
  });
  const stop = async () => {
    await supervisor.stop();
    await bus.close();
  };
  const crash = async () => {
    await bus.connection.close();
    await supervisor.stop();
    await bus.close();
  };
  return { supervisor, bus, parts, stop, crash };
}

/** What a collector keeps of a container that died just now. */
export function someLastWords(over: Partial<LastWords> = {}): LastWords {
  return {
    v: 1,
    t: Date.now(),
    host: A_HOST,
    id: AN_ID,
    name: 'web',
    event: 'died',
    exitCode: 1,
    oomKilled: false,
    memLimit: null,
    memPeak: null,
    cols: [],
    samples: [],
    lines: [],
    linesReason: null,
    ...over,
  };
}

/** What the outside does: tells of containers and samples, saves rules, reads the stream. */
export class Outside {
  readonly heard: AlertMessage[] = [];

  constructor(readonly bus: Bus) {
    const tail = bus.tail('ALERTS', {
      from: 0,
      filter: filters.allAlerts,
      onMessage: (item) => this.heard.push(AlertMessage.parse(item.json())),
    });
    tail.start();
  }

  states(ruleId: string): string[] {
    return this.heard.filter((message) => message.rule.id === ruleId).map(({ state }) => state);
  }

  async container(over: Partial<ContainerEvent> = {}): Promise<void> {
    const event = aContainerEvent({ t: Date.now(), ...over });
    await this.bus.js.publish(subjects.container(event.host, event.id), JSON.stringify(event));
  }

  cpu(cpu: number, t = Date.now(), id = AN_ID): void {
    this.bus.publish(subjects.stats(A_HOST), aStatsSweep({ t, rows: [aStatsRow(id, { cpu })] as never }));
  }

  save(rule: AlertRuleDraft, revision?: number): Promise<StoredRule> {
    return this.bus.call('alerts', ALERTS_RPC, 'saveRule', { rule: rule as never, revision });
  }
}
