import { createHash, randomBytes } from 'node:crypto';
import { type PartnerActor, partnerTenant, type ServiceActor } from '#core/actor.js';
import type { Guardrails } from '#core/guardrails.js';
import type { Scope } from '#core/scope.js';

export const API_KEY_KINDS = ['partner', 'service'] as const;
export type ApiKeyKind = (typeof API_KEY_KINDS)[number];

/** Whether a key can be used, and if not, why. */
export const API_KEY_STATES = ['active', 'expired', 'revoked'] as const;
export type ApiKeyState = (typeof API_KEY_STATES)[number];

export const LABEL_MAX_LENGTH = 100;

/** An API key of a partner or a service, without its secret. */
export interface ApiKey {
  id: string;
  kind: ApiKeyKind;
  /** The partner's tenant, or the service's name. */
  name: string;
  label: string | null;
  scopes: readonly Scope[];
  /** The key that this one was made to replace. */
  replaces: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  /** To the minute. */
  lastUsedAt: Date | null;
  revokedAt: Date | null;
  guardrails: Guardrails | null;
  /** The first of the keys that were rotated into this one: they share its sums of the day. Null for a first key. */
  counterKeyId: string | null;
}

/** A new key. The secret is what its holder sends; it cannot be read again later. */
export interface IssuedApiKey {
  key: ApiKey;
  secret: string;
}

const SECRET_BYTES = 32;
const SECRET_SHAPE = /^pdk_(partner|service)_[\w-]{43}$/;

/** A random secret of 256 bits. It needs no slow hash, as it can't be guessed. */
export function newSecret(kind: ApiKeyKind): string {
  return `pdk_${kind}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** Whether a credential has the format of our API keys, rather than that of a user's token. */
export function isApiKey(credential: string): boolean {
  return SECRET_SHAPE.test(credential);
}

/** The hash of a secret, which is all that is stored of it. */
export function sha256Of(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether a key can be used at an instant. */
export function stateOf(
  { revokedAt, expiresAt }: Pick<ApiKey, 'revokedAt' | 'expiresAt'>,
  now: Date,
): ApiKeyState {
  if (revokedAt) return 'revoked';
  return expiresAt && expiresAt <= now ? 'expired' : 'active';
}

/** The caller that a key belongs to. */
export function holderOf(key: ApiKey): PartnerActor | ServiceActor {
  const { id: keyId, kind, name, scopes, guardrails, counterKeyId } = key;
  const guarded = guardrails && { guardrails: { ...guardrails, counterKeyId: counterKeyId ?? keyId } };
  return kind === 'partner'
    ? { kind, tenant: partnerTenant(name), keyId, scopes, ...guarded }
    : { kind, name, keyId, scopes, ...guarded };
}
