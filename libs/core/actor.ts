import type { CallerGuardrails } from './guardrails.js';
import type { Scope } from './scope.js';

/** A signed-in user of a web app. The token's issuer decides the tenant. */
export interface UserActor {
  kind: 'user';
  tenant: string;
  userId: string;
}

/** A partner's back end. It can access only the users of its own tenant. */
export interface PartnerActor {
  kind: 'partner';
  tenant: string;
  /** The id of its API key. */
  keyId: string;
  scopes: readonly Scope[];
  /** Absent if its key has none. */
  guardrails?: CallerGuardrails;
}

/** Another internal service of the company. */
export interface ServiceActor {
  kind: 'service';
  name: string;
  /** The id of its API key; absent if it has a token of the identity provider instead. */
  keyId?: string;
  scopes: readonly Scope[];
  /** Absent if it has none. */
  guardrails?: CallerGuardrails;
}

/** The caller of a request, as authenticated by its credential. */
export type Actor = UserActor | PartnerActor | ServiceActor;

export type ActorKind = Actor['kind'];

/** The person that payments belong to. A user id is unique only within its tenant. */
export interface Owner {
  tenant: string;
  userId: string;
}

/** The tenant of a partner's users. */
export function partnerTenant(partner: string): string {
  return `partner:${partner}`;
}

/** The tenant of the users that a token issuer signs in. */
export function issuerTenant(issuer: string): string {
  return `issuer:${issuer}`;
}

const FULL_TENANT = /^(partner|issuer):/;

/** Whether a text reads as a tenant of {@link partnerTenant} or {@link issuerTenant}, and not as the name of a partner. */
export function isFullTenant(text: string): boolean {
  return FULL_TENANT.test(text);
}

/** A stable, unique name of the caller. It is part of every operation's id, so it must never change. */
export function callerName(actor: Actor): string {
  switch (actor.kind) {
    case 'user':
      return `${actor.tenant}/user:${actor.userId}`;
    case 'partner':
      return actor.tenant;
    case 'service':
      return `service:${actor.name}`;
  }
}
