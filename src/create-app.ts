import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Logger as Pino, pino } from 'pino';
import { setUpDocs } from './api/docs/docs.js';
import { problemOfFramework } from './api/http/framework-problem.js';
import { HttpAdapter } from './api/http/http-adapter.js';
import { sendProblem } from './api/http/problem.filter.js';
import { makeRoomForRawBodies, wantsRawBody } from './api/http/raw-body.js';
import { AppModule, type AppOptions } from './app.module.js';
import { Problem } from '#core/problem.js';
import { NAME_MAX_LENGTH } from '#core/text.js';
import { NestLogger } from './logging/nest-logger.js';

const BODY_MAX_BYTES = 100 * 1024;
/** A user id, all of it percent-encoded. */
const PATH_PARAM_MAX_LENGTH = NAME_MAX_LENGTH * '%40'.length;
const CLOSING_POLL_MS = 100;

/** Makes the application, ready to listen: the same one in production and under test. */
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
  takeJsonOnly(fastify);
  makeRoomForRawBodies(fastify);
  closeOnceAnswered(fastify);
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
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(problemOfFramework(error) ?? new Problem('internal-error', {}, error), request, reply),
  });
}

/**
 * On close Fastify ends the connections that are idle at that moment; one whose request was still to be answered
 * would keep the process up for as long as a client may keep it open.
 */
function closeOnceAnswered(fastify: FastifyInstance): void {
  fastify.addHook('preClose', (done) => {
    setInterval(() => fastify.server.closeIdleConnections(), CLOSING_POLL_MS).unref();
    done();
  });
}

/** Fastify would take plain text too; and an empty body is no body, whatever its media type. */
function takeJsonOnly(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else if (wantsRawBody(request)) done(null, body);
    else void parse(request, body, done);
  });
}
