import type { AlertMessage, Container, Host, SessionEvent } from '@deckwatch/contracts';

export function aContainer(over: Partial<Container> = {}): Container {
  const host = over.host ?? 'atlas';
  const id = over.id ?? 'a1b2c3d4e5f6';
  return {
    v: 1,
    t: 1000,
    host,
    id,
    key: `${host}.${id}`,
    name: 'shop-web-1',
    image: 'shop/web:1.4',
    state: 'running',
    health: null,
    labels: {},
    project: 'shop',
    service: 'web',
    createdAt: 0,
    startedAt: 0,
    restarts: 0,
    exitCode: null,
    oomKilled: null,
    event: 'seen',
    demo: false,
    ...over,
  };
}

export function aHost(over: Partial<Host> = {}): Host {
  return {
    v: 1,
    t: 1000,
    key: over.host ?? 'atlas',
    host: 'atlas',
    cpus: 8,
    cpu: 160,
    cpuPercent: 20,
    mem: 4 * 2 ** 30,
    memPercent: 25,
    memTotal: 16 * 2 ** 30,
    containers: 3,
    running: 2,
    intervalMs: 1000,
    reader: 'cgroup',
    engine: 'up',
    demo: false,
    cost: { cpu: 0.5, rss: 80 * 2 ** 20, engineCpu: 0.1 },
    status: 'up',
    ...over,
  };
}

export function anAlert(over: Partial<AlertMessage> = {}): AlertMessage {
  return {
    v: 1,
    id: 'busy-atlas-1',
    seq: 1,
    change: 'state',
    rule: { id: 'busy', name: 'Host is busy' },
    severity: 'warning',
    target: { kind: 'host', key: 'atlas', name: 'atlas', host: 'atlas' },
    state: 'firing',
    metric: 'cpuPercent',
    value: 92.4,
    threshold: 80,
    since: 1000,
    firedAt: 1000,
    resolvedAt: null,
    t: 1000,
    ack: null,
    silencedBy: [],
    inhibitedBy: null,
    reason: null,
    message: 'atlas uses 92.4 % of its CPU, over 80 %',
    ...over,
  };
}

export function aSessionEvent(over: Partial<SessionEvent> = {}): SessionEvent {
  return {
    v: 1,
    t: Date.now(),
    app: 'shop',
    id: 's1',
    user: 'ana',
    event: 'created',
    reason: 'login',
    active: 1,
    delta: 1,
    attrs: {},
    ...over,
  };
}
