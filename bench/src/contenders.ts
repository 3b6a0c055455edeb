import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
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

/** How a Paydesk differs from one with everything on. */
export interface PaydeskOptions {
  /** How many are in the table already. */
  operations?: number;
  /** In place of those that switch everything on. */
  settings?: Record<string, string>;
  /** Whether the database has its customers already. */
  hasCustomers?: boolean;
  /** Whether it sends traces, to the stub. */
  hasTraces?: boolean;
  /** Makes the folder of its bundle; by default `dist/bundle` of the checkout. */
  bundle?: (root: string) => string;
}

/**
 * A built Paydesk with everything on but traces, on a database of its own.
 *
 * @param root folder of its checkout
 */
export function paydesk(
  title: string,
  root: string,
  {
    operations = 0,
    settings = {},
    hasCustomers = false,
    hasTraces = false,
    bundle = bundleOf,
  }: PaydeskOptions = {},
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
        ...(hasTraces && { OTEL_EXPORTER_OTLP_ENDPOINT: stripeUrl }),
        ...settings,
      };
      // Also migrates the database.
      const { stdout } = await runFile(
        process.execPath,
        [join(bundleOf(root), 'token.js'), 'partner', PARTNER],
        { env: { ...process.env, ...environment }, cwd: folder },
      );
      if (!hasCustomers) await addCustomers(databaseUrl);
      if (operations > 0) await addOperations(databaseUrl, operations);
      const program = [...optionsOfStart(root), join(bundle(root), 'main.js')];
      const server = await startProcess(program, environment, { isServer: true });
      return { ...server, apiKey: stdout.trim() };
    },
  };
}

/** Node's options in `npm start`. */
function optionsOfStart(root: string): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start.match(/--\S+/g) ?? [];
}

function bundleOf(root: string): string {
  return join(root, 'dist/bundle');
}
