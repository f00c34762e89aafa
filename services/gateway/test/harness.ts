import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Bus, Log } from '@deckwatch/bus';
import { KitModule, Metrics, NestLog, Parts, Usage, systemClock, type ServiceContext } from '@deckwatch/service-kit';
import { serviceBus, silentLog } from '@deckwatch/testing';
import { GatewayModule } from '../src/gateway.module.ts';
import { openGateway } from '../src/open-gateway.ts';
import { GATEWAY_SETTINGS, type GatewaySettings } from '../src/settings.ts';
import { readSettings } from '@deckwatch/service-kit';
import type { HubLimits } from '../src/socket/hub.ts';
import { signIn } from './sign-in.ts';
import { ADMIN_PASSWORD, SECRET_KEY, tokens } from './tokens.ts';
import { HUB_LIMITS } from '../src/socket/socket.module.ts';

export interface RunningGateway {
  port: number;
  url: string;
  bus: Bus;
  app: NestExpressApplication;
  context: ServiceContext<GatewaySettings>;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  limits?: Partial<HubLimits>;
  env?: Record<string, string>;
  /** Whether nobody signs in at once; where the door speaks TLS, the test asks by itself. */
  anonymous?: boolean;
  /** Default: nobody reads it. */
  log?: Log;
}

function limitsModule(limits: Partial<HubLimits>) {
  @Module({})
  class LimitsModule {}
  const provider = { provide: HUB_LIMITS, useValue: limits };
  return { module: LimitsModule, global: true, providers: [provider], exports: [provider] };
}

/** The real gateway on a real broker, on a free port. */
export async function startGateway(nats: { url: string }, options: GatewayOptions = {}): Promise<RunningGateway> {
  const bus = await serviceBus(nats, 'gateway');
  const settings = readSettings(GATEWAY_SETTINGS, {
    DECKWATCH_PORT: '0',
    NATS_URL: nats.url,
    DECKWATCH_SECRET_KEY: SECRET_KEY,
    DECKWATCH_ADMIN_PASSWORD: ADMIN_PASSWORD,
    ...options.env,
  });
  const usage = new Usage();
  const { log = silentLog } = options;
  const context = {
    service: 'gateway' as const,
    instance: 'test',
    version: '0.0.0',
    settings,
    bus,
    log,
    parts: new Parts(),
    metrics: new Metrics('gateway', usage),
    clock: systemClock,
  };
  @Module({})
  class Root {}
  const root = { module: Root, imports: [KitModule.for(context), limitsModule(options.limits ?? {}), GatewayModule] };
  const app = await openGateway(context, root, new NestLog(log));
  const { port } = app.getHttpServer().address() as AddressInfo;
  if (!options.anonymous) tokens.set(port, await signIn(port));
  const stop = async (): Promise<void> => {
    await app.close();
    await bus.close();
  };
  return { port, url: `http://127.0.0.1:${port}`, bus, app, context, stop };
}
