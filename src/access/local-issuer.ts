import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { Settings } from '../config/settings.js';
import { readOrCreateSecret } from '../encryption/secret-file.js';

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
  const key = await readOrCreateSecret(dataDir, KEY_FILE, async () => {
    const { privateKey } = await generateKeyPair(LOCAL_ALGORITHM, { extractable: true });
    return JSON.stringify(await exportJWK(privateKey));
  });
  return JSON.parse(key) as JWK;
}
