import type { ContainerDetails } from '@deckwatch/contracts';
import { z } from 'zod';

const MOST = 200;
const MOST_OUTPUT = 2000;
const NANO = 1e9;
const Text = z.string().max(4096).catch('');
const Texts = z.array(Text).catch([]);

const Port = z.object({ HostIp: Text, HostPort: Text });
const Mount = z.object({
  Type: Text,
  Name: Text,
  Source: Text,
  Destination: Text,
  RW: z.boolean().catch(true),
});

/** Read with care, as all of an engine's answers are: what a part lacks is left out or not known. */
const Inspected = z.object({
  Path: Text,
  Args: Texts,
  Mounts: z.array(Mount).catch([]),
  Config: z
    .object({ Env: Texts, ExposedPorts: z.record(z.string(), z.unknown()).catch({}) })
    .catch({ Env: [], ExposedPorts: {} }),
  HostConfig: z
    .object({
      RestartPolicy: z.object({ Name: Text, MaximumRetryCount: z.number().catch(0) }).catch({
        Name: '',
        MaximumRetryCount: 0,
      }),
      Memory: z.number().catch(0),
      NanoCpus: z.number().catch(0),
      CpuQuota: z.number().catch(0),
      CpuPeriod: z.number().catch(0),
    })
    .catch({ RestartPolicy: { Name: '', MaximumRetryCount: 0 }, Memory: 0, NanoCpus: 0, CpuQuota: 0, CpuPeriod: 0 }),
  NetworkSettings: z
    .object({
      Ports: z.record(z.string(), z.array(Port).nullable()).catch({}),
      Networks: z.record(z.string(), z.unknown()).catch({}),
    })
    .catch({ Ports: {}, Networks: {} }),
  State: z
    .object({
      Health: z
        .object({
          Status: Text,
          FailingStreak: z.int().min(0).catch(0),
          Log: z.array(z.object({ Output: z.string().catch('') })).catch([]),
        })
        .nullable()
        .catch(null),
    })
    .catch({ Health: null }),
});
type Inspected = z.output<typeof Inspected>;

/**
 * What people want to know of a container beside its state, from the engine's answer to an inspection. Of environment
 * variables only the names are taken; values that look like secrets in the command or the health check's output are
 * masked. Throws ZodError for what is no container.
 */
export function readDetails(answer: unknown): ContainerDetails {
  const inspected = Inspected.parse(answer);
  const { Path, Args, Mounts, Config, NetworkSettings, State } = inspected;
  const health = State.Health;
  return {
    command: masked([Path, ...Args].join(' ')).slice(0, MOST_OUTPUT),
    ports: portsOf(inspected),
    mounts: Mounts.slice(0, MOST).map(({ Type, Name, Source, Destination, RW }) => ({
      type: Type || 'bind',
      source: Type === 'volume' && Name ? Name : Source,
      target: Destination,
      readOnly: !RW,
    })),
    env: [...new Set(Config.Env.map((line) => line.split('=', 1)[0]!).filter(Boolean))].slice(0, MOST).sort(),
    networks: Object.keys(NetworkSettings.Networks).slice(0, MOST).sort(),
    restartPolicy: restartPolicy(inspected),
    limits: limitsOf(inspected),
    health: health && {
      status: health.Status,
      failingStreak: health.FailingStreak,
      lastOutput: masked(health.Log.at(-1)?.Output ?? '').slice(0, MOST_OUTPUT),
    },
  };
}

/** Every port once for each address that it is published at; exposed ones that are not published without one. */
function portsOf({ Config, NetworkSettings }: Inspected): ContainerDetails['ports'] {
  const specs = new Set([...Object.keys(NetworkSettings.Ports), ...Object.keys(Config.ExposedPorts)]);
  const ports = [...specs].flatMap((spec) => {
    const [, port, protocol = 'tcp'] = /^(\d+)(?:\/(\w+))?$/.exec(spec) ?? [];
    if (port === undefined) return [];
    const published = NetworkSettings.Ports[spec] ?? [];
    const container = Number(port);
    if (published.length === 0) return [{ container, protocol, hostIp: null, hostPort: null }];
    return published.map(({ HostIp, HostPort }) => ({
      container,
      protocol,
      hostIp: HostIp || null,
      hostPort: Number(HostPort) || null,
    }));
  });
  return ports.slice(0, MOST).sort((a, b) => a.container - b.container);
}

function restartPolicy({ HostConfig: { RestartPolicy } }: Inspected): string {
  const { Name, MaximumRetryCount } = RestartPolicy;
  return Name === 'on-failure' && MaximumRetryCount > 0 ? `on-failure, ${MaximumRetryCount} times` : Name || 'no';
}

/** Docker's `--cpus` is NanoCpus; Compose files of old set quota and period. */
function limitsOf({ HostConfig: { Memory, NanoCpus, CpuQuota, CpuPeriod } }: Inspected): ContainerDetails['limits'] {
  const byQuota = CpuQuota > 0 ? CpuQuota / (CpuPeriod || 100_000) : null;
  return { cpus: NanoCpus > 0 ? NanoCpus / NANO : byQuota, memory: Memory > 0 ? Memory : null };
}

const SECRET = /((?:pass(?:word|wd)?|secret|token|api[-_]?key|credentials?)["']?\s*[=:\s]\s*["']?)[^\s"',;]+/gi;
const IN_URL = /(\w+:\/\/[^\s:/@]*:)[^\s@/]+@/g;
const BEARER = /\b(bearer|basic)\s+[\w+/=.~-]{8,}/gi;

/** Text with what looks like a password or a token in it masked; a guard for accidents, not a promise. */
export function masked(text: string): string {
  return text.replace(IN_URL, '$1***@').replace(BEARER, '$1 ***').replace(SECRET, '$1***');
}
