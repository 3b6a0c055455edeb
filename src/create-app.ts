import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger as Pino, pino } from 'pino';
import { setUpDocs } from './api/docs/docs.js';
import { AppModule, type AppOptions } from './app.module.js';
import { NestLogger } from './nest-logger.js';

const BODY_MAX_BYTES = 100 * 1024;

/** Makes the application, ready to listen: the same one in production and under test. */
export async function createApp(
  options: AppOptions,
  destination?: pino.DestinationStream,
): Promise<NestFastifyApplication> {
  const log = pino({ level: options.settings.LOG_LEVEL }, destination as pino.DestinationStream);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(options), fastifyAdapter(log), {
    logger: new NestLogger(log),
    abortOnError: false,
    bodyParser: false,
  });
  // JSON is the only body there is: Fastify would take plain text too.
  app.getHttpAdapter().getInstance().removeContentTypeParser('text/plain');
  app.useSecurityHeaders({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
  setUpDocs(app);
  return app;
}

function fastifyAdapter(log: Pino): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: log,
    bodyLimit: BODY_MAX_BYTES,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    forceCloseConnections: 'idle',
  });
}
