import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DestinationStream } from 'pino';
import type Stripe from 'stripe';
import type { CallLimits } from '#stripe/fair-queue.js';
import { StripeConnection } from '#stripe/stripe-connection.js';
import { createStripeClient } from '#stripe/stripe-client.js';
import type { Observer } from '#sandbox/http/pipeline.js';
import { createSandbox, type Sandbox } from '#sandbox/create-sandbox.js';
import type { ApiKeyKind } from '../../src/access/api-key.js';
import { ApiKeyAdminService, type ApiKeyRequest } from '../../src/access/api-key-admin.service.js';
import { issueUserToken } from '../../src/access/local-issuer.js';
import { serveMetrics } from '../../src/boot/metrics-server.js';
import type { LoopDelay } from '../../src/metrics/event-loop-delay.js';
import { type Settings, settingsFrom } from '../../src/config/settings.js';
import type { Clock } from '#core/clock.js';
import { DEFAULT_SCOPES } from '#core/scope.js';
import { createApp } from '../../src/create-app.js';
import { NotificationsStore } from '../../src/notifications/notifications.store.js';
import { NotificationsWorker } from '../../src/notifications/notifications.worker.js';
import { OperationsWorker } from '../../src/operations/operations.worker.js';
import { EventWalk } from '../../src/webhooks/event-walk.service.js';
import { EventsStore } from '../../src/webhooks/events.store.js';
import { Caller } from './caller.js';
import { ManualClock } from './manual-clock.js';
import { createTestDatabase } from './postgres.js';

const SANDBOX_KEY = 'sk_test_paydesk';
/** Tests send more requests than a caller would, in a time that stands still. */
const TEST_SETTINGS = {
  LOG_LEVEL: 'warn',
  RATE_LIMITS: 'off',
  CARD_TESTING_BRAKE: 'off',
  EVENTS_WALK_SECONDS: '3600',
  EVENT_LOOP_DELAY_MAX_MS: 'off',
};
const TEST_AUTHOR = { caller: 'operator:test', address: 'test' };

/** What a key has other than by default. */
export type ApiKeyOptions = Partial<Pick<ApiKeyRequest, 'scopes' | 'label' | 'expiresAt'>>;

/** A whole Paydesk: the service over HTTP, its sandbox, its database. */
export interface Paydesk {
  url: string;
  settings: Settings;
  databaseUrl: string;
  sandbox: Sandbox;
  /** Where its metrics are; undefined if `METRICS_PORT` is not set. */
  metricsUrl: string | undefined;
  /** stripe-node on the sandbox, for changes that are made without the service. */
  stripe: Stripe;
  /** The calls to the sandbox so far, by the service and the test, e.g. `POST /v1/customers`. */
  stripeCalls: string[];
  /** The log lines so far, warnings and errors. */
  log: Record<string, unknown>[];
  /** Adds to `log`. */
  logTo: DestinationStream;
  /** A web app with the token of this user. */
  user(userId: string): Promise<Caller>;
  /** A partner's back end. */
  partner(tenant: string, options?: ApiKeyOptions): Promise<Caller>;
  /** An internal service. */
  service(name?: string, options?: ApiKeyOptions): Promise<Caller>;
  /** A caller without a credential. */
  stranger(): Caller;
  /** Resumes the next unfinished operation, as the worker does; false if none is due. */
  resumeNext(): Promise<boolean>;
  /** Walks Stripe's list of events now. */
  walkEvents(): Promise<void>;
  /** Deletes old events, as the worker does. */
  pruneEvents(): Promise<void>;
  /** Attempts the next delivery of a notification, as the worker does; false if none is due. */
  deliverNext(): Promise<boolean>;
  /** Deletes old notifications, as the worker does. */
  pruneNotifications(): Promise<void>;
  close(): Promise<void>;
}

export interface PaydeskOptions {
  /** Environment variables. */
  environment?: Record<string, string>;
  /** The time of the service and of its sandbox. */
  clock?: Clock;
  limits?: CallLimits;
  /** The delay of the event loop, if `EVENT_LOOP_DELAY_MAX_MS` is set: other files use the same loop. */
  loopDelay?: LoopDelay;
  /** Sees each request to the sandbox. */
  observe?: Observer;
}

/** Starts a Paydesk in this process, on its own ports and database. The caller must close it. */
export async function startPaydesk({
  environment = {},
  clock = new ManualClock(),
  limits,
  loopDelay,
  observe,
}: PaydeskOptions = {}): Promise<Paydesk> {
  const dataDir = await mkdtemp(join(tmpdir(), 'paydesk-test-'));
  const settings = settingsFrom({ ...TEST_SETTINGS, DATA_DIR: dataDir, ...environment });
  const database = await createTestDatabase();
  const stripeCalls: string[] = [];
  const sandbox = await createSandbox({
    clock: { nowMs: () => clock.now().getTime() },
    observe: (request, outcome) => {
      stripeCalls.push(`${request.method} ${request.path}`);
      observe?.(request, outcome);
    },
  });
  const { STRIPE_SECRET_KEY: secretKey = SANDBOX_KEY, STRIPE_WEBHOOK_SECRET: webhookSecret } = settings;
  const connection = new StripeConnection(secretKey, sandbox.url, webhookSecret, limits);
  const log: Record<string, unknown>[] = [];
  const logTo = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const app = await createApp(
    { settings, clock, databaseUrl: database.url, stripe: connection, loopDelay },
    logTo,
  );
  await app.listen(0, '127.0.0.1');
  const metrics = await serveMetrics(app, settings);
  const url = await app.getUrl();
  // Tests count the calls to Stripe from here.
  await app.get(EventWalk, { strict: false }).run();
  stripeCalls.length = 0;

  const key = async (kind: ApiKeyKind, name: string, options: ApiKeyOptions = {}) => {
    const request = { kind, name, scopes: DEFAULT_SCOPES, ...options };
    const { secret } = await app.get(ApiKeyAdminService, { strict: false }).create(TEST_AUTHOR, request);
    return secret;
  };
  return {
    url,
    settings,
    databaseUrl: database.url,
    metricsUrl: metrics?.url,
    sandbox,
    stripe: createStripeClient(new StripeConnection(SANDBOX_KEY, sandbox.url)),
    stripeCalls,
    log,
    logTo,
    user: async (userId) => new Caller(url, await issueUserToken(settings, userId, clock.now())),
    partner: async (tenant, options) => new Caller(url, await key('partner', tenant, options)),
    service: async (name = 'shop', options) => new Caller(url, await key('service', name, options)),
    stranger: () => new Caller(url),
    resumeNext: () => app.get(OperationsWorker, { strict: false }).resumeNext(),
    walkEvents: () => app.get(EventWalk, { strict: false }).run(),
    pruneEvents: () => app.get(EventsStore, { strict: false }).prune(),
    pruneNotifications: () => app.get(NotificationsStore, { strict: false }).prune(),
    deliverNext: () => app.get(NotificationsWorker, { strict: false }).deliverNext(),
    async close() {
      await metrics?.stop();
      await app.close();
      await Promise.all([sandbox.close(), database.drop(), rm(dataDir, { recursive: true })]);
    },
  };
}
