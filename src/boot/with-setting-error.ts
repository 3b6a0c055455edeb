import { SettingsError } from '../config/settings.js';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use; choose another one',
  EACCES: 'is not permitted for this user account (EACCES)',
  NO_TLS: 'names a server that does not support TLS',
};

/** node-postgres gives this error no code. */
const NO_TLS_MESSAGE = 'The server does not support SSL connections';

/**
 * Runs a step of the boot. If the operating system or PostgreSQL refuses it, the error names only the variable and the
 * error code, because the original messages contain values such as passwords.
 *
 * @param variable name of the environment variable, or a function that picks it by error code
 * @throws {SettingsError} for errors that have a code; other errors are rethrown
 */
export async function withSettingError<T>(
  variable: string | ((code: string) => string),
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    const name = typeof variable === 'string' ? variable : variable(code);
    throw new SettingsError(`${name} ${REASONS[code] ?? `cannot be used (${code})`}`);
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.message === NO_TLS_MESSAGE ? 'NO_TLS' : codeOf(error.cause);
}
