import { ApiProperty } from '@nestjs/swagger';
import type { Checkout } from '../../checkout/checkout.js';
import type {
  CurrentSubscription,
  InvoicePreview,
  UpgradeCommand,
} from '../../subscriptions/user-subscription.js';
import { InvoicePreviewResponse, previewFieldsOf } from '../dto/invoice-preview.response.js';
import type { FieldNames } from '../dto/field-names.js';
import { InstantField, StripeIdField } from '../dto/fields.js';
import { RedirectUrlField } from '../dto/redirect-url.field.js';
import { SubscriptionResponse } from '../dto/subscription.response.js';

const EXAMPLE_PRICE_ID = 'price_1TUvWxABCDEFGHIJKLMNOPQR';

/** Examples of `/subscriptions/subscribe` for the OpenAPI document. */
export const SUBSCRIBE_EXAMPLES = {
  price: {
    summary: 'One of SUBSCRIBABLE_PRICES',
    value: {
      priceId: EXAMPLE_PRICE_ID,
      successRedirect: 'https://example.com/ok',
      failureRedirect: 'https://example.com/ko',
    },
  },
};

/** Examples of `/subscriptions/upgrade` for the OpenAPI document. */
export const UPGRADE_EXAMPLES = {
  price: { summary: 'At the price of now', value: { priceId: EXAMPLE_PRICE_ID } },
};

function OfferedPriceField(): PropertyDecorator {
  return StripeIdField({
    prefixes: ['price'],
    description: 'One of SUBSCRIBABLE_PRICES; 404 for any other',
    example: EXAMPLE_PRICE_ID,
  });
}

export class SubscribeRequest {
  static readonly FIELD_NAMES: FieldNames = { 'items[].priceId': 'priceId', items: 'priceId' };

  @OfferedPriceField()
  priceId!: string;

  @RedirectUrlField({
    description: 'Where the user is sent after paying: an https URL at one of REDIRECT_ORIGINS',
    example: 'https://example.com/ok',
  })
  successRedirect!: string;

  @RedirectUrlField({
    description: 'Where the user is sent on leaving without paying',
    example: 'https://example.com/ko',
  })
  failureRedirect!: string;
}

export class SubscribeResponse {
  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uri',
    description:
      "Stripe's page, where the user pays. Null if it was closed before the first response, or before a repetition " +
      'a day later',
    example: 'https://checkout.stripe.com/c/pay/cs_test_a1B2c3D4e5F6g7H8i9J0',
  })
  checkoutLink!: string | null;

  static of({ url }: Checkout): SubscribeResponse {
    return { checkoutLink: url };
  }
}

export class UpgradeQuery {
  @OfferedPriceField()
  priceId!: string;
}

export class UpgradeRequest {
  @OfferedPriceField()
  priceId!: string;

  @InstantField({
    optional: true,
    description:
      'The `prorationDate` of a preview of the last hour, whose `amountDue` is charged then; now by default',
    example: undefined,
  })
  prorationDate?: string;

  toCommand(): UpgradeCommand {
    const { priceId, prorationDate } = this;
    return { priceId, ...(prorationDate !== undefined && { prorationDate: new Date(prorationDate) }) };
  }
}

class PendingInvoiceResponse extends InvoicePreviewResponse {
  @ApiProperty({ format: 'date-time', description: 'When it is made', example: '2026-12-22T09:30:00.000Z' })
  at!: string;

  static of(invoice: InvoicePreview & { at: Date }): PendingInvoiceResponse {
    return { ...previewFieldsOf(invoice), at: invoice.at.toISOString() };
  }
}

class SubscribedProductResponse {
  @ApiProperty({ example: 'prod_TUvWxYz0123456' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null if it was deleted', example: 'Magazine' })
  name!: string | null;
}

export class CurrentSubscriptionResponse {
  @ApiProperty({ type: SubscriptionResponse, nullable: true })
  subscription!: SubscriptionResponse | null;

  @ApiProperty({ type: SubscribedProductResponse, nullable: true })
  product!: SubscribedProductResponse | null;

  @ApiProperty({
    type: PendingInvoiceResponse,
    nullable: true,
    description: 'The next renewal; also null if the subscription ends before',
  })
  pendingInvoice!: PendingInvoiceResponse | null;

  static of(current: CurrentSubscription | null): CurrentSubscriptionResponse {
    if (!current) return { subscription: null, product: null, pendingInvoice: null };
    const { subscription, product, pendingInvoice } = current;
    return {
      subscription,
      product,
      pendingInvoice: pendingInvoice && PendingInvoiceResponse.of(pendingInvoice),
    };
  }
}
