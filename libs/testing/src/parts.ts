import { findProgram } from './programs.ts';

/** Real things that tests may need and a machine may lack. */
export const PARTS = ['nats', 'redis', 'engine', 'chromium', 'kubectl', 'compose', 'promtool', 'podman'] as const;
export type Part = (typeof PARTS)[number];
type Environment = Record<string, string | undefined>;

const PROGRAMS: Record<Part, { anyOf: string[][]; get: string }> = {
  nats: { anyOf: [['nats-server']], get: 'apt-get install nats-server' },
  redis: { anyOf: [['redis-server']], get: 'apt-get install redis-server' },
  engine: {
    anyOf: [['dockerd', 'containerd', 'iptables', 'busybox', 'flock']],
    get: 'apt-get install docker.io iptables busybox-static',
  },
  chromium: { anyOf: [['chromium'], ['chromium-browser'], ['google-chrome']], get: 'apt-get install chromium' },
  kubectl: { anyOf: [['kubectl']], get: 'https://kubernetes.io/docs/tasks/tools' },
  compose: { anyOf: [['docker-compose']], get: 'apt-get install docker-compose' },
  podman: {
    anyOf: [['podman', 'conmon', 'runc', 'busybox', 'flock']],
    get: 'apt-get install podman runc busybox-static',
  },
  promtool: { anyOf: [['promtool']], get: 'apt-get install prometheus' },
};

/** Why a part can't be had here, with the line that mends it; undefined: it can. */
export function missingPart(part: Part, env: Environment = process.env): string | undefined {
  const { anyOf, get } = PROGRAMS[part];
  const lacks = anyOf.map((programs) => programs.filter((name) => !findProgram(name, env)));
  if (!lacks.some((names) => names.length === 0)) return `${lacks[0]?.join(', ')} not found: ${get}`;
  if (part !== 'engine' && part !== 'podman') return undefined;
  if (env['DECKWATCH_TEST_ENGINE'] === '1' && process.getuid?.() === 0) return undefined;
  return 'an engine is started only as root with DECKWATCH_TEST_ENGINE=1';
}

/** The parts that must not be missing: DECKWATCH_REQUIRE, comma separated. An unknown name is an error. */
export function requiredParts(env: Environment = process.env): Part[] {
  const names = (env['DECKWATCH_REQUIRE'] ?? '').split(',').map((name) => name.trim()).filter(Boolean); // prettier-ignore
  for (const name of names) {
    if (!(PARTS as readonly string[]).includes(name)) {
      throw new Error(`DECKWATCH_REQUIRE names "${name}"; known parts are ${PARTS.join(', ')}`);
    }
  }
  return names as Part[];
}

export type Verdict = { kind: 'run' } | { kind: 'skip'; why: string } | { kind: 'fail'; why: string };

/** Whether tests that need these parts can run; one that is missing but required is a failure, not a skip. */
export function judgeParts(parts: readonly Part[], env: Environment = process.env): Verdict {
  const required = requiredParts(env);
  const lacking = parts.flatMap((part) => {
    const why = missingPart(part, env);
    return why === undefined ? [] : [{ part, why: `${part}: ${why}` }];
  });
  const hard = lacking.filter(({ part }) => required.includes(part));
  if (hard.length > 0)
    return { kind: 'fail', why: `required part is missing: ${hard.map(({ why }) => why).join('; ')}` };
  if (lacking.length > 0) return { kind: 'skip', why: lacking.map(({ why }) => why).join('; ') };
  return { kind: 'run' };
}

/** The executable of an installed Chromium, or undefined. */
export function chromiumPath(env: Environment = process.env): string | undefined {
  return PROGRAMS.chromium.anyOf.map(([name]) => findProgram(name ?? '', env)?.path).find(Boolean);
}
