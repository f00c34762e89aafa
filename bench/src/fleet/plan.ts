import { chance } from './chance.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** What a container usually needs: CPU in percent of one core, memory in bytes, rates in bytes per second. */
export interface Profile {
  cpu: number;
  mem: number;
  memLimit: number | null;
  rx: number;
  tx: number;
  rd: number;
  wr: number;
  pids: number;
}

export interface Plan {
  name: string;
  image: string;
  project: string | null;
  service: string;
  profile: Profile;
  healthCheck: boolean;
  labels: Record<string, string>;
}

type Row = [service: string, image: string, healthCheck: boolean, profile: Profile];

const profile = (
  cpu: number,
  mem: number,
  limit: number | null,
  io: [number, number, number, number],
  pids: number,
) => {
  const [rx, tx, rd, wr] = io.map((rate) => rate * KIB) as typeof io;
  return { cpu, mem: mem * MIB, memLimit: limit === null ? null : limit * MIB, rx, tx, rd, wr, pids };
};

const SERVICES: Row[] = [
  ['web', 'web:2.14', true, profile(22, 210, 512, [320, 900, 0, 2], 23)],
  ['api', 'api:2.14', true, profile(31, 340, 768, [260, 410, 0, 4], 31)],
  ['db', 'postgres:17', true, profile(18, 980, 2048, [180, 640, 420, 760], 42)],
  ['cache', 'redis:8', false, profile(7, 160, 256, [210, 480, 0, 12], 5)],
  ['worker', 'worker:2.14', false, profile(44, 150, 384, [40, 30, 0, 60], 12)],
  ['queue', 'nats:2.11', false, profile(3, 48, null, [90, 90, 0, 20], 9)],
  ['cron', 'cron:1.3', false, profile(0, 12, 64, [0, 0, 0, 0], 2)],
  ['assets', 'nginx:1.29', true, profile(4, 26, 128, [50, 1200, 30, 0], 5)],
];

const PROJECTS = [
  'shop',
  'wiki',
  'billing',
  'search',
  'media',
  'mail',
  'maps',
  'forum',
  'crm',
  'metrics',
  'auth',
  'lab',
];
const REPLICAS = 2;

/** Compose's labels, which make up most of what a container's inventory weighs. */
function composeLabels(project: string, service: string, number: number, image: string): Record<string, string> {
  const folder = `/srv/${project}`;
  return {
    'com.docker.compose.config-hash': String(project.length * 7 + service.length).padStart(64, 'c0ffee'),
    'com.docker.compose.container-number': String(number),
    'com.docker.compose.depends_on': service === 'web' ? 'api:service_healthy:false' : '',
    'com.docker.compose.oneoff': 'False',
    'com.docker.compose.project': project,
    'com.docker.compose.project.config_files': `${folder}/compose.yaml`,
    'com.docker.compose.project.working_dir': folder,
    'com.docker.compose.service': service,
    'com.docker.compose.version': '2.39.1',
    'org.opencontainers.image.version': image.split(':')[1] ?? 'latest',
  };
}

/**
 * The containers of one host, the same for the same seed: projects of eight services, some with a second replica.
 * No two hosts have a project in common, as each runs its own compose.
 */
export function planHost(seed: number, host: number, hosts: number, count: number): Plan[] {
  const plans: Plan[] = [];
  for (let round = 0; plans.length < count; round += 1) {
    const serial = host + hosts * round;
    const word = PROJECTS[serial % PROJECTS.length]!;
    const project = serial < PROJECTS.length ? word : `${word}-${Math.floor(serial / PROJECTS.length) + 1}`;
    for (const [service, base, healthCheck, profile] of SERVICES) {
      const replicas = chance(seed, serial, service.length) > 0.8 ? REPLICAS : 1;
      for (let number = 1; number <= replicas; number += 1) {
        const image = /^(web|api|worker|cron):/.test(base) ? `${word}/${base}` : base;
        const labels = composeLabels(project, service, number, image);
        plans.push({ name: `${project}-${service}-${number}`, image, project, service, profile, healthCheck, labels });
      }
    }
  }
  return plans.slice(0, count);
}
