import 'reflect-metadata';
import { SystemClock } from '#core/clock.js';
import { EXTERNAL_ID, NAME } from '#core/text.js';
import { hasEmail } from './logging/redact.js';
import type { ApiKeyKind } from './access/api-key.js';
import type { ApiKeyRequest } from './access/api-key-admin.service.js';
import { issueUserToken } from './access/local-issuer.js';
import { exitOnError } from './boot/exit-on-error.js';
import { parseDurationOption, parseLabel, parseScopes } from './command-line/api-key-options.js';
import { type CommandArguments, parseArguments } from './command-line/parse-arguments.js';
import { withApiKeyAdmin } from './command-line/with-api-key-admin.js';
import { loadSafeSettings } from './config/load-settings.js';

const USAGE =
  'usage: npm run -s token -- user USER_ID | partner TENANT | service NAME; ' +
  'keys take --scopes a,b --expires 90d --label X';
const KEY_OPTIONS = ['scopes', 'expires', 'label'] as const;
type KeyOptions = CommandArguments<(typeof KEY_OPTIONS)[number]>['options'];

const clock = new SystemClock();

/** Prints one new credential, and nothing else on standard output. */
async function main(): Promise<void> {
  const { positionals, options } = parseArguments(KEY_OPTIONS, USAGE);
  const [kind, name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new Error(USAGE);
  process.stdout.write(`${await credential(kind, name, options)}\n`);
}

async function credential(kind: string | undefined, name: string, options: KeyOptions): Promise<string> {
  switch (kind) {
    case 'user':
      if (!EXTERNAL_ID.test(name) || Object.keys(options).length > 0) throw new Error(USAGE);
      return userToken(name);
    case 'partner':
    case 'service':
      if (!NAME.test(name) || hasEmail(name)) throw new Error(USAGE);
      return apiKey(keyRequest(kind, name, options));
    default:
      throw new Error(USAGE);
  }
}

async function userToken(userId: string): Promise<string> {
  const settings = loadSafeSettings();
  if (settings.JWKS_URL) throw new Error('user tokens are issued by the identity provider of JWKS_URL');
  return issueUserToken(settings, userId, clock.now());
}

async function apiKey(request: ApiKeyRequest): Promise<string> {
  const { secret } = await withApiKeyAdmin(loadSafeSettings(), (admin, author) =>
    admin.create(author, request),
  );
  return secret;
}

function keyRequest(kind: ApiKeyKind, name: string, options: KeyOptions): ApiKeyRequest {
  const label = parseLabel(options.label);
  const lifetimeMs = parseDurationOption('expires', options.expires);
  return {
    kind,
    name,
    scopes: parseScopes(options.scopes),
    ...(label !== undefined && { label }),
    ...(lifetimeMs !== undefined && { expiresAt: new Date(clock.now().getTime() + lifetimeMs) }),
  };
}

await exitOnError(main);
