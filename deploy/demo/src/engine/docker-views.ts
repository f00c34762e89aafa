import type { Fleet } from '../simulation/fleet.ts';
import type { ContainerPlan } from '../simulation/plan.ts';
import type { SimulatedContainer } from '../simulation/simulated-container.ts';

/** The fleet in the shapes of the Docker Engine API 1.41. */
export const ENGINE_VERSION = '24.0.0-demo';
export const API_VERSION = '1.41';
/** Marks everything of the demo, wherever it shows. */
export const DEMO_LABEL = 'deckwatch.demo';
/** Beyond any process id of Linux, so that it never names a real process. */
const NO_SUCH_PID = 2 ** 22 + 1;
const NEVER = '0001-01-01T00:00:00Z';

const iso = (t: number): string => (t > 0 ? new Date(t).toISOString() : NEVER);

export function labelsOf({ project, service, name }: ContainerPlan): Record<string, string> {
  if (project === null) return { [DEMO_LABEL]: 'true' };
  return {
    [DEMO_LABEL]: 'true',
    'com.docker.compose.project': project,
    'com.docker.compose.service': service,
    'com.docker.compose.container-number': name.replace(/^.*-/, ''),
    'com.docker.compose.oneoff': 'False',
  };
}

export function versionView(): object {
  return {
    Platform: { Name: 'Deckwatch demo' },
    Version: ENGINE_VERSION,
    ApiVersion: API_VERSION,
    MinAPIVersion: '1.24',
    Os: 'linux',
    Arch: 'amd64',
    KernelVersion: '6.1.0-demo',
    Components: [{ Name: 'Engine', Version: ENGINE_VERSION, Details: { ApiVersion: API_VERSION } }],
  };
}

export function infoView(fleet: Fleet, id: string): object {
  const count = (state: string): number => fleet.containers.filter((container) => container.state === state).length;
  const containers = fleet.containers.length;
  const running = count('running');
  const paused = count('paused');
  return {
    ID: id,
    Name: 'demo',
    Containers: containers,
    ContainersRunning: running,
    ContainersPaused: paused,
    ContainersStopped: containers - running - paused,
    Images: new Set(fleet.containers.map(({ image }) => image)).size,
    Driver: 'overlay2',
    CgroupDriver: 'systemd',
    CgroupVersion: '2',
    NCPU: fleet.cpus,
    MemTotal: fleet.memory,
    OperatingSystem: 'Deckwatch demo (simulated)',
    OSType: 'linux',
    Architecture: 'x86_64',
    KernelVersion: '6.1.0-demo',
    ServerVersion: ENGINE_VERSION,
    DockerRootDir: '/var/lib/docker',
    Labels: [`${DEMO_LABEL}=true`],
  };
}

/** An entry of `GET /containers/json`. */
export function listView(container: SimulatedContainer, t: number): object {
  const { id, image, plan, createdAt, state } = container;
  return {
    Id: id,
    Names: [`/${plan.name}`],
    Image: image,
    ImageID: imageId(image),
    Command: 'run',
    Created: Math.floor(createdAt / 1000),
    Ports: [],
    Labels: labelsOf(plan),
    State: state,
    Status: statusText(container, t),
    HostConfig: { NetworkMode: networkMode(plan) },
    NetworkSettings: { Networks: {} },
    Mounts: [],
  };
}

/** `GET /containers/{id}/json`. */
export function inspectView(container: SimulatedContainer): object {
  const { id, image, plan, createdAt, restarts } = container;
  return {
    Id: id,
    Created: iso(createdAt),
    Path: 'run',
    Args: [],
    Name: `/${plan.name}`,
    Image: imageId(image),
    RestartCount: restarts,
    Driver: 'overlay2',
    Platform: 'linux',
    State: stateView(container),
    HostConfig: {
      NetworkMode: networkMode(plan),
      RestartPolicy: {
        Name: plan.temper === 'batch' || plan.temper === 'abandoned' ? 'no' : 'unless-stopped',
        MaximumRetryCount: 0,
      },
      Memory: plan.profile.memLimit ?? 0,
      NanoCpus: 0,
      CgroupParent: '',
      PidMode: '',
    },
    Config: {
      Hostname: id.slice(0, 12),
      Image: image,
      Labels: labelsOf(plan),
      Env: [],
      ...(plan.healthCheck && { Healthcheck: { Test: ['CMD', 'check'], Interval: 5_000_000_000 } }),
    },
    NetworkSettings: { Networks: {} },
    Mounts: [],
  };
}

function stateView(container: SimulatedContainer): object {
  const { state, running, oomKilled, exitCode, startedAt, finishedAt, health } = container;
  return {
    Status: state,
    Running: running || state === 'restarting',
    Paused: state === 'paused',
    Restarting: state === 'restarting',
    OOMKilled: oomKilled,
    Dead: false,
    Pid: running ? NO_SUCH_PID : 0,
    ExitCode: running ? 0 : exitCode,
    Error: '',
    StartedAt: iso(startedAt),
    FinishedAt: iso(finishedAt),
    ...(health !== null && { Health: { Status: health, FailingStreak: health === 'unhealthy' ? 3 : 0, Log: [] } }),
  };
}

/** One sample of `GET /containers/{id}/stats`; `before` is the one that came before it, or null. */
export function statsView(fleet: Fleet, container: SimulatedContainer, t: number, before: CpuReading | null): object {
  const { id, plan } = container;
  const head = { name: `/${plan.name}`, id };
  if (!container.running)
    return { read: NEVER, preread: NEVER, ...head, cpu_stats: {}, precpu_stats: {}, memory_stats: {} };
  const { rd, wr, rx, tx } = container.counters;
  return {
    read: iso(t),
    preread: before ? iso(before.t) : NEVER,
    ...head,
    num_procs: 0,
    pids_stats: { current: container.pids, limit: 18_446_744_073_709_552_000 },
    blkio_stats: { io_service_bytes_recursive: [blockIo('read', rd), blockIo('write', wr)] },
    cpu_stats: cpuView(cpuReading(fleet, container, t), fleet.cpus),
    precpu_stats: before ? cpuView(before, fleet.cpus) : {},
    memory_stats: memoryView(container),
    ...(plan.network !== 'host' && { networks: { eth0: networkView(rx, tx) } }),
  };
}

export interface CpuReading {
  t: number;
  usageNs: number;
  systemNs: number;
}

export function cpuReading(fleet: Fleet, container: SimulatedContainer, t: number): CpuReading {
  return { t, usageNs: container.counters.cpuNs, systemNs: fleet.systemCpuNs(t) };
}

function cpuView({ usageNs, systemNs }: CpuReading, cpus: number): object {
  const kernel = Math.round(usageNs * 0.2);
  return {
    cpu_usage: { total_usage: usageNs, usage_in_kernelmode: kernel, usage_in_usermode: usageNs - kernel },
    system_cpu_usage: systemNs,
    online_cpus: cpus,
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  };
}

/** Usage holds the page cache, of which the inactive part is not counted as the container's own. */
function memoryView({ mem, pageCache, memLimit }: SimulatedContainer): object {
  return {
    usage: mem + pageCache,
    limit: memLimit,
    stats: { anon: mem, file: pageCache, inactive_file: pageCache, active_file: 0 },
  };
}

const blockIo = (op: string, value: number): object => ({ major: 254, minor: 0, op, value });

function networkView(rx: number, tx: number): object {
  const packets = (bytes: number): number => Math.ceil(bytes / 900);
  return {
    rx_bytes: rx, rx_packets: packets(rx), rx_errors: 0, rx_dropped: 0,
    tx_bytes: tx, tx_packets: packets(tx), tx_errors: 0, tx_dropped: 0,
  }; // prettier-ignore
}

const networkMode = ({ network, project }: ContainerPlan): string =>
  network === 'host' ? 'host' : `${project}_default`;

function imageId(image: string): string {
  return `sha256:${Buffer.from(image).toString('hex').padEnd(64, '0').slice(0, 64)}`;
}

function statusText({ state, startedAt, finishedAt, exitCode, health }: SimulatedContainer, t: number): string {
  const since = (from: number): string => `${Math.max(0, Math.round((t - from) / 1000))} seconds`;
  switch (state) {
    case 'created':
      return 'Created';
    case 'restarting':
      return `Restarting (${exitCode}) ${since(finishedAt)} ago`;
    case 'exited':
      return `Exited (${exitCode}) ${since(finishedAt)} ago`;
    case 'paused':
      return `Up ${since(startedAt)} (Paused)`;
    case 'running':
      return `Up ${since(startedAt)}${health ? ` (${health === 'starting' ? 'health: starting' : health})` : ''}`;
  }
}
