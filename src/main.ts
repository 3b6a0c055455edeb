import 'reflect-metadata';
import { SystemClock } from '#core/clock.js';
import { localSigningKey } from './access/local-issuer.js';
import { banner } from './boot/banner.js';
import { bootDatabaseOfMode } from './boot/database.js';
import { drainApp } from './boot/drain-app.js';
import { listen } from './boot/listen.js';
import { serveMetrics } from './boot/metrics-server.js';
import { refuseArguments } from './boot/refuse-arguments.js';
import { exitOnError } from './boot/exit-on-error.js';
import { bootStripe } from './boot/stripe.js';
import { stopApp } from './boot/stop-app.js';
import { type Shutdown, stopAll, stopOnSignal } from './boot/stop-on-signal.js';
import { withSettingError } from './boot/with-setting-error.js';
import { loadSafeSettings } from './config/load-settings.js';
import type { Settings } from './config/settings.js';
import { createApp } from './create-app.js';
import { loadKeyring } from './encryption/load-keyring.js';

async function main(): Promise<void> {
  refuseArguments('npm start');
  const settings = loadSafeSettings();
  const shutdown: Shutdown = { stops: [] };
  stopOnSignal(shutdown);
  try {
    await boot(settings, shutdown);
  } catch (error) {
    await stopAll(shutdown);
    throw error;
  }
}

async function boot(settings: Settings, shutdown: Shutdown): Promise<void> {
  await withSettingError('DATA_DIR', () => loadKeyring(settings));
  if (!settings.JWKS_URL) await withSettingError('DATA_DIR', () => localSigningKey(settings.DATA_DIR));
  const database = await bootDatabaseOfMode(settings, (line) => process.stdout.write(`${line}\n`));
  shutdown.stops.unshift(() => database.stop());
  const stripe = await bootStripe(settings);
  shutdown.stops.unshift(() => stripe.stop());
  const app = await createApp({
    settings,
    clock: new SystemClock(),
    databaseUrl: database.url,
    directDatabaseUrl: database.directUrl,
    stripe: stripe.connection,
  });
  shutdown.stops.unshift(() => stopApp(app));
  const metrics = await serveMetrics(app, settings);
  if (metrics) shutdown.stops.push(() => metrics.stop());
  const url = await listen(app, settings);
  shutdown.drain = () => drainApp(app, settings.DRAIN_MS);
  process.stdout.write(banner(settings, url, stripe.connection, metrics?.url));
}

await exitOnError(main);
