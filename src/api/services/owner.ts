import { isFullTenant, issuerTenant, type Owner, partnerTenant } from '#core/actor.js';
import { invalidField } from '#core/problem.js';
import { NAME } from '#core/text.js';

const OF_PARTNER = /^partner:(.*)$/;

/** The full tenant that a request names so. */
export function fullTenant(tenant: string): string {
  return isFullTenant(tenant) ? tenant : partnerTenant(tenant);
}

/**
 * The owner with a user id: a user of a partner, or of the identity provider that signs users in.
 *
 * @param tenant the name under which the partner's keys were issued, or a full tenant; undefined for a signed-in user
 * @throws {Problem} for a tenant of another identity provider, and what is no tenant
 */
export function ownerOf(userId: string, tenant: string | undefined, issuer: string): Owner {
  const signedIn = issuerTenant(issuer);
  const full = tenant === undefined ? signedIn : fullTenant(tenant);
  const [, partner = ''] = OF_PARTNER.exec(full) ?? [];
  if (full !== signedIn && !NAME.test(partner)) {
    throw invalidField(
      'tenant',
      `must be the name of a partner, or a full tenant: partner:NAME or ${signedIn}`,
    );
  }
  return { tenant: full, userId };
}
