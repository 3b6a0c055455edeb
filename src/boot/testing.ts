import 'reflect-metadata';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '#core/clock.js';
import { DEFAULT_SCOPES } from '#core/scope.js';
import type { TestPaydesk, startPaydesk as StartPaydesk } from '../../testing.js';
import type { ApiKeyKind } from '../access/api-key.js';
import { ApiKeyAdminService } from '../access/api-key-admin.service.js';
import { issueUserToken } from '../access/local-issuer.js';
import { settingsFrom } from '../config/settings.js';
import { createApp } from '../create-app.js';
import { bootDatabaseOfMode } from './database.js';
import { listen } from './listen.js';
import { stopAll, type Shutdown } from './stop-on-signal.js';
import { stopApp } from './stop-app.js';
import { bootStripe } from './stripe.js';

/** Tests send more requests than a caller would. */
const TEST_SETTINGS = { LOG_LEVEL: 'warn', RATE_LIMITS: 'off', CARD_TESTING_BRAKE: 'off' };
const AUTHOR = { caller: 'operator:test', address: 'test' };

/** The time of the system, moved. */
class MovedClock extends Clock {
  private movedMs = 0;

  now(): Date {
    return new Date(Date.now() + this.movedMs);
  }

  move(ms: number): void {
    this.movedMs += ms;
  }
}

/** Exported as `paydesk/testing`; testing.d.ts describes it. */
export const startPaydesk: typeof StartPaydesk = async ({ environment = {} } = {}) => {
  const shutdown: Shutdown = { stops: [] };
  try {
    return await boot(environment, shutdown);
  } catch (error) {
    await stopAll(shutdown);
    throw error;
  }
};

async function boot(environment: Readonly<Record<string, string>>, shutdown: Shutdown): Promise<TestPaydesk> {
  const folder = await mkdtemp(join(tmpdir(), 'paydesk-'));
  shutdown.stops.unshift(() => rm(folder, { recursive: true, force: true }));
  // If root runs the tests, PostgreSQL has an account of its own.
  await chmod(folder, 0o755);
  const clock = new MovedClock();
  const settings = settingsFrom({
    ...TEST_SETTINGS,
    // The sandbox sends its events there.
    PORT: String(await freePort()),
    SANDBOX_PORT: '0',
    ...environment,
    DATA_DIR: join(folder, 'data'),
  });
  const database = await bootDatabaseOfMode(settings, () => undefined);
  shutdown.stops.unshift(() => database.stop());
  const stripe = await bootStripe(settings, clock);
  shutdown.stops.unshift(() => stripe.stop());
  const app = await createApp({ settings, clock, databaseUrl: database.url, stripe: stripe.connection });
  shutdown.stops.unshift(() => stopApp(app));
  const url = await listen(app, settings);
  const keyOf = async (kind: ApiKeyKind, name: string) => {
    const admin = app.get(ApiKeyAdminService, { strict: false });
    return (await admin.create(AUTHOR, { kind, name, scopes: DEFAULT_SCOPES })).secret;
  };
  return {
    url,
    stripeUrl: stripe.connection.apiBase ?? '',
    databaseUrl: database.url,
    now: () => clock.now(),
    moveClock: (ms) => clock.move(ms),
    userToken: (userId) => issueUserToken(settings, userId, clock.now()),
    partnerKey: (tenant) => keyOf('partner', tenant),
    serviceKey: (name) => keyOf('service', name),
    close: async () => void (await stopAll(shutdown)),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
