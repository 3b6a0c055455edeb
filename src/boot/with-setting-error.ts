import { SettingsError } from '../config/settings.js';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use; set another one',
  EACCES: 'may not be used by this account (EACCES)',
};

/**
 * Does a step of the boot. Where the system or PostgreSQL refuses it, tells which variable is at fault and the code
 * only, as the messages repeat values.
 *
 * @param variable name of the variable, by the error where that depends
 * @throws {SettingsError} for errors with a code
 */
export async function blaming<T>(
  variable: string | ((code: string) => string),
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    const name = typeof variable === 'string' ? variable : variable(code);
    throw new SettingsError(`${name} ${REASONS[code] ?? `can't be used (${code})`}`);
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
