import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { and, eq, isNull } from 'drizzle-orm';
import { type Actor, partnerTenant } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { type Database, DATABASE } from '../database/database.js';
import { apiKeys } from '../database/schema.js';

export type ApiKeyKind = 'partner' | 'service';

const KEY_BYTES = 32;
const KEY_SHAPE = /^pdk_(partner|service)_[\w-]{43}$/;

/** API keys of partners and services: random 256-bit keys, shown once and stored as SHA-256 hashes. */
@Injectable()
export class ApiKeysService {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates a key.
   *
   * @param name the partner's tenant, or the service's name
   * @returns the key, which cannot be read again later
   */
  async issue(kind: ApiKeyKind, name: string): Promise<string> {
    const key = `pdk_${kind}_${randomBytes(KEY_BYTES).toString('base64url')}`;
    await this.database
      .insert(apiKeys)
      .values({ id: randomUUID(), kind, name, keySha256: sha256(key), createdAt: this.clock.now() });
    return key;
  }

  /** The holder of a key. Undefined if it is unknown or revoked. */
  async actorOf(key: string): Promise<Actor | undefined> {
    if (!isApiKey(key)) return undefined;
    const [holder] = await this.database
      .select({ kind: apiKeys.kind, name: apiKeys.name })
      .from(apiKeys)
      .where(and(eq(apiKeys.keySha256, sha256(key)), isNull(apiKeys.revokedAt)));
    if (!holder) return undefined;
    return holder.kind === 'partner'
      ? { kind: 'partner', tenant: partnerTenant(holder.name) }
      : { kind: 'service', name: holder.name };
  }
}

/** Whether a credential has the format of our API keys, rather than that of a user's token. */
export function isApiKey(credential: string): boolean {
  return KEY_SHAPE.test(credential);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
