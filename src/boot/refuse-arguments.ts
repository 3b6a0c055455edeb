/**
 * For programs without arguments: a misplaced one must not be ignored. The message does not contain it, as it may be a
 * secret.
 *
 * @throws {Error} if there are any
 */
export function refuseArguments(command: string): void {
  if (process.argv.length > 2) {
    throw new Error(`${command} takes no arguments: settings are environment variables, see .env.example`);
  }
}
