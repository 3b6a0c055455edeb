import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { addCustomers, addOperations, type Postgres } from './postgres.js';
import { type ServerProcess, startProcess } from './start-process.js';
import { AUDIENCE, ISSUER, PARTNER, type Readers, userId } from './users.js';

/** What a server under test is started with. */
export interface Surroundings {
  stripeUrl: string;
  readers: Readers;
  postgres: Postgres;
  /** For files of one run. */
  folder: string;
}

/** A server that was started, and the key with which a partner calls it. */
export interface StartedServer extends ServerProcess {
  apiKey: string;
}

/** A server under test. All of them have the same two routes. */
export interface Contender {
  title: string;
  start(surroundings: Surroundings): Promise<StartedServer>;
}

const runFile = promisify(execFile);

/** One of the servers in `servers/`, which keep everything in memory. */
export function inMemory(title: string, file: string, ...fileArguments: string[]): Contender {
  return {
    title,
    async start({ stripeUrl, readers, folder }) {
      const apiKey = randomBytes(24).toString('base64url');
      const userByToken = Object.fromEntries(readers.tokens.map((token, index) => [token, userId(index)]));
      const sessionsFile = join(folder, 'sessions.json');
      await writeFile(sessionsFile, JSON.stringify({ apiKey, userByToken }));
      const environment = { STRIPE_API_BASE: stripeUrl, SESSIONS_FILE: sessionsFile };
      const program = [join(import.meta.dirname, 'servers', file), ...fileArguments];
      const server = await startProcess(program, environment, { isServer: true });
      return { ...server, apiKey };
    },
  };
}

/**
 * A built Paydesk with everything on, on a database of its own.
 *
 * @param root folder of its checkout
 * @param operations that are in the table already
 * @param settings in place of those that switch everything on
 * @param hasCustomers whether the database has its customers already
 */
export function paydesk(
  title: string,
  root: string,
  {
    operations = 0,
    settings = {},
    hasCustomers = false,
  }: { operations?: number; settings?: Record<string, string>; hasCustomers?: boolean } = {},
): Contender {
  return {
    title,
    async start({ stripeUrl, postgres, folder }) {
      const databaseUrl = await postgres.createDatabase(`bench_${randomUUID().replaceAll('-', '')}`);
      const environment = {
        DATABASE_URL: databaseUrl,
        STRIPE_SECRET_KEY: 'sk_test_bench',
        STRIPE_API_BASE: stripeUrl,
        JWKS_URL: `${stripeUrl}/jwks`,
        JWT_ISSUER: ISSUER,
        JWT_AUDIENCE: AUDIENCE,
        ENCRYPTION_KEY: Buffer.alloc(32, 'bench').toString('base64'),
        DATA_DIR: folder,
        PORT: '0',
        DRAIN_MS: '0',
        // Counted as in production, but nobody is refused.
        RATE_LIMITS: 'read:1000000/1m,write:1000000/1m',
        CARD_TESTING_BRAKE: 'attempts:1000000/1m,setup-intents:1000000/1m',
        EVENT_LOOP_DELAY_MAX_MS: '10000',
        ...settings,
      };
      // Also migrates the database.
      const { stdout } = await runFile(
        process.execPath,
        [join(root, 'dist/bundle/token.js'), 'partner', PARTNER],
        { env: { ...process.env, ...environment }, cwd: folder },
      );
      if (!hasCustomers) await addCustomers(databaseUrl);
      if (operations > 0) await addOperations(databaseUrl, operations);
      const server = await startProcess([join(root, 'dist/bundle/main.js')], environment, { isServer: true });
      return { ...server, apiKey: stdout.trim() };
    },
  };
}
