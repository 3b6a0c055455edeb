import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '#core/clock.js';
import { Problem } from '#core/problem.js';

type KeyOf = ReturnType<JWTVerifyGetKey>;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const FETCH_TIMEOUT_MS = 3 * SECOND_MS;
const REFRESH_AFTER_MS = 10 * MINUTE_MS;
/** Anybody can send a token with an unknown `kid`, so it must not cause more fetches than this. */
const FETCH_PAUSE_MS = MINUTE_MS;
/** Without any keys, every user has to wait for the next fetch. */
const FIRST_FETCH_PAUSE_MS = 5 * SECOND_MS;
/** A key that the identity provider has withdrawn is not accepted for longer than this, also during its outage. */
const LONGEST_USE_MS = 24 * 60 * MINUTE_MS;

/**
 * The keys of an identity provider. They are fetched again after 10 minutes and for an unknown `kid`, at most once a
 * minute, and stay in use for up to a day while fetching fails.
 *
 * jose fetches and parses, but does not decide when: it measures its cooldown from the last fetch that succeeded, so
 * that unknown keys cause any number of fetches during an outage, and it fails as soon as the keys are old.
 */
export class RemoteKeys {
  private readonly keySet: ReturnType<typeof createRemoteJWKSet>;
  private fetchedAtMs?: number;
  private loadedAtMs?: number;
  /** Why the last fetch failed. */
  private failure?: { cause: unknown };

  constructor(
    url: string,
    private readonly clock: Clock,
  ) {
    const never = Number.POSITIVE_INFINITY;
    const timing = { timeoutDuration: FETCH_TIMEOUT_MS, cooldownDuration: never, cacheMaxAge: never };
    this.keySet = createRemoteJWKSet(new URL(url), timing);
  }

  /**
   * The key that a token claims to be signed with. Only `alg` and `kid` of its header count; keys and URLs in it are
   * ignored: https://www.rfc-editor.org/rfc/rfc8725#section-3.10
   *
   * @throws {JOSEError} if the provider has no such key
   * @throws {Problem} `unavailable` if that can't be found out at the moment
   */
  readonly find: JWTVerifyGetKey = async (header, token): Promise<Awaited<KeyOf>> => {
    if (this.ageMs >= REFRESH_AFTER_MS) await this.refresh();
    try {
      return await this.keySet(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (await this.load()) return this.keySet(header, token);
      throw this.failure ? this.unavailable() : error;
    }
  };

  /** After a failed fetch nobody waits for the next one, as long as the old keys may be used. */
  private async refresh(): Promise<void> {
    const hasFailed = this.failure !== undefined;
    const loading = this.load();
    if (hasFailed && this.ageMs < LONGEST_USE_MS) return;
    await loading;
    if (this.ageMs >= LONGEST_USE_MS) throw this.unavailable();
  }

  /** Fetches the keys, or waits for a fetch that is running; never throws. False if it failed or it is too early. */
  private async load(): Promise<boolean> {
    const nowMs = this.clock.now().getTime();
    if (!this.keySet.reloading) {
      const pauseMs = this.loadedAtMs === undefined ? FIRST_FETCH_PAUSE_MS : FETCH_PAUSE_MS;
      if (this.fetchedAtMs !== undefined && nowMs - this.fetchedAtMs < pauseMs) return false;
      this.fetchedAtMs = nowMs;
    }
    try {
      await this.keySet.reload();
      this.loadedAtMs = nowMs;
      this.failure = undefined;
      return true;
    } catch (cause) {
      this.failure = { cause };
      return false;
    }
  }

  private get ageMs(): number {
    const { loadedAtMs = Number.NEGATIVE_INFINITY } = this;
    return this.clock.now().getTime() - loadedAtMs;
  }

  private unavailable(): Problem {
    return new Problem('unavailable', {}, this.failure?.cause);
  }
}
