import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CapturesService } from '../../captures/captures.service.js';
import type { OperationRequest } from '../../operations/operation.js';
import { withFieldNames } from '../dto/field-names.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { RequestBody } from '../http/declared-input.js';
import { IdempotencyKeyRequirable } from '../http/idempotency-key.guard.js';
import { ApiOperationHeaders, CurrentOperation } from '../http/operation.decorator.js';
import { outcomeResponse, type ResponseWithHeaders } from '../http/response-with-headers.js';
import { ConfirmRequest, EndedPaymentResponse, VoidRequest } from './captures.dto.js';
import { CONFIRM_EXAMPLES, VOID_EXAMPLES } from './examples.js';
import { PAYMENT_FIELD_NAMES } from './fields.js';

/** Payments that are only authorized at first, for other internal services. */
@ApiTags('Internal service')
@Controller('pay')
export class CapturesController {
  constructor(private readonly captures: CapturesService) {}

  @Post('confirm')
  @Allow({ service: 'checkout:write' })
  @IdempotencyKeyRequirable()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Capture an authorized payment',
    description:
      'Of a payment that was started with `capture: "manual"`: takes all that is authorized, or a part of it; the rest is ' +
      'released. 409 `invalid-state` if nothing is authorized.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: ConfirmRequest, examples: CONFIRM_EXAMPLES })
  @ApiOkResponse({ type: EndedPaymentResponse })
  @ApiProblems('not-found', 'invalid-state', 'amount-out-of-range')
  async confirm(
    @RequestBody() body: ConfirmRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<EndedPaymentResponse>> {
    const capture = this.captures.capture(operation, body.toCommand());
    const outcome = await withFieldNames(PAYMENT_FIELD_NAMES, capture);
    return outcomeResponse(outcome, (end) => EndedPaymentResponse.of(body.paymentID, end));
  }

  @Post('void')
  @Allow({ service: 'checkout:write' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Release an authorized payment',
    description:
      'Nothing is charged, and the payment is FAILED. 409 `invalid-state` if it is paid or was never authorized.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: VoidRequest, examples: VOID_EXAMPLES })
  @ApiOkResponse({ type: EndedPaymentResponse })
  @ApiProblems('not-found', 'invalid-state')
  async void(
    @RequestBody() { paymentID }: VoidRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<EndedPaymentResponse>> {
    const cancel = this.captures.cancel(operation, { paymentId: paymentID });
    const outcome = await withFieldNames(PAYMENT_FIELD_NAMES, cancel);
    return outcomeResponse(outcome, (end) => EndedPaymentResponse.of(paymentID, end));
  }
}
