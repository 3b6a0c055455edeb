import { userInfo } from 'node:os';
import { Problem } from '#core/problem.js';
import { SystemClock } from '#core/clock.js';
import { ApiKeyAdminService } from '../access/api-key-admin.service.js';
import type { ChangeAuthor } from '../access/audit-entry.js';
import { bootDatabase } from '../boot/database.js';
import type { Settings } from '../config/settings.js';
import { openDatabase } from '../database/database.js';
import { reasonOf } from './reason-of.js';

/**
 * Runs a command on the API keys of the configured database.
 *
 * @throws {Error} with a message for the operator where the command throws a {@link Problem}
 */
export async function withApiKeyAdmin<Result>(
  settings: Settings,
  command: (admin: ApiKeyAdminService, author: ChangeAuthor) => Promise<Result>,
): Promise<Result> {
  const booted = await bootDatabase(settings, (line) => process.stderr.write(`${line}\n`));
  const database = openDatabase(booted.url, () => undefined, booted.directUrl);
  const admin = ApiKeyAdminService.on(database, new SystemClock());
  try {
    return await command(admin, { caller: `operator:${accountName()}`, address: 'command line' });
  } catch (error) {
    throw error instanceof Problem ? new Error(reasonOf(error), { cause: error }) : error;
  } finally {
    await database.$client.end();
    await booted.stop();
  }
}

/** The account of the operating system. In a container, its number may have no name. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}
