import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ServiceActor } from '#core/actor.js';
import { Settings } from '../../config/settings.js';
import { SubscriptionListService } from '../../payments/subscription-list.service.js';
import { SubscriptionResponse } from '../dto/subscription.response.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { RequestQuery } from '../http/declared-input.js';
import { PAGE_SIZE_DEFAULT } from './payments.dto.js';
import { SubscriptionListResponse, SubscriptionPath, SubscriptionsQuery } from './subscriptions.dto.js';

/** The record of subscriptions, for other internal services. No request costs a call to Stripe. */
@ApiTags('Internal service')
@Controller('pay/subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: SubscriptionListService,
    private readonly settings: Settings,
  ) {}

  @Get()
  @Allow({ service: 'subscriptions:read' })
  @ApiOperation({
    summary: 'List subscriptions',
    description:
      'Newest first: the subscriptions that the service started, or all with the scope `payments:any`.',
  })
  @ApiOkResponse({ type: SubscriptionListResponse })
  async list(
    @CurrentActor() service: ServiceActor,
    @RequestQuery() query: SubscriptionsQuery,
  ): Promise<SubscriptionListResponse> {
    const { limit = PAGE_SIZE_DEFAULT, cursor } = query;
    const filter = query.toFilter(this.settings);
    const { items, hasMore } = await this.subscriptions.list(service, filter, Number(limit), cursor);
    const last = hasMore ? items.at(-1) : undefined;
    return { data: items, nextCursor: last?.subscriptionID ?? last?.paymentID ?? null };
  }

  @Get(':id')
  @Allow({ service: 'subscriptions:read' })
  @ApiOperation({
    summary: 'Show a subscription',
    description: 'By its id, or by the `paymentID` that `/pay/recurrent` returned.',
  })
  @ApiOkResponse({ type: SubscriptionResponse })
  @ApiProblems('not-found')
  async show(
    @CurrentActor() service: ServiceActor,
    @Param() { id }: SubscriptionPath,
  ): Promise<SubscriptionResponse> {
    return this.subscriptions.find(service, id);
  }
}
