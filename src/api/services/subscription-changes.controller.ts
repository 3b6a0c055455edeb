import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ServiceActor } from '#core/actor.js';
import type { RequestContext } from '#core/request-context.js';
import type { OperationRequest, Outcome } from '../../operations/operation.js';
import { NamedSubscriptions } from '../../subscriptions/named-subscriptions.service.js';
import { SubscriptionChangesService } from '../../subscriptions/subscription-changes.service.js';
import { withFieldNames } from '../dto/field-names.js';
import { ChangePreviewResponse } from '../dto/invoice-preview.response.js';
import { SubscriptionResponse } from '../dto/subscription.response.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems, CALLS_STRIPE, HAS_BODY } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { CurrentContext } from '../http/current-context.decorator.js';
import { RequestBody } from '../http/declared-input.js';
import { IdempotencyKeyRequirableByGuardrails } from '../http/idempotency-key.guard.js';
import { ApiOperationHeaders, CurrentOperation } from '../http/operation.decorator.js';
import { outcomeResponse, type ResponseWithHeaders } from '../http/response-with-headers.js';
import { CHANGE_EXAMPLES, SUBSCRIPTION_EXAMPLES } from './examples.js';
import { PAYMENT_FIELD_NAMES } from './fields.js';
import { SubscriptionChangeRequest, SubscriptionRequest } from './subscription-changes.dto.js';

/** Changes of subscriptions, for other internal services. */
@ApiTags('Internal service')
@Controller('pay/recurrent')
export class SubscriptionChangesController {
  constructor(
    private readonly changes: SubscriptionChangesService,
    private readonly subscriptions: NamedSubscriptions,
  ) {}

  @Post('change')
  @Allow({ service: 'subscriptions:write' })
  @HttpCode(200)
  @IdempotencyKeyRequirableByGuardrails()
  @ApiOperation({
    summary: 'Change what a subscription is for',
    description:
      'At once, or with the next renewal. If an invoice can not be paid with the card of the subscription, nothing ' +
      'changes. 409 `invalid-state` for a subscription that is in arrears, has ended or is for the same already, and for a change at the end of the ' +
      'period of one with a trial or a discount.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: SubscriptionChangeRequest, examples: CHANGE_EXAMPLES })
  @ApiOkResponse({ type: SubscriptionResponse })
  @ApiProblems(
    'card-declined',
    'authentication-required',
    'limit-exceeded',
    'not-found',
    'invalid-state',
    'subscription-scheduled',
    'payment-method-unusable',
    'currency-mismatch',
    'customer-details-required',
    'item-unavailable',
  )
  async change(
    @RequestBody() body: SubscriptionChangeRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<SubscriptionResponse>> {
    const command = body.toCommand();
    return answerOf(
      await withFieldNames(SubscriptionChangeRequest.FIELD_NAMES, this.changes.change(operation, command)),
    );
  }

  @Post('change-preview')
  @Allow({ service: 'subscriptions:write' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Show what a change of a subscription costs',
    description:
      'At once, and at the next renewal. `/pay/recurrent/change` charges the same if it gets `prorationDate` within an ' +
      'hour.',
  })
  @ApiBody({ type: SubscriptionChangeRequest, examples: CHANGE_EXAMPLES })
  @ApiOkResponse({ type: ChangePreviewResponse })
  @ApiProblems(...HAS_BODY, ...CALLS_STRIPE, 'not-found', 'invalid-state', 'subscription-scheduled')
  async preview(
    @CurrentContext() context: RequestContext,
    @CurrentActor() service: ServiceActor,
    @RequestBody() body: SubscriptionChangeRequest,
  ): Promise<ChangePreviewResponse> {
    const preview = this.changes.preview(context, service, body.toCommand());
    return ChangePreviewResponse.of(await withFieldNames(SubscriptionChangeRequest.FIELD_NAMES, preview));
  }

  @Post('resume')
  @Allow({ service: 'subscriptions:write' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Resume a subscription',
    description: 'Takes a cancellation back. 409 `invalid-state` if it was not cancelled, or has ended.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: SubscriptionRequest, examples: SUBSCRIPTION_EXAMPLES })
  @ApiOkResponse({ type: SubscriptionResponse })
  @ApiProblems('not-found', 'invalid-state', 'subscription-scheduled')
  async resume(
    @RequestBody() { paymentID }: SubscriptionRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<SubscriptionResponse>> {
    return answerOf(
      await withFieldNames(PAYMENT_FIELD_NAMES, this.subscriptions.resume(operation, paymentID)),
    );
  }

  @Post('pause')
  @Allow({ service: 'subscriptions:write' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Pause the payments of a subscription',
    description:
      'It goes on running, and the invoices of the pause are void. 409 `invalid-state` if it is paused already, `in-progress` ' +
      'while another operation changes it.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: SubscriptionRequest, examples: SUBSCRIPTION_EXAMPLES })
  @ApiOkResponse({ type: SubscriptionResponse })
  @ApiProblems('not-found', 'invalid-state')
  async pause(
    @RequestBody() { paymentID }: SubscriptionRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<SubscriptionResponse>> {
    return answerOf(
      await withFieldNames(PAYMENT_FIELD_NAMES, this.subscriptions.setPaused(operation, paymentID, true)),
    );
  }

  @Post('unpause')
  @Allow({ service: 'subscriptions:write' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'End the pause of a subscription',
    description:
      'The next renewal is paid again. 409 `invalid-state` if it is not paused, `in-progress` while another operation changes it.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: SubscriptionRequest, examples: SUBSCRIPTION_EXAMPLES })
  @ApiOkResponse({ type: SubscriptionResponse })
  @ApiProblems('not-found', 'invalid-state')
  async unpause(
    @RequestBody() { paymentID }: SubscriptionRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<SubscriptionResponse>> {
    return answerOf(
      await withFieldNames(PAYMENT_FIELD_NAMES, this.subscriptions.setPaused(operation, paymentID, false)),
    );
  }
}

function answerOf(outcome: Outcome<SubscriptionResponse>): ResponseWithHeaders<SubscriptionResponse> {
  return outcomeResponse(outcome, (subscription) => subscription);
}
