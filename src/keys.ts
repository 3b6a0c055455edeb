import 'reflect-metadata';
import { SystemClock } from '#core/clock.js';
import { UUID } from '#core/text.js';
import type { ApiKey } from './access/api-key.js';
import type { ApiKeyAdminService } from './access/api-key-admin.service.js';
import type { ChangeAuthor } from './access/audit-entry.js';
import { exitOnError } from './boot/exit-on-error.js';
import { parseDurationOption } from './command-line/api-key-options.js';
import { formatKey, formatKeys } from './command-line/format-keys.js';
import { parseArguments } from './command-line/parse-arguments.js';
import { withApiKeyAdmin } from './command-line/with-api-key-admin.js';
import { loadSafeSettings } from './config/load-settings.js';

const USAGE = 'usage: npm run -s keys -- list | show ID | revoke ID | rotate ID [--overlap 24h]';
const PAGE_SIZE = 100;

type Command = (admin: ApiKeyAdminService, author: ChangeAuthor) => Promise<string>;

const now = new SystemClock().now();

/** Lists, shows, revokes and rotates API keys. The secret of a new key is all that `rotate` prints. */
async function main(): Promise<void> {
  const command = parseCommand();
  process.stdout.write(await withApiKeyAdmin(loadSafeSettings(), command));
}

function parseCommand(): Command {
  const { positionals, options } = parseArguments(['overlap'], USAGE);
  const [name, id, ...rest] = positionals;
  if (rest.length > 0 || (options.overlap !== undefined && name !== 'rotate')) throw new Error(USAGE);
  const overlapMs = parseDurationOption('overlap', options.overlap) ?? 0;
  if (name === 'list' && id === undefined) return list;
  if (id === undefined || !isCommand(name)) throw new Error(USAGE);
  if (!UUID.test(id))
    throw new Error(`${JSON.stringify(id)} is not the id of a key, as in: npm run -s keys -- list`);
  return COMMANDS[name](id, overlapMs);
}

const COMMANDS = {
  show:
    (id: string): Command =>
    async (admin) =>
      formatKey(await admin.find(id), now),
  revoke:
    (id: string): Command =>
    async (admin, author) =>
      formatKey(await admin.revoke(author, id), now),
  rotate:
    (id: string, overlapMs: number): Command =>
    async (admin, author) =>
      `${(await admin.rotate(author, id, overlapMs)).secret}\n`,
};

function isCommand(name: string | undefined): name is keyof typeof COMMANDS {
  return name !== undefined && Object.hasOwn(COMMANDS, name);
}

async function list(admin: ApiKeyAdminService): Promise<string> {
  const keys: ApiKey[] = [];
  for (;;) {
    const { items, hasMore } = await admin.list({}, PAGE_SIZE, keys.at(-1)?.id);
    keys.push(...items);
    if (!hasMore) return formatKeys(keys, now);
  }
}

await exitOnError(main);
