import type { AddressInfo } from 'node:net';
import { systemClock, type Clock } from './clock.js';
import { Context } from './context.js';
import { Pipeline, type Interceptor } from './http/pipeline.js';
import { createServer } from './http/server.js';
import { LATEST_VERSION } from './http/versions.js';
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

/** Starts an offline Stripe on loopback; see the README beside this file. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', dataDir, clock = systemClock, intercept } = options;
  const store = new Store();
  const journal = dataDir === undefined ? undefined : new Journal(dataDir, store);
  const persist: Journal['append'] = (changes) => journal?.append(changes);
  const app = createServer(new Pipeline({ store, clock, persist, intercept }), allRoutes);
  await app.listen({ port, host });
  const { port: boundPort } = app.server.address() as AddressInfo;
  const url = `http://${host}:${boundPort}`;
  const cause = { requestId: null, idempotencyKey: null, version: LATEST_VERSION };
  return {
    url,
    port: boundPort,
    store,
    clock,
    run(work) {
      try {
        return work(new Context(store, clock, cause, url));
      } catch (error) {
        store.rollback();
        throw error;
      } finally {
        store.commit(persist);
      }
    },
    async close() {
      await app.close();
      journal?.close();
    },
  };
}
