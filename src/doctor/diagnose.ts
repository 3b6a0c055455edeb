import type { Clock } from '#core/clock.js';
import { type Settings, SettingsError } from '../config/settings.js';
import type { NodeEnvironment } from '../config/unsafe-settings.js';
import { checkAccount } from './check-account.stripe.js';
import { checkDatabase } from './check-database.js';
import { checkCallback, checkSafety, checkTimeZone } from './check-settings.js';
import { type Finding, red, skipped } from './finding.js';

/**
 * Checks everything that the service needs to run safely. Changes nothing, neither in the database nor at Stripe.
 *
 * @param readSettings may throw a {@link SettingsError}, which becomes a finding
 * @param environment read after the settings, which may come from a file
 */
export async function diagnose(
  readSettings: () => Settings,
  environment: () => NodeEnvironment,
  clock: Clock,
): Promise<Finding[]> {
  let settings: Settings;
  try {
    settings = readSettings();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return [red('settings', error.message, 'correct it; .env.example explains every variable')];
  }
  const safety = checkSafety(settings, environment());
  return [
    ...safety,
    checkTimeZone(settings, clock.now()),
    checkCallback(settings),
    ...(await databaseFindings(settings, safety)),
    ...(await checkAccount(settings, () => clock.now())),
  ];
}

/** The doctor does not send a password that the service would not send. */
async function databaseFindings(settings: Settings, safety: readonly Finding[]): Promise<Finding[]> {
  if (safety.some(({ check }) => check === 'DATABASE_URL')) {
    return [skipped('database', 'not checked: see DATABASE_URL')];
  }
  return checkDatabase(settings);
}
