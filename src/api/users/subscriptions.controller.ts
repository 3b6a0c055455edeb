import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { UserActor } from '#core/actor.js';
import type { RequestContext } from '#core/request-context.js';
import { CheckoutService } from '../../checkout/checkout.service.js';
import type { OperationRequest } from '../../operations/operation.js';
import { UpgradesService } from '../../subscriptions/upgrades.service.js';
import { UserSubscriptionsService } from '../../subscriptions/user-subscriptions.service.js';
import { withFieldNames } from '../dto/field-names.js';
import { ChangePreviewResponse } from '../dto/invoice-preview.response.js';
import { SubscriptionResponse } from '../dto/subscription.response.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems, CALLS_STRIPE } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { CurrentContext } from '../http/current-context.decorator.js';
import { RequestBody, RequestQuery } from '../http/declared-input.js';
import { ApiOperationHeaders, CurrentOperation } from '../http/operation.decorator.js';
import { outcomeResponse, type ResponseWithHeaders } from '../http/response-with-headers.js';
import {
  CurrentSubscriptionResponse,
  SUBSCRIBE_EXAMPLES,
  SubscribeRequest,
  SubscribeResponse,
  UPGRADE_EXAMPLES,
  UpgradeQuery,
  UpgradeRequest,
} from './subscriptions.dto.js';

/** The subscription of the signed-in user: the newest that runs, however it was started. */
@ApiTags('Signed-in user')
@Controller('subscriptions')
export class UserSubscriptionsController {
  constructor(
    private readonly checkout: CheckoutService,
    private readonly subscriptions: UserSubscriptionsService,
    private readonly upgrades: UpgradesService,
  ) {}

  @Post('subscribe')
  @Allow({ user: true })
  @ApiOperation({
    summary: 'Start a subscription',
    description:
      'Redirect the user to `checkoutLink`. Earlier pages for the same product are closed. 409 `already-subscribed` for a ' +
      'user with a subscription to the product.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: SubscribeRequest, examples: SUBSCRIBE_EXAMPLES })
  @ApiCreatedResponse({ type: SubscribeResponse })
  @ApiProblems(
    'not-found',
    'already-subscribed',
    'amount-out-of-range',
    'currency-mismatch',
    'customer-details-required',
    'item-unavailable',
    'limit-reached',
    'url-invalid',
  )
  async subscribe(
    @CurrentActor() user: UserActor,
    @RequestBody() { priceId, successRedirect, failureRedirect }: SubscribeRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<SubscribeResponse>> {
    const command = { priceId, successRedirect, failureRedirect };
    const outcome = await withFieldNames(
      SubscribeRequest.FIELD_NAMES,
      this.checkout.subscribe(operation, user, command),
    );
    return outcomeResponse(outcome, (checkout) => SubscribeResponse.of(checkout));
  }

  @Get('current')
  @Allow({ user: true })
  @ApiOperation({
    summary: "Show the user's subscription",
    description: 'With its next renewal. Every value is null for a user without a running subscription.',
  })
  @ApiOkResponse({ type: CurrentSubscriptionResponse })
  @ApiProblems(...CALLS_STRIPE)
  async current(
    @CurrentContext() context: RequestContext,
    @CurrentActor() user: UserActor,
  ): Promise<CurrentSubscriptionResponse> {
    return CurrentSubscriptionResponse.of(await this.subscriptions.current(context, user));
  }

  @Post('cancel-subscription')
  @Allow({ user: true })
  @HttpCode(200)
  @ApiOperation({
    summary: "Cancel the user's subscription at the end of the paid period",
    description: '404 for a user who never had one, 409 `invalid-state` if it has ended.',
  })
  @ApiOperationHeaders()
  @ApiOkResponse({ type: SubscriptionResponse })
  @ApiProblems('not-found', 'invalid-state', 'subscription-scheduled')
  async cancel(
    @CurrentActor() user: UserActor,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<SubscriptionResponse>> {
    const outcome = await this.subscriptions.cancel(operation, user);
    return outcomeResponse(outcome, (subscription) => subscription);
  }

  @Post('resume')
  @Allow({ user: true })
  @HttpCode(200)
  @ApiOperation({
    summary: "Resume the user's subscription",
    description: 'Takes a cancellation back. 409 `invalid-state` if it was not cancelled, or has ended.',
  })
  @ApiOperationHeaders()
  @ApiOkResponse({ type: SubscriptionResponse })
  @ApiProblems('not-found', 'invalid-state', 'subscription-scheduled')
  async resume(
    @CurrentActor() user: UserActor,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<SubscriptionResponse>> {
    const outcome = await this.subscriptions.resume(operation, user);
    return outcomeResponse(outcome, (subscription) => subscription);
  }

  @Get('preview-upgrade')
  @Allow({ user: true })
  @ApiOperation({
    summary: 'Show what a change to another price costs',
    description:
      'At once, and at the next renewal. `/subscriptions/upgrade` charges the same if it gets `prorationDate` back ' +
      'within an hour.',
  })
  @ApiOkResponse({ type: ChangePreviewResponse })
  @ApiProblems(...CALLS_STRIPE, 'not-found', 'invalid-state', 'already-subscribed', 'subscription-scheduled')
  async previewUpgrade(
    @CurrentContext() context: RequestContext,
    @CurrentActor() user: UserActor,
    @RequestQuery() { priceId }: UpgradeQuery,
  ): Promise<ChangePreviewResponse> {
    return ChangePreviewResponse.of(await this.upgrades.preview(context, user, priceId));
  }

  @Post('upgrade')
  @Allow({ user: true })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Change to another price',
    description:
      'Prorated and invoiced at once. If the invoice can not be paid with the card of the subscription, the subscription stays as ' +
      'it is. Open pages of `/subscriptions/subscribe` for the product are closed before: `closedPages` of the problem names them.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: UpgradeRequest, examples: UPGRADE_EXAMPLES })
  @ApiOkResponse({ type: SubscriptionResponse })
  @ApiProblems(
    'card-declined',
    'authentication-required',
    'too-many-attempts',
    'not-found',
    'invalid-state',
    'already-subscribed',
    'subscription-scheduled',
    'payment-method-unusable',
    'currency-mismatch',
    'customer-details-required',
    'item-unavailable',
  )
  async upgrade(
    @CurrentActor() user: UserActor,
    @RequestBody() body: UpgradeRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<SubscriptionResponse>> {
    const outcome = await this.upgrades.upgrade(operation, user, body.toCommand());
    return outcomeResponse(outcome, (subscription) => subscription);
  }
}
