import { PROFILES, type Profile, type ProfileName } from './profile.ts';

/** How a container of the plan behaves beside its usual load. */
export type Temper =
  | 'steady'
  /** Its health check fails for a while, now and then. */
  | 'flaky'
  /** Ends with exit code 1 now and then, and is started again. */
  | 'crashing'
  /** Its memory grows until the kernel kills it. */
  | 'leaky'
  /** Works at full power now and then, which the whole host feels. */
  | 'rushing'
  /** Runs to its end (exit code 0) again and again. */
  | 'batch'
  /** Replaced by a new version now and then. */
  | 'deployed'
  /** Paused for a while, now and then. */
  | 'paused'
  /** Ended with exit code 1 long ago and was left so. */
  | 'abandoned';

export interface ContainerPlan {
  name: string;
  image: string;
  project: string | null;
  service: string;
  profile: Profile;
  temper: Temper;
  network: 'bridge' | 'host';
  healthCheck: boolean;
}

type Row = [service: string, image: string, profile: ProfileName, temper?: Temper, replicas?: number];

const PROJECTS: Record<string, Row[]> = {
  shop: [
    ['web', 'shop/web:2.14', 'web', 'deployed'],
    ['recommender', 'shop/recommender:0.9', 'model', 'flaky'],
    ['api', 'shop/api:2.14', 'api', 'steady', 2],
    ['db', 'postgres:16', 'database'],
    ['cache', 'redis:7', 'cache'],
  ],
  wiki: [
    ['jobrunner', 'mediawiki:1.43', 'worker', 'crashing'],
    ['app', 'mediawiki:1.43', 'api'],
    ['db', 'mariadb:11', 'database'],
  ],
  pipeline: [
    ['transcoder', 'pipeline/transcoder:5', 'transcoder', 'rushing'],
    ['worker', 'pipeline/worker:5', 'worker', 'leaky'],
    ['export', 'pipeline/export:5', 'batch', 'batch'],
    ['ingest', 'pipeline/ingest:5', 'worker'],
  ],
  lab: [
    ['notebook', 'jupyter/minimal-notebook:latest', 'idle', 'paused'],
    ['scraper', 'lab/scraper:dev', 'idle', 'abandoned'],
  ],
};

/** What is there more often, the more containers are asked for. */
const TENANT: Row[] = [
  ['web', 'tenant/web:7', 'web'],
  ['api', 'tenant/api:7', 'api'],
  ['db', 'postgres:16', 'database'],
  ['cache', 'redis:7', 'cache'],
  ['worker', 'tenant/worker:7', 'worker'],
  ['queue', 'nats:2.10', 'proxy'],
  ['export', 'tenant/export:7', 'batch', 'batch'],
  ['assets', 'nginx:1.27', 'proxy'],
];

const EDGE: ContainerPlan = {
  name: 'edge-proxy',
  image: 'traefik:3',
  project: null,
  service: 'edge-proxy',
  profile: PROFILES.proxy,
  temper: 'steady',
  network: 'host',
  healthCheck: false,
};

const HAS_CHECK: ReadonlySet<string> = new Set(['web', 'api', 'db', 'recommender', 'app']);

function planRow(project: string, [service, image, profile, temper = 'steady', replicas = 1]: Row): ContainerPlan[] {
  return Array.from({ length: replicas }, (_, index) => ({
    name: `${project}-${service}-${index + 1}`,
    image,
    project,
    service,
    profile: PROFILES[profile],
    temper,
    network: 'bridge' as const,
    healthCheck: HAS_CHECK.has(service),
  }));
}

function usualPlan(): ContainerPlan[] {
  const projects = Object.entries(PROJECTS).flatMap(([project, rows]) => rows.flatMap((row) => planRow(project, row)));
  return [...projects, EDGE];
}

export const USUAL_COUNT = usualPlan().length;

/** Those that something happens to come first, so that a small fleet has troubles too. */
const byInterest = (a: ContainerPlan, b: ContainerPlan): number =>
  Number(a.temper === 'steady') - Number(b.temper === 'steady');

/** The fleet's containers: the usual ones, fewer of them, or more with tenants beside them. */
export function planFleet(count: number): ContainerPlan[] {
  const plan = usualPlan();
  if (count < plan.length) return plan.sort(byInterest).slice(0, count);
  for (let tenant = 1; plan.length < count; tenant += 1) {
    const project = `tenant-${String(tenant).padStart(3, '0')}`;
    plan.push(...TENANT.flatMap((row) => planRow(project, row)));
  }
  return plan.slice(0, count);
}

/** The machine that such a fleet would run on: processors, and bytes of memory. */
export function machineFor(plan: readonly ContainerPlan[]): { cpus: number; memory: number } {
  const cpu = plan.reduce((sum, { profile }) => sum + profile.cpu, 0);
  const memory = plan.reduce((sum, { profile }) => sum + profile.mem, 0);
  const cpus = Math.max(4, 4 * Math.ceil(cpu / 100 / 0.45 / 4));
  const gib = 1024 ** 3;
  return { cpus, memory: Math.max(8, 8 * Math.ceil(memory / 0.5 / gib / 8)) * gib };
}
