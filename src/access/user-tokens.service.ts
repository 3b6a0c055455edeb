import { Injectable } from '@nestjs/common';
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { issuerTenant, type UserActor } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';
import { EXTERNAL_ID } from '#core/text.js';
import { Settings } from '../config/settings.js';
import { LOCAL_ALGORITHM, localSigningKey } from './local-issuer.js';

/**
 * Asymmetric signatures only. With `none` or an HMAC algorithm, anybody who has the public key could forge a token:
 * https://www.rfc-editor.org/rfc/rfc8725#section-2.1
 */
const REMOTE_ALGORITHMS = ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'];
const CLOCK_TOLERANCE_SECONDS = 5;

/** Verifies the tokens of signed-in users: https://www.rfc-editor.org/rfc/rfc7519#section-7.2 */
@Injectable()
export class UserTokensService {
  private keys?: JWTVerifyGetKey;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * The user of a token. Undefined if the token is invalid, expired or not meant for us.
   *
   * @throws {Problem} `unavailable` if the identity provider's keys cannot be fetched
   */
  async actorOf(token: string): Promise<UserActor | undefined> {
    try {
      const { payload } = await jwtVerify(token, await this.loadKeys(), {
        issuer: this.settings.JWT_ISSUER,
        audience: this.settings.JWT_AUDIENCE,
        algorithms: this.settings.JWKS_URL ? REMOTE_ALGORITHMS : [LOCAL_ALGORITHM],
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: this.clock.now(),
      });
      return actorFrom(payload.sub, this.settings.JWT_ISSUER);
    } catch (error) {
      if (isTokenError(error)) return undefined;
      throw new Problem('unavailable', {}, error);
    }
  }

  /** Loads the keys with the first token. The remote key set caches and refreshes its keys itself. */
  private async loadKeys(): Promise<JWTVerifyGetKey> {
    const { JWKS_URL, DATA_DIR } = this.settings;
    this.keys ??= JWKS_URL ? createRemoteJWKSet(new URL(JWKS_URL)) : await localKeySet(DATA_DIR);
    return this.keys;
  }
}

/** The public part of the local issuer's key. */
async function localKeySet(dataDir: string): Promise<JWTVerifyGetKey> {
  const { kty, crv, x, y } = await localSigningKey(dataDir);
  return createLocalJWKSet({ keys: [{ kty: String(kty), crv, x, y, alg: LOCAL_ALGORITHM }] });
}

function actorFrom(subject: string | undefined, issuer: string): UserActor | undefined {
  if (subject === undefined || !EXTERNAL_ID.test(subject)) return undefined;
  return { kind: 'user', tenant: issuerTenant(issuer), userId: subject };
}

/** Whether the error is about the token itself, as opposed to fetching the keys. */
function isTokenError(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== 'ERR_JOSE_GENERIC'
  );
}
