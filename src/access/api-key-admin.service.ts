import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isFullTenant } from '#core/actor.js';
import { Clock } from '#core/clock.js';
import type { Page } from '#core/page.js';
import { invalidField, Problem } from '#core/problem.js';
import type { Guardrails } from '#core/guardrails.js';
import type { Scope } from '#core/scope.js';
import type { Database, Transaction } from '../database/database.js';
import { isUniqueViolation } from '../database/unique-violation.js';
import { type ApiKey, type ApiKeyKind, type IssuedApiKey, newSecret, sha256Of, stateOf } from './api-key.js';
import { type ApiKeyFilter, ApiKeysStore } from './api-keys.store.js';
import type { AuditDetails, AuditValue, ChangeAuthor } from './audit-entry.js';
import { AuditLog } from './audit-log.store.js';

/** What a new key is for, and what it may do. */
export interface ApiKeyRequest {
  kind: ApiKeyKind;
  /** The partner's tenant, or the service's name. */
  name: string;
  scopes: readonly Scope[];
  label?: string;
  /** Never by default. */
  expiresAt?: Date;
}

/** Creates, lists, revokes and rotates API keys. Each change is in the audit log. */
@Injectable()
export class ApiKeyAdminService {
  constructor(
    private readonly store: ApiKeysStore,
    private readonly auditLog: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Makes one for a program that is not the service. */
  static on(database: Database, clock: Clock): ApiKeyAdminService {
    return new ApiKeyAdminService(new ApiKeysStore(database), new AuditLog(database, clock), clock);
  }

  /**
   * Creates a key.
   *
   * @throws {Problem} `invalid-request` for an expiry in the past, and for a partner's key with `keys:admin` or with a name that
   *   would be taken for a full tenant
   */
  async create(author: ChangeAuthor, request: ApiKeyRequest): Promise<IssuedApiKey> {
    const { kind, name, scopes, expiresAt } = request;
    const createdAt = this.clock.now();
    if (expiresAt && expiresAt <= createdAt) throw invalidField('expiresAt', 'must be in the future');
    if (kind === 'partner' && isFullTenant(name)) {
      throw invalidField('name', 'must not begin with partner: or issuer:, as full tenants do');
    }
    if (kind === 'partner' && scopes.includes('keys:admin')) {
      throw invalidField('scopes', 'must not contain keys:admin, which only a service can have');
    }
    return this.store.transaction((transaction) =>
      this.issue(transaction, author, { ...NOTHING, ...request }),
    );
  }

  /** @throws {Problem} `not-found` */
  async find(id: string): Promise<ApiKey> {
    const key = await this.store.find(id);
    if (!key) throw new Problem('not-found');
    return key;
  }

  /**
   * Lists keys, newest first, also those that have expired or were revoked.
   *
   * @param after the id of the last key of the previous page
   * @throws {Problem} `invalid-request` for an unknown `after`
   */
  async list(filter: ApiKeyFilter, limit: number, after?: string): Promise<Page<ApiKey>> {
    const last = after === undefined ? undefined : await this.store.find(after);
    if (after !== undefined && !last)
      throw invalidField('cursor', 'must be the nextCursor of an earlier page');
    return this.store.list(filter, limit, last);
  }

  /** Makes a key unusable, at once and for ever; again without effect. @throws {Problem} `not-found` */
  async revoke(author: ChangeAuthor, id: string): Promise<ApiKey> {
    return this.store.transaction(async (transaction) => {
      const key = await this.lock(transaction, id);
      if (key.revokedAt) return key;
      const change = { revokedAt: this.clock.now() };
      await this.store.update(transaction, id, change);
      await this.auditLog.record(transaction, author, { action: 'key.revoked', objectId: id });
      return { ...key, ...change };
    });
  }

  /**
   * Replaces a key by one with the same holder, label, scopes and guardrails and, if it expires, the same lifetime. Both
   * count against the same limits of the day.
   *
   * @param overlapMs how long the old key can still be used, in milliseconds
   * @throws {Problem} `not-found`; `invalid-state` if it was replaced already, has expired or was revoked
   */
  async rotate(author: ChangeAuthor, id: string, overlapMs: number): Promise<IssuedApiKey> {
    try {
      return await this.store.transaction(async (transaction) => {
        const old = await this.lock(transaction, id);
        const now = this.clock.now();
        if (stateOf(old, now) !== 'active') throw new Problem('invalid-state');
        const endMs = Math.min(
          now.getTime() + overlapMs,
          old.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
        );
        await this.store.update(transaction, id, { expiresAt: new Date(endMs) });
        const expiresAt = old.expiresAt && new Date(now.getTime() + lifetimeMs(old, old.expiresAt));
        const counterKeyId = old.counterKeyId ?? id;
        const issued = await this.issue(transaction, author, {
          ...old,
          replaces: id,
          expiresAt,
          counterKeyId,
        });
        const details = { replacedBy: issued.key.id, expiresAt: new Date(endMs).toISOString() };
        await this.auditLog.record(transaction, author, { action: 'key.rotated', objectId: id, details });
        return issued;
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw new Problem('invalid-state', {}, error);
      throw error;
    }
  }

  /** Replaces a key's guardrails; null removes them. @throws {Problem} `not-found`, `invalid-state` if it was revoked */
  async setGuardrails(author: ChangeAuthor, id: string, guardrails: Guardrails | null): Promise<ApiKey> {
    return this.store.transaction(async (transaction) => {
      const key = await this.lock(transaction, id);
      if (key.revokedAt) throw new Problem('invalid-state');
      await this.store.update(transaction, id, { guardrails });
      const details = { from: auditValue(key.guardrails), to: auditValue(guardrails) };
      const change = { action: 'key.guardrails-changed', objectId: id, details } as const;
      await this.auditLog.record(transaction, author, change);
      return { ...key, guardrails };
    });
  }

  private async issue(
    transaction: Transaction,
    author: ChangeAuthor,
    { kind, name, label, scopes, replaces, expiresAt, guardrails, counterKeyId }: NewKey,
  ): Promise<IssuedApiKey> {
    const secret = newSecret(kind);
    const key: ApiKey = {
      id: randomUUID(),
      kind,
      name,
      label,
      scopes,
      replaces,
      createdAt: this.clock.now(),
      expiresAt,
      lastUsedAt: null,
      revokedAt: null,
      guardrails,
      counterKeyId,
    };
    await this.store.insert(transaction, key, sha256Of(secret));
    const change = { action: 'key.created', objectId: key.id, details: auditDetails(key) } as const;
    await this.auditLog.record(transaction, author, change);
    return { key, secret };
  }

  private async lock(transaction: Transaction, id: string): Promise<ApiKey> {
    const key = await this.store.lock(transaction, id);
    if (!key) throw new Problem('not-found');
    return key;
  }
}

type NewKey = Omit<ApiKey, 'id' | 'createdAt' | 'lastUsedAt' | 'revokedAt'>;

/** The properties that a new key may be created without. */
const NOTHING = { label: null, replaces: null, expiresAt: null, guardrails: null, counterKeyId: null };

function lifetimeMs({ createdAt }: ApiKey, expiresAt: Date): number {
  return expiresAt.getTime() - createdAt.getTime();
}

function auditDetails(key: ApiKey): AuditDetails {
  const { kind, name, label, scopes, replaces, expiresAt, guardrails } = key;
  return {
    kind,
    name,
    label,
    scopes,
    replaces,
    expiresAt: expiresAt?.toISOString() ?? null,
    ...(guardrails && { guardrails: auditValue(guardrails) }),
  };
}

function auditValue(guardrails: Guardrails | null): AuditValue {
  return guardrails && { ...guardrails };
}
