import type { Owner, PartnerActor } from '#core/actor.js';
import { StripeIdField, UserIdField } from '../dto/fields.js';

/** One user of the calling partner. */
export class PartnerUser {
  @UserIdField()
  user_id!: string;

  /** A user id means something only inside the tenant of the partner's own key. */
  of({ tenant }: PartnerActor): Owner {
    return { tenant, userId: this.user_id };
  }

  /** Where this user is found in our URLs. */
  get path(): string {
    return `/partners/user/${encodeURIComponent(this.user_id)}`;
  }
}

/** One payment of one user of the calling partner. */
export class PartnerUserPayment extends PartnerUser {
  @StripeIdField({ prefixes: ['pi'], description: 'The payment', example: 'pi_3TUvWxABCDEFGHIJ0RSTUVWX' })
  id!: string;
}
