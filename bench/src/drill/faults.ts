import { setTimeout as sleep } from 'node:timers/promises';
import { HOSTS, type Formation } from './formation.ts';

/** How long a killed part stays away: a second instance, or a supervisor that starts it again. */
const AWAY_MS = 8000;
const SUPERVISED_MS = 1000;
/** How long everything else goes on: longer than brokers are missed (6 s) and leases last. */
const LASTS_MS = 20_000;
const SLOW_MS = 200;
/** What is allowed to be silent: state topics and answers; log topics while another takes over; a broker's log topics. */
const KILLED_MS = { state: 3000, takenOver: 5000, brokerLog: 15_000 };
/** From the end of another fault, until all flows again. */
const RECOVERED_MS = 10_000;
const BROKER_RECOVERED_MS = 15_000;

export const KINDS = ['kill', 'cut', 'delay', 'full', 'clock-forward', 'clock-back'] as const;
export type Kind = (typeof KINDS)[number];

/** What one part suffers. */
export interface Fault {
  /** `cut:gateway-1`. */
  name: string;
  part: string;
  lastsMs: number;
  /** Before the drill looks on. */
  prepare?(): Promise<void>;
  begin(): Promise<void> | void;
  end(): Promise<void> | void;
  /** The longest silence that is allowed, milliseconds: of log topics, and of the others. */
  allowed: { log: number; state: number };
  /** From its end until all flows again. */
  recoversMs: number;
}

/** All faults of a formation in the order in which they are tried. */
export function faultsOf(formation: Formation): Fault[] {
  const { servers } = formation.nats;
  const services = formation.names;
  const each = services.filter((name) => name !== 'drill-b' && name !== 'drill-c');
  const withClock = each.filter((name) => name !== 'history' && !name.endsWith('-2'));
  return [
    ...[...services, ...servers.keys()].map((part) => killOf(formation, part)),
    ...[...each, ...servers.keys()].map((part) => networkFault(formation, 'cut', part)),
    ...[...each.filter((name) => !name.endsWith('-2')), 'server-0'].map((part) =>
      networkFault(formation, 'delay', part),
    ),
    ...[...formation.disks.keys()].map((part) => fullDisk(formation, part)),
    ...withClock.flatMap((part) => [movedClock(formation, 'forward', part), movedClock(formation, 'back', part)]),
  ];
}

/**
 * Those that are asked for, comma separated: `gateway-1` (its death), `cut` (all of a kind), `delay:server-0`.
 * Throws what there is where a word means none.
 */
export function chosen(faults: readonly Fault[], only: string): Fault[] {
  if (only === '') return [...faults];
  const words = only.split(',').map((word) => word.trim());
  const means = (word: string, { name, part }: Fault) => name === word || name.startsWith(`${word}:`) || name === `kill:${part}` && part === word; // prettier-ignore
  for (const word of words) {
    if (!faults.some((fault) => means(word, fault))) throw new Error(`--only ${word}: there are ${faults.map(({ name }) => name).join(', ')}`); // prettier-ignore
  }
  return faults.filter((fault) => words.some((word) => means(word, fault)));
}

function killOf(formation: Formation, part: string): Fault {
  const server = formation.nats.servers.get(part);
  return {
    name: `kill:${part}`,
    part,
    lastsMs: HOSTS.includes(part) || part === 'history' ? SUPERVISED_MS : AWAY_MS,
    begin: () => (server ? server.end('SIGKILL') : formation.kill(part)),
    end: () => (server ? server.start() : formation.start(part)),
    allowed: { log: server ? KILLED_MS.brokerLog : KILLED_MS.takenOver, state: KILLED_MS.state },
    recoversMs: server ? BROKER_RECOVERED_MS : RECOVERED_MS,
  };
}

/** Who is cut off says nothing for as long as that; who only waits for answers longer goes on. */
function networkFault({ links, nats }: Formation, kind: 'cut' | 'delay', part: string): Fault {
  const recoversMs = nats.servers.has(part) ? BROKER_RECOVERED_MS : RECOVERED_MS;
  const longest = LASTS_MS + recoversMs;
  return {
    name: `${kind}:${part}`,
    part,
    lastsMs: LASTS_MS,
    begin: () => (kind === 'cut' ? links.cut(part) : links.slow(part, SLOW_MS)),
    end: () => links.mend(part),
    allowed: kind === 'cut' ? { log: longest, state: longest } : { log: recoversMs, state: recoversMs },
    recoversMs,
  };
}

/** A broker whose disk is full may end by itself; a supervisor starts it again, with room. */
function fullDisk(formation: Formation, part: string): Fault {
  const disk = formation.disks.get(part)!;
  const server = formation.nats.servers.get(part);
  return {
    name: `full:${part}`,
    part,
    lastsMs: LASTS_MS,
    begin: () => disk.fill(),
    end: async () => {
      await disk.empty();
      await server?.end('SIGTERM');
      await server?.start();
    },
    allowed: { log: LASTS_MS + BROKER_RECOVERED_MS, state: LASTS_MS + BROKER_RECOVERED_MS },
    recoversMs: BROKER_RECOVERED_MS,
  };
}

/** It is forward, or back, for a while, and then right again: two jumps. */
function movedClock(formation: Formation, way: 'forward' | 'back', part: string): Fault {
  return {
    name: `clock-${way}:${part}`,
    part,
    lastsMs: LASTS_MS,
    prepare: async () => {
      await formation.giveClock(part, way);
      // Of two the other one leads by now: it gives the work back.
      const twin = part.replace(/-1$/, '-2');
      if (twin !== part) await formation.renew(twin);
      await sleep(AWAY_MS);
    },
    begin: () => formation.jump(part),
    end: () => formation.jump(part),
    allowed: { log: RECOVERED_MS, state: RECOVERED_MS },
    recoversMs: RECOVERED_MS,
  };
}
