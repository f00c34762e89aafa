import type { ContainerDetails } from '@deckwatch/contracts';
import type { FleetContainer } from './fleet-container.ts';

const PORTS: Record<string, number> = { web: 8080, api: 3000, db: 5432, cache: 6379, queue: 4222, assets: 80 };

/** What an engine would know of such a container. */
export function detailsOf({ plan, told }: FleetContainer): ContainerDetails {
  const port = PORTS[plan.service];
  const health = told.health;
  return {
    command: `/usr/local/bin/${plan.service} --config /etc/${plan.service}.yaml`,
    ports: port === undefined ? [] : [{ container: port, protocol: 'tcp', hostIp: null, hostPort: null }],
    mounts:
      plan.service === 'db'
        ? [{ type: 'volume', source: `${plan.project}_data`, target: '/var/lib/postgresql/data', readOnly: false }]
        : [],
    env: ['PATH', 'LANG', `${plan.service.toUpperCase()}_LOG_LEVEL`],
    networks: [`${plan.project}_default`],
    restartPolicy: 'unless-stopped',
    limits: { cpus: null, memory: plan.profile.memLimit },
    health: health && { status: health, failingStreak: health === 'unhealthy' ? 3 : 0, lastOutput: 'OK' },
  };
}
