import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { Settings } from '../config/settings.js';

const KEY_FILE = 'user-token-key.json';
const TOKEN_LIFETIME_MS = 15 * 60 * 1000;

/** The only algorithm of the local issuer: https://www.rfc-editor.org/rfc/rfc7518#section-3.4 */
export const LOCAL_ALGORITHM = 'ES256';

/** Signs a short-lived user token, for local use where there is no identity provider. */
export async function issueUserToken(settings: Settings, userId: string, now: Date): Promise<string> {
  const key = await importJWK(await localSigningKey(settings.DATA_DIR), LOCAL_ALGORITHM);
  return new SignJWT()
    .setProtectedHeader({ alg: LOCAL_ALGORITHM, typ: 'JWT' })
    .setSubject(userId)
    .setIssuer(settings.JWT_ISSUER)
    .setAudience(settings.JWT_AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(new Date(now.getTime() + TOKEN_LIFETIME_MS))
    .sign(key);
}

/** The private key of the local issuer, created in `dataDir` at the first call. */
export async function localSigningKey(dataDir: string): Promise<JWK> {
  const path = join(dataDir, KEY_FILE);
  return (await readKey(path)) ?? (await createKey(path, dataDir));
}

async function readKey(path: string): Promise<JWK | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as JWK;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes to a draft and links it into place, so that two processes that start together use the same complete key. */
async function createKey(path: string, dataDir: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(LOCAL_ALGORITHM, { extractable: true });
  await mkdir(dataDir, { recursive: true });
  const draft = join(dataDir, `${KEY_FILE}.${randomUUID()}`);
  await writeFile(draft, JSON.stringify(await exportJWK(privateKey)), { mode: 0o600 });
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return (await readKey(path)) as JWK;
}
