import { Controller, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { OperationRequest } from '../../operations/operation.js';
import { RefundsService } from '../../refunds/refunds.service.js';
import { withFieldNames } from '../dto/field-names.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { RequestBody } from '../http/declared-input.js';
import { IdempotencyKeyRequirable } from '../http/idempotency-key.guard.js';
import { ApiOperationHeaders, CurrentOperation } from '../http/operation.decorator.js';
import { outcomeResponse, type ResponseWithHeaders } from '../http/response-with-headers.js';
import { REFUND_EXAMPLES } from './examples.js';
import { PAYMENT_FIELD_NAMES } from './fields.js';
import { RefundRequest, RefundResponse } from './refund.dto.js';

/** Refunds, for other internal services. */
@ApiTags('Internal service')
@Controller('refund')
export class RefundsController {
  constructor(private readonly refunds: RefundsService) {}

  @Post()
  @Allow({ service: 'refunds:write' })
  @IdempotencyKeyRequirable()
  @ApiOperation({
    summary: 'Refund a payment',
    description:
      'Refunds an amount, or all that is left. A payment can be refunded several times, up to the amount paid. The ' +
      'id that `/pay/recurrent` returned refunds the first payment of the subscription; the id of the subscription ' +
      'refunds its latest paid one.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: RefundRequest, examples: REFUND_EXAMPLES })
  @ApiCreatedResponse({ type: RefundResponse })
  @ApiProblems(
    'not-found',
    'limit-exceeded',
    'refund-not-possible',
    'customer-email-required',
    'insufficient-balance',
  )
  async refund(
    @RequestBody() body: RefundRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<RefundResponse>> {
    const outcome = await withFieldNames(
      PAYMENT_FIELD_NAMES,
      this.refunds.refund(operation, body.toCommand()),
    );
    return outcomeResponse(outcome, (refund) => RefundResponse.of(body.paymentID, refund));
  }
}
