import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import type { Checkout, CheckoutCommand } from '../../checkout/checkout.js';
import type { Settings } from '../../config/settings.js';
import { ChoiceField } from '../dto/fields.js';
import { CheckoutRequest } from './checkout-request.dto.js';
import { PaymentIdField } from './fields.js';
import {
  PriceProduct,
  ProductIdProduct,
  ProductNameProduct,
  type ProductRequest,
  ProductsField,
} from './product.dto.js';

/** https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items */
const LINE_ITEMS_MAX = 100;

const CAPTURE_METHODS = ['automatic', 'manual'] as const;

@ApiExtraModels(PriceProduct, ProductIdProduct, ProductNameProduct)
export class PayRequest extends CheckoutRequest {
  @ProductsField(
    { priceId: PriceProduct, productId: ProductIdProduct, productName: ProductNameProduct },
    LINE_ITEMS_MAX,
  )
  products?: ProductRequest[];

  @ChoiceField({
    choices: CAPTURE_METHODS,
    optional: true,
    description:
      'manual: the amount is only authorized. `/pay/confirm` captures it, within seven days for most cards, and ' +
      '`/pay/void` releases it. automatic by default.',
  })
  capture?: (typeof CAPTURE_METHODS)[number];

  toCommand(settings: Settings): CheckoutCommand {
    return { ...this.commandOf('payment', settings), captureManually: this.capture === 'manual' };
  }
}

/** The response of `/pay` and `/pay/recurrent`. */
export class PayResponse {
  @ApiProperty({ enum: ['REDIRECT_TO_URL'] })
  result!: 'REDIRECT_TO_URL';

  @ApiProperty({ example: 'Redirect the customer to redirectToUrl, where the payment is made.' })
  resultDescription!: string;

  @ApiProperty({ description: "The Checkout Session's id", example: 'cs_test_a1B2c3D4e5F6g7H8i9J0' })
  paymentID!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uri',
    description: 'Null if the page was closed before the first response, or before a repetition a day later',
    example: 'https://checkout.stripe.com/c/pay/cs_test_a1B2c3D4e5F6g7H8i9J0',
  })
  redirectToUrl!: string | null;

  static of({ id, url }: Checkout): PayResponse {
    return {
      result: 'REDIRECT_TO_URL',
      resultDescription: 'Redirect the customer to redirectToUrl, where the payment is made.',
      paymentID: id,
      redirectToUrl: url,
    };
  }
}

export class ExpireRequest {
  @PaymentIdField()
  paymentID!: string;
}

export class ExpireResponse {
  @ApiProperty({ enum: ['OK'] })
  result!: 'OK';

  @ApiProperty({ description: 'As in the request', example: 'cs_test_a1B2c3D4e5F6g7H8i9J0' })
  paymentID!: string;

  static of(paymentID: string): ExpireResponse {
    return { result: 'OK', paymentID };
  }
}
