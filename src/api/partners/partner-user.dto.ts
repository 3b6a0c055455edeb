import type { Owner, PartnerActor } from '#core/actor.js';
import type { FieldNames } from '../dto/field-names.js';
import { StripeIdField, UserIdField } from '../dto/fields.js';

/** Path of a user of the calling partner. */
export class PartnerUser {
  @UserIdField()
  user_id!: string;

  /** The user in the tenant of the calling partner. */
  of({ tenant }: PartnerActor): Owner {
    return { tenant, userId: this.user_id };
  }

  /** The path of this user in our URLs. */
  get path(): string {
    return `/partners/user/${encodeURIComponent(this.user_id)}`;
  }
}

/** Path of a payment of a user of the calling partner. */
export class PartnerUserPayment extends PartnerUser {
  static readonly FIELD_NAMES: FieldNames = { paymentId: 'id' };

  @StripeIdField({ prefixes: ['pi'], description: 'The payment', example: 'pi_3TUvWxABCDEFGHIJ0RSTUVWX' })
  id!: string;
}

/** Path of a card of a user of the calling partner. */
export class PartnerUserCard extends PartnerUser {
  static readonly FIELD_NAMES: FieldNames = { paymentMethodId: 'id' };

  @StripeIdField({
    prefixes: ['pm', 'card', 'src'],
    description: "One of the user's cards",
    example: 'pm_1TUvWxABCDEFGHIJKLMNOPQR',
  })
  id!: string;
}
