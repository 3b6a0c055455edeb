import pg from 'pg';
import { isLoopbackHost } from '../config/origin.js';

/**
 * Whether nobody on the network can read the connection to a PostgreSQL URL or take the server's place: it is on
 * loopback or a Unix socket, or `sslmode=verify-full` is what counts in the URL.
 * https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
export function isVerifiedTransport(url: string): boolean {
  // The driver's own reading of the URL: a `host` parameter replaces its host, and the last `sslmode` counts.
  const { host } = new pg.Client({ connectionString: withoutCertificates(url) });
  const sslMode = new URL(url).searchParams.getAll('sslmode').at(-1);
  return isLoopbackHost(host) || host.startsWith('/') || sslMode === 'verify-full';
}

/** The driver would read the files. */
function withoutCertificates(url: string): string {
  const parsed = new URL(url);
  for (const name of ['sslcert', 'sslkey', 'sslrootcert', 'sslmode']) parsed.searchParams.delete(name);
  return parsed.href;
}
