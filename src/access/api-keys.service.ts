import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { and, eq, gt, isNull, or } from 'drizzle-orm';
import { type Actor, partnerTenant } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import { DEFAULT_SCOPES, type Scope } from '#core/scope.js';
import { type Database, DATABASE } from '../database/database.js';
import { apiKeys } from '../database/schema.js';

export type ApiKeyKind = 'partner' | 'service';

/** What a new key may have. */
export interface ApiKeyOptions {
  /** Every scope but `keys:admin` by default. */
  scopes?: readonly Scope[];
}

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
  async issue(
    kind: ApiKeyKind,
    name: string,
    { scopes = DEFAULT_SCOPES }: ApiKeyOptions = {},
  ): Promise<string> {
    const key = `pdk_${kind}_${randomBytes(KEY_BYTES).toString('base64url')}`;
    await this.database.insert(apiKeys).values({
      id: randomUUID(),
      kind,
      name,
      scopes: [...scopes],
      keySha256: sha256(key),
      createdAt: this.clock.now(),
    });
    return key;
  }

  /** The holder of a key. Undefined if it is unknown, expired or revoked. */
  async actorOf(key: string): Promise<Actor | undefined> {
    if (!isApiKey(key)) return undefined;
    const [holder] = await this.database
      .select({ keyId: apiKeys.id, kind: apiKeys.kind, name: apiKeys.name, scopes: apiKeys.scopes })
      .from(apiKeys)
      .where(
        and(
          eq(apiKeys.keySha256, sha256(key)),
          isNull(apiKeys.revokedAt),
          or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, this.clock.now())),
        ),
      );
    if (!holder) return undefined;
    const { keyId, kind, name, scopes } = holder;
    return kind === 'partner'
      ? { kind, tenant: partnerTenant(name), keyId, scopes }
      : { kind, name, keyId, scopes };
  }
}

/** Whether a credential has the format of our API keys, rather than that of a user's token. */
export function isApiKey(credential: string): boolean {
  return KEY_SHAPE.test(credential);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
