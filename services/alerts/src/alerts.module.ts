import { randomUUID } from 'node:crypto';
import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CONTEXT, tlsMaterial, type Metrics, type ServiceContext } from '@deckwatch/service-kit';
import { AlertsSupervisor } from './leadership/alerts-supervisor.ts';
import { SecretBox } from '@deckwatch/service-kit';
import type { AlertsSettings } from './settings.ts';

/** Starts the supervisor when Nest starts, ends it when Nest ends. */
@Module({})
export class AlertsModule implements OnModuleInit, OnApplicationShutdown {
  private supervisor?: AlertsSupervisor;

  constructor(@Inject(CONTEXT) private readonly context: ServiceContext<AlertsSettings>) {}

  async onModuleInit(): Promise<void> {
    const { bus, log, clock, parts, instance, settings, metrics } = this.context;
    const { REDIS_URL: redisUrl, DECKWATCH_SECRET_KEY: key } = settings;
    const redisTls = tlsMaterial('REDIS', settings);
    const box = key && new SecretBox(key);
    if (!box) log.warn('DECKWATCH_SECRET_KEY is not set, secrets of channels cannot be kept');
    const holder = `${instance}-${randomUUID()}`;
    this.supervisor = await AlertsSupervisor.start({
      bus,
      log,
      clock,
      parts,
      holder,
      shards: settings.DECKWATCH_ALERT_SHARDS,
      rulesFile: settings.DECKWATCH_RULES_FILE,
      // eslint-disable-next-line no-restricted-syntax -- passwords stand in variables that the file names
      env: process.env,
      redis: { redisUrl, redisTls, box },
    });
    registerMetrics(metrics, this.supervisor);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.supervisor?.stop();
  }
}

function registerMetrics(metrics: Metrics, supervisor: AlertsSupervisor): void {
  const { evaluator, notifications } = supervisor;
  metrics.gauge('deckwatch_alerts_leading', '1 on the instance that answers and notifies', () =>
    Number(supervisor.leading),
  );
  metrics.gauge('deckwatch_alerts_shards', 'Shards that this instance evaluates', () => supervisor.shards.length);
  metrics.gauge('deckwatch_alerts_samples_total', 'Samples evaluated', () => evaluator.thresholds.samples);
  metrics.gauge(
    'deckwatch_alerts_targets',
    'Containers, hosts, services and apps that are known',
    () => evaluator.thresholds.index.size,
  );
  metrics.gauge(
    'deckwatch_alerts_event_series',
    'Containers with events that a rule counts',
    () => evaluator.events.size,
  );
  metrics.gauge(
    'deckwatch_alerts_waiting_transitions',
    'Transitions that are not stored yet',
    () => supervisor.waiting,
  );
  metrics.gauge(
    'deckwatch_alerts_waiting_deliveries',
    'Notices that are not delivered yet',
    () => notifications.ledger.waiting,
  );
}
