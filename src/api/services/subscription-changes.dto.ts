import { ApiExtraModels } from '@nestjs/swagger';
import { invalidField } from '#core/problem.js';
import {
  CHANGE_TIMES,
  type ChangeCommand,
  type ChangeTime,
  type Proration,
  PRORATIONS,
} from '../../subscriptions/subscription-change.js';
import type { FieldNames } from '../dto/field-names.js';
import { ChoiceField, InstantField } from '../dto/fields.js';
import { PAYMENT_FIELD_NAMES, PaymentIdField } from './fields.js';
import { PriceProduct, ProductsField } from './product.dto.js';

/** https://docs.stripe.com/billing/subscriptions/multiple-products */
const ITEMS_MAX = 20;

function SubscriptionIdField(): PropertyDecorator {
  return PaymentIdField({
    description: 'The subscription: the id that `/pay/recurrent` returned, or any other id of its payments',
  });
}

/** A request that only names a subscription. */
export class SubscriptionRequest {
  @SubscriptionIdField()
  paymentID!: string;
}

@ApiExtraModels(PriceProduct)
export class SubscriptionChangeRequest {
  static readonly FIELD_NAMES: FieldNames = {
    ...PAYMENT_FIELD_NAMES,
    'items[].priceId': 'products[].priceId',
  };

  @SubscriptionIdField()
  paymentID!: string;

  @ProductsField({ priceId: PriceProduct, productId: PriceProduct, productName: PriceProduct }, ITEMS_MAX, {
    description: `All that the subscription is for afterwards: 1 to ${ITEMS_MAX} Prices with one billing period`,
    optional: false,
  })
  products!: PriceProduct[];

  @ChoiceField({
    choices: PRORATIONS,
    description:
      'What becomes of the rest of the paid period. none: nothing. next: the difference is on the next invoice. now: ' +
      'it is invoiced at once. At the end of the period there is nothing to prorate.',
    example: 'now',
  })
  proration!: Proration;

  @ChoiceField({
    choices: CHANGE_TIMES,
    description: 'now: immediately. endOfPeriod: with the next renewal; a later change takes its place.',
    example: 'now',
  })
  at!: ChangeTime;

  @InstantField({
    optional: true,
    description:
      'The `prorationDate` of a preview of the last hour, whose `amountDue` is charged then; now by default',
    example: undefined,
  })
  prorationDate?: string;

  /** @throws {Problem} for a `prorationDate` without a proration */
  toCommand(): ChangeCommand {
    const { paymentID: paymentId, products, proration, at, prorationDate } = this;
    if (prorationDate !== undefined && (at === 'endOfPeriod' || proration === 'none')) {
      throw invalidField('prorationDate', 'is allowed only for a change at once with a proration');
    }
    return {
      paymentId,
      items: products.map(({ priceId, quantity }) => ({ priceId, quantity })),
      proration,
      at,
      ...(prorationDate !== undefined && { prorationDate: new Date(prorationDate) }),
    };
  }
}
