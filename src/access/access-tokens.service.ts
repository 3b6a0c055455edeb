import { Injectable } from '@nestjs/common';
import { createLocalJWKSet, decodeJwt, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { ServiceActor, UserActor } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';
import { Settings } from '../config/settings.js';
import type { CheckLimit } from './check-limit.js';
import { LOCAL_ALGORITHM, localSigningKey } from './local-issuer.js';
import { RemoteKeys } from './remote-keys.js';
import { actorOfClaims } from './token-actor.js';
import { hashOf, VerifiedTokens } from './verified-tokens.js';

/**
 * Asymmetric signatures only, and no more of them than are needed. With `none` or an HMAC algorithm, anybody who has the
 * public key could forge a token: https://www.rfc-editor.org/rfc/rfc8725#section-3.1
 */
const REMOTE_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
/**
 * Types of access tokens; a token without a type counts as one. Others, such as logout tokens of the same issuer, are
 * no credentials: https://www.rfc-editor.org/rfc/rfc8725#section-3.11, https://www.rfc-editor.org/rfc/rfc9068#section-4
 */
const TOKEN_TYPE = /^(application\/)?(at\+)?jwt$/i;
const LEEWAY_SECONDS = 60;

/**
 * Verifies the tokens of signed-in users, and of services that have one instead of an API key:
 * https://www.rfc-editor.org/rfc/rfc7519#section-7.2
 */
@Injectable()
export class AccessTokensService {
  private readonly verified = new VerifiedTokens<UserActor | ServiceActor>();
  private findKey?: JWTVerifyGetKey;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * The user or service of a token. Undefined if the token is invalid, expired or not meant for us.
   *
   * @param limit applied to the check of a signature
   * @throws {Problem} `unavailable` if the identity provider's keys cannot be fetched
   */
  async actorOf(token: string, limit: CheckLimit): Promise<UserActor | ServiceActor | undefined> {
    const now = this.clock.now();
    const hash = hashOf(token);
    const known = this.verified.find(hash, now.getTime());
    if (known) return known;
    // Honest apps go on with an expired token for a while.
    if (isExpired(token, now)) return undefined;
    return limit(async () => {
      const claims = await this.verify(token, await this.keyFinder());
      const actor = claims && actorOfClaims(claims, this.settings.JWT_ISSUER);
      if (actor) this.verified.add(hash, actor, Number(claims.exp) * 1000, now.getTime());
      return actor;
    });
  }

  /** The claims of a valid token. `iat` and `nbf` are optional, as RFC 9068 does not ask to check that they exist. */
  private async verify(token: string, findKey: JWTVerifyGetKey): Promise<JWTPayload | undefined> {
    const now = this.clock.now();
    try {
      const { payload, protectedHeader } = await jwtVerify(token, findKey, {
        issuer: this.settings.JWT_ISSUER,
        audience: this.settings.JWT_AUDIENCE,
        algorithms: this.settings.JWKS_URL ? REMOTE_ALGORITHMS : [LOCAL_ALGORITHM],
        requiredClaims: ['sub', 'exp'],
        clockTolerance: LEEWAY_SECONDS,
        currentDate: now,
      });
      const isAccessToken = protectedHeader.typ === undefined || TOKEN_TYPE.test(protectedHeader.typ);
      return isAccessToken && !isIssuedLater(payload, now) ? payload : undefined;
    } catch (error) {
      if (error instanceof Problem) throw error;
      return undefined;
    }
  }

  /** Loads the keys with the first token. */
  private async keyFinder(): Promise<JWTVerifyGetKey> {
    const { JWKS_URL, DATA_DIR } = this.settings;
    this.findKey ??= JWKS_URL ? new RemoteKeys(JWKS_URL, this.clock).find : await localKeySet(DATA_DIR);
    return this.findKey;
  }
}

/** Whether a token says that it has expired. Its signature is not checked. */
function isExpired(token: string, now: Date): boolean {
  try {
    const { exp } = decodeJwt(token);
    return typeof exp === 'number' && exp + LEEWAY_SECONDS <= now.getTime() / 1000;
  } catch {
    return false;
  }
}

/** jose checks this only together with an age limit. */
function isIssuedLater({ iat }: JWTPayload, now: Date): boolean {
  return iat !== undefined && iat > now.getTime() / 1000 + LEEWAY_SECONDS;
}

/** The public part of the local issuer's key. */
async function localKeySet(dataDir: string): Promise<JWTVerifyGetKey> {
  const { kty, crv, x, y } = await localSigningKey(dataDir);
  return createLocalJWKSet({ keys: [{ kty: String(kty), crv, x, y, alg: LOCAL_ALGORITHM }] });
}
