import { issuerTenant, type Owner, partnerTenant } from '#core/actor.js';

/**
 * The owner with a user id: a user of a partner, or of the identity provider that signs users in.
 *
 * @param partner the name under which the partner's keys were issued; undefined for a signed-in user
 */
export function ownerOf(userId: string, partner: string | undefined, issuer: string): Owner {
  return { tenant: partner === undefined ? issuerTenant(issuer) : partnerTenant(partner), userId };
}
