import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ServiceActor } from '#core/actor.js';
import { PaymentStatusService } from '../../payments/payment-status.service.js';
import { withFieldNames } from '../dto/field-names.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems, CALLS_STRIPE } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { RequestQuery } from '../http/declared-input.js';
import { PAYMENT_FIELD_NAMES } from './fields.js';
import { StatusQuery, StatusResponse } from './status.dto.js';

/** The status of payments, for other internal services. */
@ApiTags('Internal service')
@Controller('status')
export class StatusController {
  constructor(private readonly payments: PaymentStatusService) {}

  @Get()
  @Allow({ service: 'payments:read' })
  @ApiOperation({
    summary: 'Show the status of a payment',
    description: 'ACCEPTED: paid. PENDING: not yet paid. FAILED: not paid, and can no longer be paid.',
  })
  @ApiOkResponse({ type: StatusResponse })
  @ApiProblems(...CALLS_STRIPE, 'not-found')
  async status(
    @CurrentActor() service: ServiceActor,
    @RequestQuery() { paymentID }: StatusQuery,
  ): Promise<StatusResponse> {
    return StatusResponse.of(
      paymentID,
      await withFieldNames(PAYMENT_FIELD_NAMES, this.payments.report(service, paymentID)),
    );
  }
}
