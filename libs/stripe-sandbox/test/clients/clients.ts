import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { ManualClock } from '../../clock.js';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../create-sandbox.js';
import { TEST_KEY } from '../support.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Set by postgres-global-setup.ts. */
    postgresUrl: string;
  }
}

/** Where scripts/test-clients.sh installs the packages. */
export const FOLDER = resolve('.data/sandbox-clients');

const { resolve: resolvePackage } = createRequire(resolve(FOLDER, 'package.json'));

/** The exports of an installed package. */
export async function loadPackage<T>(name: string): Promise<T> {
  if (!existsSync(FOLDER)) throw new Error('Run `npm run test:clients`, which installs the packages.');
  return (await import(pathToFileURL(resolvePackage(name)).href)) as T;
}

type AnyStripe = new (key: string, config: object) => unknown;

/** The stripe-node that an installed package uses, pointed at the sandbox. */
export async function installedStripe(
  sandbox: Sandbox,
  config: object = {},
  user = 'stripe',
): Promise<unknown> {
  const file = createRequire(resolvePackage(user)).resolve('stripe');
  const { default: Stripe } = (await import(pathToFileURL(file).href)) as { default: AnyStripe };
  const address = { host: '127.0.0.1', port: sandbox.port, protocol: 'http' };
  return new Stripe(TEST_KEY, { ...address, maxNetworkRetries: 0, telemetry: false, ...config });
}

/** A sandbox at the real time, by which packages check signatures. It is closed when the test ends. */
export async function openSandbox(options: Omit<SandboxOptions, 'clock'> = {}) {
  const clock = new ManualClock(Date.now());
  const sandbox = await createSandbox({ ...options, clock });
  onTestFinished(() => sandbox.close());
  return { sandbox, clock };
}

/** An empty database, which is dropped when the test ends. */
export async function openDatabase(): Promise<string> {
  const server = inject('postgresUrl');
  const name = `clients_${randomUUID().replaceAll('-', '')}`;
  const execute = async (statement: string) => {
    const client = new pg.Client(server);
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  // Supabase's migrations need it.
  await execute('do $$ begin create role postgres; exception when others then null; end $$');
  await execute(`create database ${name} template template0`);
  // Not by force: a pool of pg's has ended before its connections have, and one that is terminated then is an uncaught error.
  // PostgreSQL waits for them.
  onTestFinished(() => execute(`drop database ${name}`));
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}
