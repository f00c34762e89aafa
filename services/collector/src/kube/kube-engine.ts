import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { readFileSync } from 'node:fs';
import type { ContainerDetails, ContainerEvent } from '@deckwatch/contracts';
import type { Clock, Log } from '@deckwatch/service-kit';
import type { EngineAddress } from '../engine/engine-address.ts';
import type {
  ContainerFacts,
  Engine,
  EngineEvent,
  EngineInfo,
  EngineStream,
  ListedContainer,
} from '../engine/engine.ts';
import { Identities } from './identities.ts';
import { readPodDetails } from './kube-details.ts';
import { KubeFault, KubeHttp } from './kube-http.ts';
import type { KubeAccess } from './kube-settings.ts';
import { PodList, ServerVersion } from './pod.ts';
import type { PodContainer } from './pod-containers.ts';
import { PodFeed } from './pod-feed.ts';
import { PodStore } from './pod-store.ts';
import { ServiceAccount } from './service-account.ts';

/** What may have become true by time alone is looked at so often. */
const REFRESH_MS = 5000;
const MOST_LOG_BYTES = 1024 * 1024;
/** A container that began so lately is not the one whose end is asked about. */
const JUST_BEGAN_MS = 10_000;
const PATH_FORBIDDEN = 403;

/**
 * One node of a Kubernetes cluster as an engine: its containers from the API server's pods, their figures from the
 * node's kubelet. Nothing but reading: `list` and `watch` on pods, `get` on `nodes/stats`.
 */
export class KubeEngine implements Engine {
  readonly address: EngineAddress;
  readonly kubelet: KubeHttp;
  private readonly account: ServiceAccount;
  private readonly api: KubeHttp;
  private readonly identities = new Identities();
  private readonly store: PodStore;
  private feed: PodFeed | undefined;
  private onEvent: ((event: EngineEvent) => void) | undefined;
  private listed = false;

  constructor(
    private readonly access: KubeAccess,
    private readonly clock: Clock,
    private readonly log: Log,
    steady: () => number = () => performance.now(),
  ) {
    const account = (this.account = new ServiceAccount(access.accountFolder, steady));
    this.address = { kind: 'kubernetes', server: access.api, node: access.node };
    this.api = new KubeHttp({ base: access.api, account, ca: () => account.ca });
    const { kubeletCa } = access;
    const ca = kubeletCa === undefined ? () => account.ca : () => readFileSync(kubeletCa, 'utf8');
    this.kubelet = new KubeHttp({ base: access.kubelet, account, ca, insecure: access.kubeletInsecure });
    this.store = new PodStore(this.identities, clock.now, (event) => this.onEvent?.(event));
  }

  /** Containers keep the ids under which they were stored. */
  restore(messages: Iterable<ContainerEvent>): void {
    this.identities.restore(messages);
  }

  /** How a container stands now, by its short id. */
  container(id: string): PodContainer | undefined {
    return this.store.container(id);
  }

  async ping(timeoutMs?: number): Promise<void> {
    await this.version(timeoutMs);
  }

  async info(timeoutMs?: number): Promise<EngineInfo> {
    const version = await this.version(timeoutMs);
    const { node } = this.access;
    return {
      id: `kubernetes:${this.account.cluster}:${node}`,
      name: node,
      version,
      cpus: cpus().length || 1,
      memTotal: null,
      kernel: null,
      time: null, // the times of containers are the node's own
      labels: [],
    };
  }

  async list(): Promise<ListedContainer[]> {
    this.mustBeListed();
    return [...this.store.containers].map(({ facts: { id, name, state, health } }) => ({ id, name, state, health }));
  }

  async inspect(id: string): Promise<ContainerFacts | undefined> {
    this.mustBeListed();
    return this.store.container(id)?.facts;
  }

  async details(id: string, timeoutMs?: number): Promise<ContainerDetails | undefined> {
    const one = this.store.container(id);
    if (!one) return undefined;
    // A list of one: to get a pod by its name would be one more right.
    const query = new URLSearchParams({ fieldSelector: `metadata.name=${one.pod}`, limit: '1' });
    const path = `/api/v1/namespaces/${encodeURIComponent(one.namespace)}/pods?${query}`;
    const [pod] = PodList.parse(await this.api.json(path, timeoutMs)).items ?? [];
    const details = pod === undefined ? undefined : readPodDetails(pod, one.container);
    const { health } = one.facts;
    return details && { ...details, health: health && { status: health, failingStreak: 0, lastOutput: '' } };
  }

  async logTail(id: string, lines: number, timeoutMs?: number): Promise<Buffer | undefined> {
    const one = this.store.container(id);
    if (!one) return undefined;
    const { startedAt, state, restartCount } = one.facts;
    const young = state === 'running' && this.clock.now() - (startedAt ?? 0) < JUST_BEGAN_MS;
    const query = new URLSearchParams({ container: one.container, tailLines: String(lines) });
    if (young && restartCount > 0) query.set('previous', 'true');
    const [namespace, pod] = [one.namespace, one.pod].map(encodeURIComponent);
    try {
      return await this.api.text(`/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`, timeoutMs, MOST_LOG_BYTES);
    } catch (error) {
      if (!(error instanceof KubeFault) || error.status !== PATH_FORBIDDEN) throw error;
      throw new KubeFault('Kubernetes permits it with `get` on `pods/log` only', error.status);
    }
  }

  async events(sinceMs: number, onEvent: (event: EngineEvent) => void): Promise<EngineStream> {
    this.feed?.close();
    const { store, log, api } = this;
    // What was before this process began is told from `sinceMs` on, as an engine tells its past events.
    this.onEvent = this.listed ? onEvent : (event) => event.t > sinceMs && onEvent(event);
    const feed = (this.feed = new PodFeed({
      http: api,
      node: this.access.node,
      log,
      onList: (items) => store.replace(items),
      onPut: (item) => store.put(item),
      onRemove: (item) => store.remove(item),
    }));
    await feed.start();
    this.onEvent = onEvent;
    this.listed = true;
    const stop = this.refreshing();
    void feed.ended.then(stop);
    return { close: () => feed.close(), ended: feed.ended };
  }

  /** Figures come from the kubelet for all containers at once. */
  stats(): Promise<never> {
    return Promise.reject(new Error('a kubelet has no stats of single containers'));
  }

  close(): void {
    this.feed?.close();
    this.api.close();
    this.kubelet.close();
  }

  private refreshing(): () => void {
    let timer: object | number | undefined;
    const wait = (): void => {
      timer = this.clock.setTimeout(() => {
        this.store.refresh();
        wait();
      }, REFRESH_MS);
    };
    wait();
    return () => this.clock.clearTimeout(timer);
  }

  private mustBeListed(): void {
    if (!this.listed) throw new Error('the pods are not listed yet');
  }

  /** Null where the cluster does not tell everybody its version. */
  private async version(timeoutMs?: number): Promise<string | null> {
    try {
      return ServerVersion.parse(await this.api.json('/version', timeoutMs)).gitVersion;
    } catch (error) {
      if (error instanceof KubeFault && error.status === PATH_FORBIDDEN) return null;
      throw error;
    }
  }
}
