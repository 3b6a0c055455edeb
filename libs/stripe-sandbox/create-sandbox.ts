import type { AddressInfo } from 'node:net';
import { systemClock, type Clock } from './clock.js';
import type { Context } from './context.js';
import { addControlRoutes } from './control/control-routes.js';
import { Counters } from './control/counters.js';
import { Ledger } from './control/ledger.js';
import { Engine } from './engine.js';
import { Faults } from './faults/faults.js';
import { ensureWebhookEndpoint, type OwnEndpoint } from './nouns/webhook-endpoints/webhook-endpoint.js';
import { type Interceptor, Pipeline, type Observer } from './http/pipeline.js';
import { createServer } from './http/server.js';
import { versionOf } from './http/versions.js';
import { allPages } from './pages/all-pages.js';
import { servePages } from './pages/page-server.js';
import { allRoutes } from './nouns/all-routes.js';
import { emit } from './nouns/reactions.js';
import { noFolder, openDataFolder } from './store/data-folder.js';
import { Store, type AccountSettings } from './store/store.js';
import { WebhookSender } from './webhooks/sender.js';

export interface SandboxOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  host?: string;
  /** More names by which the sandbox is called, such as that of its container; requests to others are refused. */
  hostNames?: readonly string[];
  /** The folder that keeps the state across restarts; without it everything is in memory only. */
  dataDir?: string;
  clock?: Clock;
  /** The API version for requests that name none; the latest by default. */
  apiVersion?: string;
  /** An endpoint that exists from the start, for all types of events if none are given. Its secret is generated once. */
  webhook?: OwnEndpoint;
  /** The account's settings; `sandbox.store.settings` changes them later. */
  settings?: Partial<AccountSettings>;
  /** Makes the random choices of faults and webhook deliveries repeatable. */
  seed?: string;
  /** Called with each request and its reply. */
  observe?: Observer;
  /** Wraps the fault injection: what it returns handles each request first. */
  intercept?: (faults: Interceptor) => Interceptor;
}

/** A running sandbox. */
export interface Sandbox {
  readonly url: string;
  readonly port: number;
  readonly store: Store;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly counters: Counters;
  readonly webhooks: WebhookSender;
  /** The signing secret of the endpoint in the options. */
  readonly webhookSecret: string | undefined;
  /** Runs work that no API request asks for, as one durable unit. */
  run<T>(work: (ctx: Context) => T): T;
  close(): Promise<void>;
}

/** How often due tasks and deliveries are looked for between requests. */
const TICK_MS = 1000;

/**
 * Starts a sandbox; see the README beside this file.
 * @throws StripeFailure for an unknown `apiVersion`
 * @throws JournalError for a data folder that can't be used, or that another sandbox uses
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', dataDir, clock = systemClock, seed = '', observe, webhook } = options;
  const { intercept = (faults) => faults, hostNames = [] } = options;
  const accountVersion = versionOf(options.apiVersion);
  const store = new Store(options.settings);
  const folder = dataDir === undefined ? noFolder : await openDataFolder(dataDir, store);
  const work = { store, clock, emit, accountVersion, persist: folder.append };
  const engine = new Engine(work);
  const run: Sandbox['run'] = (unit) => engine.run(unit);
  const controls = {
    faults: new Faults(seed),
    ledger: new Ledger(store, run),
    counters: new Counters(),
    webhooks: new WebhookSender({ store, clock, run, seed }),
  };
  const pipeline = new Pipeline({
    ...work,
    catchUp: () => engine.catchUp(),
    intercept: intercept(controls.faults.intercept),
    observe,
  });
  const app = createServer(pipeline, allRoutes, new Set([host, ...hostNames]));
  addControlRoutes(app, controls);
  servePages(app, engine, allPages);
  try {
    await app.listen({ port, host });
  } catch (error) {
    await folder.close();
    throw error;
  }
  const { port: boundPort } = app.server.address() as AddressInfo;
  engine.origin = `http://${host}:${boundPort}`;
  const endpoint = webhook && run((ctx) => ensureWebhookEndpoint(ctx, webhook));
  const tick = (): void => {
    try {
      engine.catchUp();
    } catch (error) {
      process.emitWarning(error as Error);
    }
    void controls.webhooks.deliverDue();
  };
  const ticking = setInterval(tick, TICK_MS).unref();
  return {
    url: engine.origin,
    port: boundPort,
    store,
    clock,
    ...controls,
    webhookSecret: endpoint?.secret,
    run,
    async close() {
      clearInterval(ticking);
      controls.faults.clear();
      await Promise.all([app.close(), controls.webhooks.close()]);
      await folder.close();
    },
  };
}
