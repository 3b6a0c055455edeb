import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CheckoutService } from '../../checkout/checkout.service.js';
import { Settings } from '../../config/settings.js';
import type { OperationRequest } from '../../operations/operation.js';
import { SubscriptionsService } from '../../subscriptions/subscriptions.service.js';
import { withFieldNames } from '../dto/field-names.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { RequestBody } from '../http/declared-input.js';
import { ApiOperationHeaders, CurrentOperation } from '../http/operation.decorator.js';
import { outcomeResponse, type ResponseWithHeaders } from '../http/response-with-headers.js';
import { CANCEL_EXAMPLES, EXPIRE_EXAMPLES, PAY_EXAMPLES, PAY_RECURRENT_EXAMPLES } from './examples.js';
import { PAYMENT_FIELD_NAMES } from './fields.js';
import { ExpireRequest, ExpireResponse, PayRequest, PayResponse } from './pay.dto.js';
import { CancelRequest, CancelResponse, PayRecurrentRequest } from './pay-recurrent.dto.js';

/** Payments on a page of Stripe's, for other internal services. */
@ApiTags('Internal service')
@Allow('service')
@Controller('pay')
export class PayController {
  constructor(
    private readonly checkout: CheckoutService,
    private readonly subscriptions: SubscriptionsService,
    private readonly settings: Settings,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Start a one-time payment',
    description:
      'For an amount, or for products: Prices kept at Stripe, Products kept at Stripe with a price of your own, ' +
      'or products that you name here, mixed freely.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: PayRequest, examples: PAY_EXAMPLES })
  @ApiCreatedResponse({ type: PayResponse })
  @ApiProblems('not-found', 'amount-out-of-range')
  async pay(
    @RequestBody() body: PayRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<PayResponse>> {
    const command = body.toCommand(this.settings);
    const outcome = await withFieldNames(body.fieldNames(), this.checkout.start(operation, command));
    return outcomeResponse(outcome, (checkout) => PayResponse.of(checkout));
  }

  @Post('recurrent')
  @ApiOperation({
    summary: 'Start a subscription',
    description:
      'As a one-time payment, with `interval` and `intervalCount` beside `amount`, or in each product but Prices, ' +
      'which bring their own. All products must be billed as often. The subscription goes on until it is cancelled.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: PayRecurrentRequest, examples: PAY_RECURRENT_EXAMPLES })
  @ApiCreatedResponse({ type: PayResponse })
  @ApiProblems('not-found', 'amount-out-of-range')
  async payRecurrent(
    @RequestBody() body: PayRecurrentRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<PayResponse>> {
    const command = body.toCommand(this.settings);
    const outcome = await withFieldNames(body.fieldNames(), this.checkout.start(operation, command));
    return outcomeResponse(outcome, (checkout) => PayResponse.of(checkout));
  }

  @Post('expire')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Withdraw a payment that nobody has made yet',
    description: 'One that is withdrawn or expired already is fine; a paid one is 409 `invalid-state`.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: ExpireRequest, examples: EXPIRE_EXAMPLES })
  @ApiOkResponse({ type: ExpireResponse })
  @ApiProblems('not-found', 'invalid-state')
  async expire(
    @RequestBody() { paymentID }: ExpireRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<ExpireResponse>> {
    const outcome = await withFieldNames(PAYMENT_FIELD_NAMES, this.checkout.expire(operation, paymentID));
    return outcomeResponse(outcome, () => ExpireResponse.of(paymentID));
  }

  @Post('recurrent/expire')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Cancel a subscription, now or later',
    description:
      'With `atDay` the subscription stays active through that day. Nothing is credited for the rest of a period ' +
      'that is paid already; only where the day lies beyond the next renewal does Stripe credit the customer with ' +
      'the unused part of that last period. A day that is over is 422 `date-in-past`; today is not.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: CancelRequest, examples: CANCEL_EXAMPLES })
  @ApiOkResponse({ type: CancelResponse })
  @ApiProblems('not-found', 'invalid-state', 'date-in-past')
  async cancel(
    @RequestBody() body: CancelRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<CancelResponse>> {
    const outcome = await withFieldNames(
      CancelRequest.FIELD_NAMES,
      this.subscriptions.cancel(operation, body.toCommand()),
    );
    return outcomeResponse(outcome, (cancellation) => CancelResponse.of(body.paymentID, cancellation));
  }
}
