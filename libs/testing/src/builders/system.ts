import type { ServiceStatus, SystemItem } from '@deckwatch/contracts';
import { A_MOMENT } from './constants.ts';

export function aServiceStatus(over: Partial<ServiceStatus> = {}): ServiceStatus {
  return {
    v: 1,
    t: A_MOMENT,
    service: 'collector',
    instance: 'alpha-1',
    version: '0.1.0',
    startedAt: A_MOMENT - 60_000,
    ready: true,
    parts: {},
    cpu: 0.6,
    rss: 80 * 1024 * 1024,
    stopping: false,
    ...over,
  };
}

type ServiceItem = Extract<SystemItem, { kind: 'service' }>;

/** A service as the topic `system` shows it. */
export function aServiceItem(over: Partial<ServiceItem> = {}): ServiceItem {
  const { v: _version, ...status } = aServiceStatus();
  return { kind: 'service', key: 'service.collector.alpha-1', status: 'up', ...status, ...over };
}
