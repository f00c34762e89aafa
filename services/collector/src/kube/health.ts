import type { Health } from '@deckwatch/contracts';
import type { Container, ContainerStatus, Probe } from './pod.ts';

/** What was said of the same run before. */
interface Before {
  health: Health;
}

/**
 * The health of a running container. Kubernetes tells the outcome of readiness probes alone: a failed liveness probe
 * shows as the end that it brings. Null: no readiness probe, so nobody asks. Not ready is `starting` until the probe
 * had the time to fail for good, `unhealthy` afterwards; a pod that is being deleted is not judged any more.
 */
export function healthOf(
  spec: Container | undefined,
  status: ContainerStatus,
  run: { startedAt: number | null; deleting: boolean },
  before: Before | undefined,
  now: number,
): Health {
  if (!spec?.readinessProbe) return null;
  if (run.deleting) return before?.health ?? null;
  if (status.ready) return 'healthy';
  if (status.started === false) return 'starting';
  if (before?.health === 'healthy' || before?.health === 'unhealthy') return 'unhealthy';
  const patience = budgetMs(spec.readinessProbe) + budgetMs(spec.startupProbe);
  return now < (run.startedAt ?? 0) + patience ? 'starting' : 'unhealthy';
}

/** How long a probe may take to fail for good, in milliseconds. */
function budgetMs(probe: Probe | undefined): number {
  if (!probe) return 0;
  return (probe.initialDelaySeconds + probe.periodSeconds * probe.failureThreshold) * 1000;
}
