import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** So many that none has more charges in a minute than a user would. */
export const USERS = 10_000;
/** Each reads with a token of their own. */
const READERS = 100;
const ALGORITHM = 'ES256';

export const ISSUER = 'https://id.example';
export const AUDIENCE = 'paydesk';
export const PARTNER = 'bench';

/** The tokens of signed-in users, and the keys with which a server verifies them. */
export interface Readers {
  tokens: readonly string[];
  jwks: string;
}

export const userId = (index: number) => `user-${index % USERS}`;
export const customerOf = (user: string) => user.replace('user-', 'cus_');
export const cardOf = (user: string) => user.replace('user-', 'pm_');

/** Signs tokens as an identity provider does. */
export async function createReaders(): Promise<Readers> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  const key = { ...(await exportJWK(publicKey)), alg: ALGORITHM, kid: 'bench', use: 'sig' };
  const sign = (index: number) =>
    new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: 'bench' })
      .setSubject(userId(index))
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime('6h')
      .sign(privateKey);
  const tokens = await Promise.all(Array.from({ length: READERS }, (_, index) => sign(index)));
  return { tokens, jwks: JSON.stringify({ keys: [key] }) };
}
