import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ServiceActor } from '#core/actor.js';
import type { RequestContext } from '#core/request-context.js';
import { PaymentStatusService } from '../../payments/payment-status.service.js';
import { withFieldNames } from '../dto/field-names.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems, CALLS_STRIPE } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { CurrentContext } from '../http/current-context.decorator.js';
import { RequestQuery } from '../http/declared-input.js';
import { PAYMENT_FIELD_NAMES } from './fields.js';
import { CheckQuery, StatusQuery, StatusResponse } from './status.dto.js';

const STATUS_FIELD_NAMES = { ...PAYMENT_FIELD_NAMES, shopTransactionId: 'shopTransactionID' };

/** The status of payments, for other internal services. */
@ApiTags('Internal service')
@Controller()
export class StatusController {
  constructor(private readonly payments: PaymentStatusService) {}

  @Get('status')
  @Allow({ service: 'payments:read' })
  @ApiOperation({
    summary: 'Show the status of a payment',
    description:
      'ACCEPTED: paid. PENDING: not yet paid. FAILED: not paid, and can no longer be paid. Stripe is asked only while a ' +
      'payment is PENDING or not in the record.',
  })
  @ApiOkResponse({ type: StatusResponse })
  @ApiProblems(...CALLS_STRIPE, 'not-found', 'in-progress')
  async status(
    @CurrentContext() context: RequestContext,
    @CurrentActor() service: ServiceActor,
    @RequestQuery() query: StatusQuery,
  ): Promise<StatusResponse> {
    const reference = query.toReference();
    const report =
      'paymentId' in reference
        ? this.payments.report(context, service, reference.paymentId)
        : this.payments.reportNewest(context, service, reference.shopTransactionId);
    return StatusResponse.of(await withFieldNames(STATUS_FIELD_NAMES, report), query.paymentID);
  }

  @Get('check')
  @Allow({ service: 'payments:read' })
  @ApiOperation({
    summary: 'Ask Stripe for the status of a payment',
    description:
      'Answers as `/status`, and updates the record. If the payment is decided, its notification is sent to ' +
      'PAYMENT_CALLBACK_URL again, with its old id.',
  })
  @ApiOkResponse({ type: StatusResponse })
  @ApiProblems(...CALLS_STRIPE, 'not-found', 'in-progress')
  async check(
    @CurrentContext() context: RequestContext,
    @CurrentActor() service: ServiceActor,
    @RequestQuery() { paymentID }: CheckQuery,
  ): Promise<StatusResponse> {
    const report = this.payments.check(context, service, paymentID);
    return StatusResponse.of(await withFieldNames(STATUS_FIELD_NAMES, report), paymentID);
  }
}
