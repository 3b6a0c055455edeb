import pg from 'pg';
import { isLoopbackHost } from '../config/origin.js';

/**
 * Whether nobody on the network can read the connection to a PostgreSQL URL or impersonate the server: it is on
 * loopback or a Unix socket, or the URL's effective `sslmode` is `verify-full`.
 * https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
export function isVerifiedTransport(url: string): boolean {
  // As the driver parses the URL: a `host` parameter overrides the host, and the last `sslmode` counts.
  const { host } = new pg.Client({ connectionString: withoutCertificates(url) });
  const sslMode = new URL(url).searchParams.getAll('sslmode').at(-1);
  return isLoopbackHost(host) || host.startsWith('/') || sslMode === 'verify-full';
}

/** Without these parameters, because the driver reads the files that they name while it parses the URL. */
function withoutCertificates(url: string): string {
  const parsed = new URL(url);
  for (const name of ['sslcert', 'sslkey', 'sslrootcert', 'sslmode']) parsed.searchParams.delete(name);
  return parsed.href;
}
