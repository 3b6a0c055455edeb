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
import { IdempotencyKeyRequirableByGuardrails } from '../http/idempotency-key.guard.js';
import { ApiOperationHeaders, CurrentOperation } from '../http/operation.decorator.js';
import { outcomeResponse, type ResponseWithHeaders } from '../http/response-with-headers.js';
import { CANCEL_EXAMPLES, EXPIRE_EXAMPLES, PAY_EXAMPLES, PAY_RECURRENT_EXAMPLES } from './examples.js';
import { PAYMENT_FIELD_NAMES } from './fields.js';
import { ExpireRequest, ExpireResponse, PayRequest, PayResponse } from './pay.dto.js';
import { CancelRequest, CancelResponse, PayRecurrentRequest } from './pay-recurrent.dto.js';

/** Payments and subscriptions on a Checkout page, for other internal services. */
@ApiTags('Internal service')
@Controller('pay')
export class PayController {
  constructor(
    private readonly checkout: CheckoutService,
    private readonly subscriptions: SubscriptionsService,
    private readonly settings: Settings,
  ) {}

  @Post()
  @Allow({ service: 'checkout:write' })
  @IdempotencyKeyRequirableByGuardrails()
  @ApiOperation({
    summary: 'Start a one-time payment',
    description:
      'For an amount, or for products of any of three kinds: Prices that exist at Stripe, Products that exist at ' +
      'Stripe with a price of your own, or products that are created by name. A `shopTransactionID` can be paid once: ' +
      'while its first payment is open or paid, a second one is 409 `already-started`.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: PayRequest, examples: PAY_EXAMPLES })
  @ApiCreatedResponse({ type: PayResponse })
  @ApiProblems(
    'not-found',
    'already-started',
    'limit-exceeded',
    'amount-out-of-range',
    'customer-details-required',
    'item-unavailable',
    'payment-method-unusable',
    'url-invalid',
    'value-not-accepted',
  )
  async pay(
    @RequestBody() body: PayRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<PayResponse>> {
    const command = body.toCommand(this.settings);
    const outcome = await withFieldNames(body.fieldNames(), this.checkout.start(operation, command));
    return outcomeResponse(outcome, (checkout) => PayResponse.of(checkout));
  }

  @Post('recurrent')
  @Allow({ service: 'subscriptions:write' })
  @IdempotencyKeyRequirableByGuardrails()
  @ApiOperation({
    summary: 'Start a subscription',
    description:
      'Like a one-time payment, with `interval` and `intervalCount` next to `amount` or in each product; Prices ' +
      'have their own. All products must have the same billing period. The subscription does not end by itself. A ' +
      '`shopTransactionID` can start one subscription or payment.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: PayRecurrentRequest, examples: PAY_RECURRENT_EXAMPLES })
  @ApiCreatedResponse({ type: PayResponse })
  @ApiProblems(
    'not-found',
    'already-started',
    'limit-exceeded',
    'amount-out-of-range',
    'currency-mismatch',
    'customer-details-required',
    'item-unavailable',
    'payment-method-unusable',
    'url-invalid',
    'value-not-accepted',
    'limit-reached',
  )
  async payRecurrent(
    @RequestBody() body: PayRecurrentRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<PayResponse>> {
    const command = body.toCommand(this.settings);
    const outcome = await withFieldNames(body.fieldNames(), this.checkout.start(operation, command));
    return outcomeResponse(outcome, (checkout) => PayResponse.of(checkout));
  }

  @Post('expire')
  @Allow({ service: 'checkout:write' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Expire an unpaid payment',
    description: 'Succeeds if the payment has already expired; 409 `invalid-state` if it is paid.',
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
  @Allow({ service: 'subscriptions:write' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Cancel a subscription, now or later',
    description:
      'With `atDay` the subscription stays active through that day. Nothing is credited for the rest of a paid ' +
      'period, with one exception: if the day is after the next renewal, Stripe credits the unused part of that ' +
      'last period. A past day is 422 `date-in-past`; today is allowed.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: CancelRequest, examples: CANCEL_EXAMPLES })
  @ApiOkResponse({ type: CancelResponse })
  @ApiProblems('not-found', 'invalid-state', 'date-in-past', 'subscription-scheduled')
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
