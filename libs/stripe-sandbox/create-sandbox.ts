import type { AddressInfo } from 'node:net';
import { systemClock, type Clock } from './clock.js';
import type { Context } from './context.js';
import { Engine } from './engine.js';
import { Pipeline, type Interceptor } from './http/pipeline.js';
import { createServer } from './http/server.js';
import { allRoutes } from './routes/all-routes.js';
import { Journal } from './store/journal.js';
import { Store } from './store/store.js';

export interface SandboxOptions {
  /** 0, the default, takes any free one. */
  port?: number;
  host?: string;
  /** Where state survives a restart; without it everything is in memory only. */
  dataDir?: string;
  clock?: Clock;
  intercept?: Interceptor;
}

/** A running sandbox. */
export interface Sandbox {
  readonly url: string;
  readonly port: number;
  readonly store: Store;
  readonly clock: Clock;
  /** Does work of the sandbox's own, not of a request, as one durable unit. */
  run<T>(work: (ctx: Context) => T): T;
  close(): Promise<void>;
}

/** How often time is looked at without a request. */
const TICK_MS = 1000;

/** Starts an offline Stripe on loopback; see the README beside this file. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', dataDir, clock = systemClock, intercept } = options;
  const store = new Store();
  const journal = dataDir === undefined ? undefined : new Journal(dataDir, store);
  const persist: Journal['append'] = (changes) => journal?.append(changes);
  const engine = new Engine(store, clock, persist);
  const catchUp = (): void => engine.catchUp();
  const app = createServer(new Pipeline({ store, clock, persist, catchUp, intercept }), allRoutes);
  await app.listen({ port, host });
  const { port: boundPort } = app.server.address() as AddressInfo;
  engine.origin = `http://${host}:${boundPort}`;
  const ticking = setInterval(catchUp, TICK_MS).unref();
  return {
    url: engine.origin,
    port: boundPort,
    store,
    clock,
    run: (work) => engine.run(work),
    async close() {
      clearInterval(ticking);
      await app.close();
      journal?.close();
    },
  };
}
