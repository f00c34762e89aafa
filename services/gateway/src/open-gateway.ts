import type { DynamicModule, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { ServiceContext } from '@deckwatch/service-kit';
import compression from 'compression';
import type { NextFunction, Request, Response } from 'express';
import type { DoorPolicy } from './auth/admission.ts';
import { hostMiddleware } from './auth/host.middleware.ts';
import { declaredRoutes } from './auth/route-audit.ts';
import { CONTROLLERS } from './rest/rest.module.ts';
import type { GatewaySettings } from './settings.ts';
import { ConsoleAdapter } from './socket/console.adapter.ts';
import { consoleFiles } from './static/console-files.ts';

/** Enough for 1,000 sessions in one ingest request. */
const MAX_BODY = '1mb';

/** What is shorter fits a packet as it is, bytes. */
const LEAST_COMPRESSED = 1024;

/** Builds the HTTP application and listens. */
export async function openGateway(
  context: ServiceContext<GatewaySettings>,
  root: DynamicModule,
  logger: LoggerService,
): Promise<NestExpressApplication> {
  const { settings, log } = context;
  const policy: DoorPolicy = { bindHost: settings.DECKWATCH_HOST, publicOrigins: settings.DECKWATCH_PUBLIC_ORIGINS };
  declaredRoutes(CONTROLLERS);
  const app = await NestFactory.create<NestExpressApplication>(root, {
    logger,
    abortOnError: false,
    bodyParser: false,
    forceCloseConnections: true,
  });
  app.set('query parser', 'simple');
  app.disable('x-powered-by');
  app.use(hostMiddleware(policy));
  app.use('/api', freshAnswers);
  app.use(compression({ threshold: LEAST_COMPRESSED }));
  app.use(consoleFiles(settings.DECKWATCH_CONSOLE_DIR));
  app.useBodyParser('json', { limit: MAX_BODY, strict: true });
  app.useWebSocketAdapter(new ConsoleAdapter(app, policy));
  const server = app.getHttpServer() as import('node:http').Server;
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  await app.listen(settings.DECKWATCH_PORT, settings.DECKWATCH_HOST);
  log.info('listening', { url: await app.getUrl() });
  return app;
}

/** What the API answers is asked for again each time; a 304 may be the answer. */
function freshAnswers(_request: Request, response: Response, next: NextFunction): void {
  response.set({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' });
  next();
}
