import type { JWTPayload } from 'jose';
import { issuerTenant, type ServiceActor, type UserActor } from '#core/actor.js';
import { isScope } from '#core/scope.js';
import { EXTERNAL_ID, NAME } from '#core/text.js';
import { hasEmail } from '../logging/redact.js';

/**
 * The caller that the claims of a verified token name. A client that signs in as itself is a service: its `client_id`
 * equals its `sub` (https://www.rfc-editor.org/rfc/rfc9068#section-2.2). Everybody else is a user, to whom `scope` gives
 * nothing.
 *
 * @returns undefined if the name is not one that we accept
 */
export function actorOfClaims(claims: JWTPayload, issuer: string): UserActor | ServiceActor | undefined {
  const { sub: subject, client_id: clientId, scope } = claims;
  if (subject === undefined) return undefined;
  if (subject === clientId) {
    // The name is in the log and in the rows of operations.
    const isName = NAME.test(subject) && !hasEmail(subject);
    return isName ? { kind: 'service', name: subject, scopes: scopesOf(scope) } : undefined;
  }
  return EXTERNAL_ID.test(subject)
    ? { kind: 'user', tenant: issuerTenant(issuer), userId: subject }
    : undefined;
}

/** The scopes of ours in a `scope` claim, which may name others: https://www.rfc-editor.org/rfc/rfc8693#section-4.2 */
function scopesOf(scope: unknown) {
  return typeof scope === 'string' ? [...new Set(scope.split(' ').filter(isScope))] : [];
}
