import 'reflect-metadata';
import { hostname } from 'node:os';
import type { DynamicModule, INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Backoff, Bus, faultOf, type Log } from '@deckwatch/bus';
import type { ServiceName } from '@deckwatch/contracts';
import { storageOf } from '@deckwatch/contracts/brokers';
import { skip } from 'rxjs';
import { z } from 'zod';
import { brokerAddress } from './broker-address.ts';
import { systemClock } from './clock.ts';
import type { ServiceContext } from './context.ts';
import { Heartbeat } from './heartbeat.ts';
import { KitModule } from './kit.module.ts';
import { createLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { NestLog } from './nest-log.ts';
import { OpsServer } from './ops-server.ts';
import { Parts } from './parts.ts';
import { readSettings, type COMMON_SETTINGS } from './settings.ts';
import { SettingsError } from './settings-error.ts';
import { Usage } from './usage.ts';
import { VERSION } from './version.ts';

type Common = z.output<z.ZodObject<typeof COMMON_SETTINGS>>;

export interface ServiceDefinition<S extends z.ZodRawShape & typeof COMMON_SETTINGS> {
  service: ServiceName;
  /** COMMON_SETTINGS and the service's own. */
  settings: S;
  /** Throws SettingsError for settings that do not fit together. */
  check?(settings: Readonly<z.output<z.ZodObject<S>>>): void;
  module(context: ServiceContext<Readonly<z.output<z.ZodObject<S>>>>): Type | DynamicModule;
  /** Starts what serves by its own door; default: a Nest context without HTTP. Default-opened: the small ops server. */
  open?(
    context: ServiceContext<Readonly<z.output<z.ZodObject<S>>>>,
    root: DynamicModule,
    logger: NestLog,
  ): Promise<INestApplicationContext>;
}

const STOP_LIMIT_MS = 5000;

/** Runs a service until a signal stops it; a wrong setting ends the process with one line. */
export async function runService<S extends z.ZodRawShape & typeof COMMON_SETTINGS>(
  definition: ServiceDefinition<S>,
): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  try {
    const settings = readSettings(definition.settings, process.env);
    definition.check?.(settings);
    await run(definition, settings, stop.signal);
    process.exit(0);
  } catch (error) {
    if (stop.signal.aborted) process.exit(0);
    process.stderr.write(
      error instanceof SettingsError ? `${error.message}\n` : `${definition.service}: ${faultOf(error)}\n`,
    );
    process.exit(1);
  }
}

async function run<S extends z.ZodRawShape & typeof COMMON_SETTINGS>(
  definition: ServiceDefinition<S>,
  settings: Readonly<z.output<z.ZodObject<S>>>,
  signal: AbortSignal,
): Promise<void> {
  const { service } = definition;
  const common = settings as unknown as Common;
  const log = createLog(service, common.DECKWATCH_LOG_LEVEL);
  const usage = new Usage();
  const parts = new Parts();
  const metrics = new Metrics(service, usage);
  // A service with a door of its own answers there; where the door is for users alone, on a port beside it as well.
  const ops = definition.open && common.DECKWATCH_OPS_PORT === 0 ? undefined : new OpsServer(parts, metrics);
  parts.set('nats', 'not connected yet');
  const opsPort = await ops?.listen(common.DECKWATCH_OPS_PORT, common.DECKWATCH_OPS_HOST);
  const bus = await connected(common, service, log, signal);
  watchBus(bus, parts, metrics);
  const declare = (): Promise<void> => declared(service, bus, log, signal);
  await declare();
  declareAgain(bus, declare);
  const instance = common.DECKWATCH_INSTANCE ?? `${hostname()}-${process.pid}`;
  const context = { service, instance, version: VERSION, settings, bus, log, parts, metrics, clock: systemClock };
  const app = await openService(definition, context);
  const heartbeat = new Heartbeat(bus, { service, instance, version: VERSION, startedAt: Date.now() }, parts, usage);
  heartbeat.start();
  log.info('started', { version: VERSION, instance, ...(opsPort && { opsPort }) });
  await aborted(signal);
  log.info('stopping');
  // Whoever looks before it sends somebody here sends nobody any more.
  parts.set('service', 'stopping');
  setTimeout(() => process.exit(0), STOP_LIMIT_MS).unref();
  heartbeat.stop();
  await app.close();
  await bus.close();
  await ops?.close();
}

function openService<S extends z.ZodRawShape & typeof COMMON_SETTINGS>(
  definition: ServiceDefinition<S>,
  context: ServiceContext<Readonly<z.output<z.ZodObject<S>>>>,
): Promise<INestApplicationContext> {
  const root = { module: class Root {}, imports: [KitModule.for(context), definition.module(context)] };
  const logger = new NestLog(context.log);
  if (definition.open) return definition.open(context, root, logger);
  return NestFactory.createApplicationContext(root, { logger, abortOnError: false });
}

async function connected(common: Common, service: string, log: Log, signal: AbortSignal): Promise<Bus> {
  const late = setTimeout(() => log.warn('waiting for the broker'), 3000);
  try {
    const replicas = common.NATS_REPLICAS;
    return await Bus.connect({ ...brokerAddress(common), name: `deckwatch-${service}`, log, signal, replicas });
  } finally {
    clearTimeout(late);
  }
}

/**
 * The streams and buckets that the service uses are there before it starts; a broker that is still starting is waited
 * for.
 */
async function declared(service: ServiceName, bus: Bus, log: Log, signal: AbortSignal): Promise<void> {
  const { streams, buckets } = storageOf(service);
  const backoff = new Backoff({ baseMs: 200, maxMs: 3000 });
  for (;;) {
    try {
      await bus.ensureStreams(Object.keys(streams), (name) => streams[name] === 'own');
      return await bus.ensureBuckets(Object.keys(buckets), (name) => buckets[name] === 'write');
    } catch (error) {
      log.warn('streams not ready', { fault: faultOf(error) });
      if (!(await backoff.pause(signal))) throw error;
    }
  }
}

/** A broker that came back may have lost its storage. */
function declareAgain(bus: Bus, declare: () => Promise<void>): void {
  bus.status$.pipe(skip(1)).subscribe((status) => {
    if (status === 'up') void declare().catch(() => undefined);
  });
}

function watchBus(bus: Bus, parts: Parts, metrics: Metrics): void {
  bus.status$.subscribe((status) => parts.set('nats', status === 'up' ? null : 'not connected'));
  metrics.gauge('deckwatch_bus_published_messages', 'Messages sent on core NATS', () => bus.counters.published);
  metrics.gauge(
    'deckwatch_bus_dropped_messages',
    'Messages dropped while the broker was away',
    () => bus.counters.dropped,
  );
  metrics.gauge(
    'deckwatch_bus_rejected_messages',
    'Messages that did not fit their schema',
    () => bus.counters.rejected,
  );
  metrics.gauge(
    'deckwatch_bus_refused_operations',
    'Times the broker did not permit what was asked',
    () => bus.counters.refused,
  );
  metrics.gauge('deckwatch_bus_reconnects', 'Times the broker came back', () => bus.counters.reconnects);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
