import type { DynamicModule, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { tlsMaterial, type ServiceContext } from '@deckwatch/service-kit';
import { API_PREFIX } from '@deckwatch/contracts';
import compression from 'compression';
import express, { json, type NextFunction, type Request, type Response } from 'express';
import type { DoorPolicy } from './auth/admission.ts';
import { doorHeaders } from './auth/door-headers.ts';
import { hostMiddleware } from './auth/host.middleware.ts';
import { checkJsonBody } from './auth/json-limits.ts';
import { declaredRoutes } from './auth/route-audit.ts';
import { CONTROLLERS } from './rest/rest.module.ts';
import type { GatewaySettings } from './settings.ts';
import { ConsoleAdapter } from './socket/console.adapter.ts';
import { followCertificate } from './follow-certificate.ts';
import { consoleFiles } from './static/console-files.ts';

/** Enough for 1,000 sessions in one ingest request. */
const MAX_BODY = '1mb';
/** Who signs in is not known yet. */
const MAX_AUTH_BODY = '8kb';
const AUTH = `${API_PREFIX}/auth`;

/** What is shorter fits a packet as it is, bytes. */
const LEAST_COMPRESSED = 1024;

/** Builds the HTTP application and listens. */
export async function openGateway(
  context: ServiceContext<GatewaySettings>,
  root: DynamicModule,
  logger: LoggerService,
): Promise<NestExpressApplication> {
  const { settings, log } = context;
  const tls = tlsMaterial('DECKWATCH_TLS', settings);
  const policy: DoorPolicy = {
    bindHost: settings.DECKWATCH_HOST,
    publicOrigins: settings.DECKWATCH_PUBLIC_ORIGINS,
    tls: tls !== undefined,
  };
  declaredRoutes(CONTROLLERS);
  const app = await NestFactory.create<NestExpressApplication>(root, new ExpressAdapter(exactExpress()), {
    logger,
    abortOnError: false,
    bodyParser: false,
    forceCloseConnections: true,
    ...(tls && { httpsOptions: tls }),
  });
  app.set('query parser', 'simple');
  app.disable('x-powered-by');
  app.set('trust proxy', settings.DECKWATCH_TRUSTED_PROXIES);
  app.use(doorHeaders(policy));
  app.use(hostMiddleware(policy));
  app.use('/api', freshAnswers);
  app.use(compression({ threshold: LEAST_COMPRESSED }));
  app.use(consoleFiles(settings.DECKWATCH_CONSOLE_DIR));
  app.use(AUTH, json({ limit: MAX_AUTH_BODY, verify: checkJsonBody }));
  app.use(json({ limit: MAX_BODY, verify: checkJsonBody }));
  app.useWebSocketAdapter(new ConsoleAdapter(app, policy));
  const server = app.getHttpServer() as import('node:http').Server;
  if (tls) followCertificate(server as import('node:https').Server, context);
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  await app.listen(settings.DECKWATCH_PORT, settings.DECKWATCH_HOST);
  log.info('listening', { url: await app.getUrl() });
  return app;
}

/** What looks at a path and what serves it take the same ones for equal. It counts only before the first route. */
function exactExpress(): express.Express {
  return express().set('case sensitive routing', true);
}

/** What the API answers is asked for again each time, a 304 may be the answer; of sign-ins nothing is kept at all. */
function freshAnswers(request: Request, response: Response, next: NextFunction): void {
  response.set('cache-control', request.originalUrl.startsWith(AUTH) ? 'no-store' : 'private, no-cache');
  next();
}
