import { withSettingError } from '../boot/with-setting-error.js';
import { type Settings, SettingsError } from '../config/settings.js';
import { type DatabaseState, inspectDatabase } from '../database/inspect-database.js';
import { requireSessions } from '../database/require-sessions.js';
import { type Finding, ok, red, skipped } from './finding.js';

const MAJOR_VERSION_MIN = 15;

/** Whether the database of `DATABASE_URL` can be used, is migrated, and belongs to this mode. */
export async function checkDatabase({
  DATABASE_URL: url,
  DATABASE_DIRECT_URL: directUrl,
  MODE: mode,
}: Settings): Promise<Finding[]> {
  if (!url) {
    return [skipped('database', 'embedded in DATA_DIR: every start migrates it and checks its customers')];
  }
  try {
    const state = await withSettingError('DATABASE_URL', async () => {
      await requireSessions(directUrl ?? url);
      return inspectDatabase(url, mode);
    });
    return [version(state), migrations(state), customers(state, mode)];
  } catch (error) {
    const detail = error instanceof SettingsError ? error.message : 'DATABASE_URL cannot be used';
    return [
      red('database', detail, 'check the host, the credentials and the TLS parameters of DATABASE_URL'),
    ];
  }
}

function version({ majorVersion }: DatabaseState): Finding {
  return majorVersion < MAJOR_VERSION_MIN
    ? red('database', `PostgreSQL ${majorVersion}`, `use PostgreSQL ${MAJOR_VERSION_MIN} or newer`)
    : ok('database', `PostgreSQL ${majorVersion} answers`);
}

function migrations({ pending, isNewer }: DatabaseState): Finding {
  if (isNewer) {
    const detail = 'a newer version of this service has migrated the database';
    return red('migrations', detail, 'run that version');
  }
  return pending > 0
    ? red(
        'migrations',
        `${pending} not applied`,
        'run `npm run migrate`, or start the service with MIGRATE_ON_START=true',
      )
    : ok('migrations', 'all applied');
}

function customers({ pending, otherMode }: DatabaseState, mode: string): Finding {
  if (pending > 0) return skipped('customers', 'not checked before all migrations are applied');
  return otherMode
    ? red('customers', `from ${otherMode} mode, but MODE is ${mode}`, 'use another DATABASE_URL')
    : ok('customers', `none from another mode than ${mode}`);
}
