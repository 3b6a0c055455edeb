import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { PartnerActor } from '#core/actor.js';
import { CapturesService } from '../../captures/captures.service.js';
import type { OperationRequest } from '../../operations/operation.js';
import { RefundsService } from '../../refunds/refunds.service.js';
import { withFieldNames } from '../dto/field-names.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { RequestBody } from '../http/declared-input.js';
import { IdempotencyKeyRequirable } from '../http/idempotency-key.guard.js';
import { ApiOperationHeaders, CurrentOperation } from '../http/operation.decorator.js';
import { outcomeResponse, type ResponseWithHeaders } from '../http/response-with-headers.js';
import { PartnerUserPayment } from './partner-user.dto.js';
import {
  CAPTURE_EXAMPLES,
  CaptureRequest,
  PartnerRefundRequest,
  PartnerRefundResponse,
  PaymentEndResponse,
  REFUND_EXAMPLES,
} from './payment-change.dto.js';

/** What a partner does with the payments that it has started for its users. */
@ApiTags('Partner')
@Controller('partners/user/:user_id/payments/:id')
export class PartnerPaymentChangesController {
  constructor(
    private readonly captures: CapturesService,
    private readonly refunds: RefundsService,
  ) {}

  @Post('capture')
  @Allow({ partner: 'charges:write' })
  @IdempotencyKeyRequirable()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Capture an authorized payment',
    description:
      'Of a payment that was made with `capture: "manual"`: takes all that is authorized, or a part of it; the rest is ' +
      'released. 409 `invalid-state` if nothing is authorized any more. 404 for a payment that this partner did not start.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: CaptureRequest, examples: CAPTURE_EXAMPLES })
  @ApiOkResponse({ type: PaymentEndResponse })
  @ApiProblems('not-found', 'invalid-state', 'amount-out-of-range')
  async capture(
    @CurrentActor() partner: PartnerActor,
    @Param() payment: PartnerUserPayment,
    @RequestBody() body: CaptureRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<PaymentEndResponse>> {
    const outcome = await withFieldNames(
      PartnerUserPayment.FIELD_NAMES,
      this.captures.capture(operation, body.toCommand(payment, partner)),
    );
    return outcomeResponse(outcome, (end) => PaymentEndResponse.of({ ...end, id: payment.id }));
  }

  @Post('cancel')
  @Allow({ partner: 'charges:write' })
  @IdempotencyKeyRequirable()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Cancel a payment',
    description:
      'One that is authorized, declined or waits for the user; what was authorized is released, and a page on which the user ' +
      'could pay with another card is closed. 409 `invalid-state` if it is paid or cancelled. 404 for a payment that this partner did not start.',
  })
  @ApiOperationHeaders()
  @ApiOkResponse({ type: PaymentEndResponse })
  @ApiProblems('not-found', 'invalid-state')
  async cancel(
    @CurrentActor() partner: PartnerActor,
    @Param() payment: PartnerUserPayment,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<PaymentEndResponse>> {
    const command = { paymentId: payment.id, owner: payment.of(partner) };
    const outcome = await withFieldNames(
      PartnerUserPayment.FIELD_NAMES,
      this.captures.cancel(operation, command),
    );
    return outcomeResponse(outcome, (end) => PaymentEndResponse.of({ ...end, id: payment.id }));
  }

  @Post('refund')
  @Allow({ partner: 'refunds:write' })
  @IdempotencyKeyRequirable()
  @ApiOperation({
    summary: 'Refund a payment',
    description:
      'Refunds an amount, or all that is left. A payment can be refunded several times, up to the amount paid. 404 for a ' +
      'payment that this partner did not start.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: PartnerRefundRequest, examples: REFUND_EXAMPLES })
  @ApiCreatedResponse({ type: PartnerRefundResponse })
  @ApiProblems(
    'not-found',
    'limit-exceeded',
    'refund-not-possible',
    'customer-email-required',
    'insufficient-balance',
  )
  async refund(
    @CurrentActor() partner: PartnerActor,
    @Param() payment: PartnerUserPayment,
    @RequestBody() body: PartnerRefundRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<PartnerRefundResponse>> {
    const outcome = await withFieldNames(
      PartnerUserPayment.FIELD_NAMES,
      this.refunds.refund(operation, body.toCommand(payment, partner)),
    );
    return outcomeResponse(outcome, (refund) => PartnerRefundResponse.of(payment.id, refund));
  }
}
