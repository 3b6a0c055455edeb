import { existsSync } from 'node:fs';
import { SettingsError, settingsFrom, type Settings } from './settings.js';
import { requireSafeSettings } from './unsafe-settings.js';

const ENV_FILE = '.env';

/**
 * Reads the settings from the environment and from `.env` in the working directory, if there is one. A variable that
 * is set in the environment wins: https://nodejs.org/docs/latest-v20.x/api/process.html#processloadenvfilepath
 *
 * @throws {SettingsError} naming the first invalid variable, or `.env` if it cannot be read
 */
export function loadSettings(): Settings {
  if (existsSync(ENV_FILE)) readEnvFile();
  return settingsFrom(process.env);
}

/**
 * Reads the settings as {@link loadSettings} does, and refuses those that are unsafe.
 *
 * @throws {SettingsError} naming the first invalid or unsafe variable
 */
export function loadSafeSettings(): Settings {
  const settings = loadSettings();
  requireSafeSettings(settings, process.env);
  return settings;
}

function readEnvFile(): void {
  try {
    process.loadEnvFile(ENV_FILE);
  } catch (error) {
    throw new SettingsError(`${ENV_FILE} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
