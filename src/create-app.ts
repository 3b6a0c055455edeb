import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Logger as Pino, pino } from 'pino';
import { Problem } from '#core/problem.js';
import { EXTERNAL_ID_MAX_LENGTH } from '#core/text.js';
import { setUpDocs } from './api/docs/docs.js';
import { sendClientError } from './api/http/client-error.js';
import { frameworkProblem } from './api/http/framework-problem.js';
import { HttpAdapter } from './api/http/http-adapter.js';
import { acceptJsonOnly } from './api/http/json-body.js';
import { sendProblem } from './api/http/problem.filter.js';
import { raiseRawBodyLimit } from './api/http/raw-body.js';
import { AppModule, type AppOptions } from './app.module.js';
import { NestLogger } from './logging/nest-logger.js';

const BODY_MAX_BYTES = 100 * 1024;
/** A user id of code points that take four bytes of UTF-8, all percent-encoded. */
const PATH_PARAM_MAX_LENGTH = EXTERNAL_ID_MAX_LENGTH * '%F0%9F%99%82'.length;
const CLOSING_POLL_MS = 100;

/** Creates the application, ready to listen. Production and tests use the same one. */
export async function createApp(
  options: AppOptions,
  destination?: pino.DestinationStream,
): Promise<NestFastifyApplication> {
  const log = pino({ level: options.settings.LOG_LEVEL }, destination as pino.DestinationStream);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(options), httpAdapter(log), {
    logger: new NestLogger(log),
    abortOnError: false,
    bodyParser: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  acceptJsonOnly(fastify);
  raiseRawBodyLimit(fastify);
  closeConnectionsOnceIdle(fastify);
  app.useSecurityHeaders({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
  setUpDocs(app);
  return app;
}

function httpAdapter(log: Pino): HttpAdapter {
  return new HttpAdapter({
    loggerInstance: log,
    routerOptions: { maxParamLength: PATH_PARAM_MAX_LENGTH },
    bodyLimit: BODY_MAX_BYTES,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: sendClientError,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(frameworkProblem(error) ?? new Problem('internal-error', {}, error), request, reply),
  });
}

/**
 * On close, Fastify ends only the connections that are idle at that moment. Those that become idle later would keep
 * the process running for as long as a client keeps them open.
 */
function closeConnectionsOnceIdle(fastify: FastifyInstance): void {
  fastify.addHook('preClose', (done) => {
    setInterval(() => fastify.server.closeIdleConnections(), CLOSING_POLL_MS).unref();
    done();
  });
}
