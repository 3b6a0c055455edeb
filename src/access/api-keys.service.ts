import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Actor } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { DatabaseListener } from '../database/database-listener.js';
import { withoutQuery } from '../database/without-query.js';
import { type ApiKey, holderOf, isApiKey, sha256Of, stateOf } from './api-key.js';
import type { CheckLimit } from './check-limit.js';
import { ApiKeysStore } from './api-keys.store.js';
import { LookupCache } from './lookup-cache.js';

/** The channel on which a trigger reports the hash of each key that was changed. */
const CHANNEL = 'api_keys';
const MINUTE_MS = 60_000;

/** Finds the holders of API keys. A change to a key works at once on every instance, and after a second at the latest. */
@Injectable()
export class ApiKeysService implements OnApplicationBootstrap {
  private readonly logger = new Logger(ApiKeysService.name);
  private readonly cache: LookupCache<ApiKey>;

  constructor(
    private readonly store: ApiKeysStore,
    private readonly listener: DatabaseListener,
    private readonly clock: Clock,
  ) {
    this.cache = new LookupCache(
      (keySha256) => this.lookUp(keySha256),
      () => clock.now().getTime(),
    );
  }

  onApplicationBootstrap(): void {
    this.listener.listen(CHANNEL, {
      onNotification: (keySha256) => this.cache.drop(keySha256),
      onConnected: () => this.cache.clear(),
    });
  }

  /**
   * The holder of a key. Undefined if it is unknown, expired or revoked.
   *
   * @param limit applied to the lookup of a key that may not exist
   */
  async actorOf(secret: string, limit: CheckLimit): Promise<Actor | undefined> {
    if (!isApiKey(secret)) return undefined;
    const keySha256 = sha256Of(secret);
    const lookUp = () => this.cache.get(keySha256);
    const key = await (this.cache.isKnown(keySha256) ? lookUp() : limit(lookUp));
    return key && stateOf(key, this.clock.now()) === 'active' ? holderOf(key) : undefined;
  }

  private async lookUp(keySha256: string): Promise<ApiKey | undefined> {
    const key = await this.store.findBySecret(keySha256);
    if (key && stateOf(key, this.clock.now()) === 'active') this.recordUse(key);
    return key;
  }

  /** Writes at most once a minute for each key, and lets no request wait for it. */
  private recordUse({ id, lastUsedAt }: ApiKey): void {
    const nowMs = this.clock.now().getTime();
    const minute = new Date(nowMs - (nowMs % MINUTE_MS));
    if (lastUsedAt && lastUsedAt >= minute) return;
    this.store.recordUse(id, minute).catch((error: unknown) => {
      this.logger.warn(`Could not record the use of the key ${id}: ${String(withoutQuery(error))}`);
    });
  }
}
