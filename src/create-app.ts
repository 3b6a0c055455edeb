import { setTimeout } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerFactory } from 'fastify';
import { type Logger as Pino, pino } from 'pino';
import { Problem } from '#core/problem.js';
import { EXTERNAL_ID_MAX_LENGTH } from '#core/text.js';
import { setUpDocs } from './api/docs/docs.js';
import { Admission, admitRequests } from './api/http/admission.js';
import { BackPressure, type LoopPressure } from './api/http/back-pressure.js';
import { Connections } from './api/http/connections.js';
import { countRunning } from './api/http/count-running.js';
import { frameworkProblem } from './api/http/framework-problem.js';
import { GoneClients } from './api/http/gone-clients.js';
import { HttpAdapter } from './api/http/http-adapter.js';
import { allowUserOrigins } from './api/http/cors.js';
import { createHttpServer, onClientError } from './api/http/http-server.js';
import { acceptJsonOnly } from './api/http/json-body.js';
import { acceptEmptyForms } from './api/http/form-post.js';
import { forbidCaching } from './api/http/no-store.js';
import { sendProblem } from './api/http/problem.filter.js';
import { limitRawBodies, RawBodies } from './api/http/raw-body.js';
import { observeRequests } from './api/http/observe-requests.js';
import { trackHandlers } from './api/http/request-end.js';
import { answerRequestIds, requestIdOf } from './api/http/request-id.js';
import { RequestLog } from './api/http/request-log.js';
import { RunningRequests } from './api/http/running-requests.js';
import { traceRequests } from './api/http/trace-requests.js';
import { AppModule, type AppOptions } from './app.module.js';
import type { Settings } from './config/settings.js';
import { loadKeyring } from './encryption/load-keyring.js';
import { NestLogger } from './logging/nest-logger.js';
import { redact } from './logging/redact.js';
import { standardOutput } from './logging/standard-output.js';
import { EventLoopDelay } from './metrics/event-loop-delay.js';
import { Metrics } from './metrics/metrics.js';
import { loadTracing } from './tracing/load-tracing.js';

const BODY_MAX_BYTES = 100 * 1024;
/** A user id of code points that take four bytes of UTF-8, all percent-encoded. */
const PATH_PARAM_MAX_LENGTH = EXTERNAL_ID_MAX_LENGTH * '%F0%9F%99%82'.length;
const CLOSING_POLL_MS = 100;
/** How long a request that has begun to arrive may take to arrive completely once the application closes. */
const CLOSING_GRACE_MS = 1000;

/**
 * Creates the application, ready to listen. Production and tests use the same one.
 *
 * @param destination of log lines; standard output by default
 */
export async function createApp(
  options: AppOptions,
  destination?: pino.DestinationStream,
): Promise<NestFastifyApplication> {
  const { settings } = options;
  const log = pino(
    { level: settings.LOG_LEVEL, hooks: { streamWrite: redact } },
    destination ?? (await standardOutput()),
  );
  const keyring = await loadKeyring(settings);
  const requestLog = new RequestLog(keyring);
  const connections = new Connections(settings.REQUEST_TIMEOUT_MS);
  const metrics = settings.METRICS_PORT === undefined ? undefined : new Metrics();
  const loop = loopPressure(options);
  const pressure = new BackPressure({
    loop,
    running: new RunningRequests(settings.STRIPE_CALLS_MAX),
    origins: settings.CORS_ORIGINS,
    onRefused: metrics && ((reason) => metrics.countRefused(reason)),
    warn: (text) => log.warn(text),
  });
  metrics?.reportRunning(() => pressure.runningCount);
  const adapter = httpAdapter(log, requestLog, connections, settings, pressure);
  const tracing = await loadTracing(settings);
  const module = AppModule.forRoot(options, keyring, tracing, metrics);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(log),
    abortOnError: false,
    bodyParser: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  const goneClients = new GoneClients(fastify);
  if (tracing.isOn) traceRequests(fastify, tracing, goneClients);
  answerRequestIds(fastify);
  forbidCaching(fastify);
  requestLog.logAborted(goneClients);
  if (metrics) observeRequests(fastify, metrics, goneClients);
  await allowUserOrigins(fastify, options.settings.CORS_ORIGINS);
  trackHandlers(fastify);
  admitRequests(fastify, app.get(Admission, { strict: false }));
  countRunning(fastify, pressure);
  acceptJsonOnly(fastify);
  acceptEmptyForms(fastify);
  limitRawBodies(fastify, app.get(RawBodies, { strict: false }));
  closeConnectionsOnceIdle(fastify, connections);
  finishBeforeClose(fastify, pressure);
  fastify.addHook('onClose', async () => loop?.delay.stop?.());
  app.useSecurityHeaders({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
  if (settings.servesDocs) setUpDocs(app);
  return app;
}

/** Undefined if the delay of the event loop is no reason to refuse a request. */
function loopPressure({ settings, loopDelay }: AppOptions): LoopPressure | undefined {
  const { loopDelayMaxMs: delayMaxMs } = settings;
  return delayMaxMs === undefined ? undefined : { delay: loopDelay ?? new EventLoopDelay(), delayMaxMs };
}

function httpAdapter(
  log: Pino,
  requestLog: RequestLog,
  connections: Connections,
  settings: Settings,
  pressure: BackPressure,
): HttpAdapter {
  const limits = { requestTimeoutMs: settings.REQUEST_TIMEOUT_MS, maxConnections: settings.MAX_CONNECTIONS };
  const serverFactory: FastifyServerFactory = (handler) =>
    createHttpServer(pressure.guard(handler), connections, limits, (request, parse) =>
      pressure.refuseUnparsed(request, parse),
    );
  return new HttpAdapter({
    serverFactory,
    loggerInstance: log,
    routerOptions: { maxParamLength: PATH_PARAM_MAX_LENGTH },
    bodyLimit: BODY_MAX_BYTES,
    trustProxy: settings.TRUST_PROXY.length > 0 ? [...settings.TRUST_PROXY] : false,
    logController: requestLog,
    genReqId: requestIdOf,
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: onClientError(connections),
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(frameworkProblem(error) ?? new Problem('internal-error', {}, error), request, reply),
  });
}

/**
 * On close, Fastify ends only the connections that are idle at that moment. Those that become idle later, and requests
 * that never arrive completely, would keep the process running for as long as a client keeps them open.
 */
function closeConnectionsOnceIdle(fastify: FastifyInstance, connections: Connections): void {
  fastify.addHook('preClose', (done) => {
    const graceEndMs = performance.now() + CLOSING_GRACE_MS;
    const poll = setInterval(() => {
      fastify.server.closeIdleConnections();
      if (performance.now() >= graceEndMs) connections.closeUnfinished();
    }, CLOSING_POLL_MS);
    // A server that never listened does not emit `close`; the timer must not keep the process running then.
    poll.unref();
    fastify.server.once('close', () => clearInterval(poll));
    done();
  });
}

/** Connections are closed by then, but what was begun for clients that have gone may still need the database. */
function finishBeforeClose(fastify: FastifyInstance, pressure: BackPressure): void {
  fastify.addHook('onClose', async () => {
    while (pressure.runningCount > 0) await setTimeout(CLOSING_POLL_MS);
  });
}
