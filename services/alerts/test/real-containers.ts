import type { Container, ContainerCreateOptions } from 'dockerode';
import type { Bus } from '@deckwatch/bus';
import {
  ALERTS_RPC,
  ContainerEvent,
  filters,
  subjects,
  type AlertRuleDraft,
  type StatsSweep,
} from '@deckwatch/contracts';
import {
  brokerSettings,
  brokerUser,
  buildService,
  eventually,
  ServiceProcess,
  startEngine,
  startNats,
  startRedis,
  testBus,
  type Engine,
} from '@deckwatch/testing';
import { Outside, startAlerts, type RunningAlerts } from './support.ts';
import { SECRET, WebhookReceiver } from './webhook-receiver.ts';

export const REAL_HOST = 'real';

/** A real engine, its collector in a process of its own, real brokers, this service, and a receiver of notices. */
export class RealContainers {
  readonly receiver = new WebhookReceiver();
  readonly events: ContainerEvent[] = [];
  readonly sweeps: StatsSweep[] = [];
  private readonly parts: { stop(): unknown }[] = [];
  engine!: Engine;
  bus!: Bus;
  outside!: Outside;
  alerts!: RunningAlerts;
  collector!: ServiceProcess;

  async start(): Promise<void> {
    this.engine = await this.begun(startEngine());
    await this.engine.importBusybox();
    const [nats, redis] = [await this.begun(startNats()), await this.begun(startRedis())];
    this.bus = await testBus(nats);
    this.parts.push({ stop: () => this.bus.close() });
    this.listen();
    this.alerts = await this.begun(startAlerts(nats, { redisUrl: brokerUser(redis, 'alerts').url }));
    await eventually(() => this.alerts.supervisor.leading, { timeoutMs: 20_000 });
    const url = await this.receiver.listen();
    this.parts.push({ stop: () => this.receiver.close() });
    const channel = { name: 'pager', type: 'webhook', url, secret: SECRET, allowPrivate: true } as const;
    await this.bus.call('alerts', ALERTS_RPC, 'saveChannel', { channel });
    await this.collect(nats);
  }

  async stop(): Promise<void> {
    for (const part of this.parts.reverse()) await part.stop();
  }

  /** A rule on this host's containers that notifies at once. */
  async rule(id: string, over: Partial<AlertRuleDraft>): Promise<void> {
    const rule = { id, name: id, target: 'container', channels: ['pager'], notify: { groupMs: 0 }, ...over };
    await this.outside.save(rule as AlertRuleDraft);
  }

  async create(name: string, command: string, options: Partial<ContainerCreateOptions> = {}): Promise<Container> {
    return this.engine.docker.createContainer({ name, Image: 'busybox:local', Cmd: ['sh', '-c', command], ...options });
  }

  async run(name: string, command: string, options: Partial<ContainerCreateOptions> = {}): Promise<Container> {
    const container = await this.create(name, command, options);
    await container.start();
    return container;
  }

  /** Waits until the last that was told of a container is that. */
  told(container: { id: string }, event: ContainerEvent['event']): Promise<void> {
    const last = () => this.events.filter(({ id }) => container.id.startsWith(id)).at(-1)?.event;
    return eventually(() => expect(last()).toBe(event), { timeoutMs: 30_000 });
  }

  /** What the receiver was told of a rule on a target, `state name` each. */
  notices(rule: string, name?: string): string[] {
    return this.receiver.received
      .filter(({ message }) => message.rule.id === rule && (name === undefined || message.target.name === name))
      .map(({ message }) => `${message.state} ${message.target.name}`);
  }

  private async collect(nats: { url: string }): Promise<void> {
    const built = await buildService('collector');
    this.parts.push({ stop: () => built.remove() });
    this.collector = new ServiceProcess(built.file, {
      ...brokerSettings('collector', { nats }),
      DOCKER_HOST: this.engine.dockerHost,
      DECKWATCH_HOST_NAME: REAL_HOST,
      DECKWATCH_LOG_LEVEL: 'warn',
    });
    this.collector.start();
    this.parts.push({ stop: () => this.collector.end('SIGKILL') });
    const { index } = this.alerts.supervisor.evaluator.thresholds;
    const known = () => index.hosts.has(REAL_HOST) || Promise.reject(new Error(this.collector.output));
    await eventually(known, { timeoutMs: 30_000, describe: 'the host' });
  }

  private listen(): void {
    this.outside = new Outside(this.bus);
    this.bus.listen(filters.containersOf(REAL_HOST), ContainerEvent, (event) => this.events.push(event));
    this.bus.subscribe(subjects.stats(REAL_HOST), (message) => this.sweeps.push(message.json() as StatsSweep));
  }

  private async begun<T extends { stop(): unknown }>(starting: Promise<T>): Promise<T> {
    const part = await starting;
    this.parts.push(part);
    return part;
  }
}
