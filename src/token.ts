import 'reflect-metadata';
import { SystemClock } from '#core/clock.js';
import { EXTERNAL_ID, NAME } from '#core/text.js';
import { issueUserToken } from './access/local-issuer.js';
import { type ApiKeyKind, ApiKeysService } from './access/api-keys.service.js';
import { bootDatabase } from './boot/database.js';
import { exitOnError } from './boot/exit-on-error.js';
import { loadSafeSettings } from './config/load-settings.js';
import type { Settings } from './config/settings.js';
import { openDatabase } from './database/database.js';

const USAGE = 'usage: npm run -s token -- user USER_ID | partner TENANT | service NAME';

/** Prints one new credential, and nothing else on standard output. */
async function main(): Promise<void> {
  const [kind, name, ...rest] = process.argv.slice(2);
  if (!name || !(kind === 'user' ? EXTERNAL_ID : NAME).test(name) || rest.length > 0) throw new Error(USAGE);
  const settings = loadSafeSettings();
  process.stdout.write(`${await credential(settings, kind, name)}\n`);
}

async function credential(settings: Settings, kind: string | undefined, name: string): Promise<string> {
  switch (kind) {
    case 'user':
      if (settings.JWKS_URL) throw new Error('user tokens are issued by the identity provider of JWKS_URL');
      return issueUserToken(settings, name, new SystemClock().now());
    case 'partner':
    case 'service':
      return issueApiKey(settings, kind, name);
    default:
      throw new Error(USAGE);
  }
}

async function issueApiKey(settings: Settings, kind: ApiKeyKind, name: string): Promise<string> {
  const booted = await bootDatabase(settings, (line) => process.stderr.write(`${line}\n`));
  const database = openDatabase(booted.url, () => undefined);
  try {
    return await new ApiKeysService(database, new SystemClock()).issue(kind, name);
  } finally {
    await database.$client.end();
    await booted.stop();
  }
}

await exitOnError(main);
