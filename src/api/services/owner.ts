import { issuerTenant, type Owner, partnerTenant } from '#core/actor.js';

/**
 * Whom a service means by a user id: a user of a partner, or of the identity provider that signs users in.
 *
 * @param partner name of the partner, as its keys were issued for; absent for a signed-in user
 */
export function ownerOf(userId: string, partner: string | undefined, issuer: string): Owner {
  return { tenant: partner === undefined ? issuerTenant(issuer) : partnerTenant(partner), userId };
}
