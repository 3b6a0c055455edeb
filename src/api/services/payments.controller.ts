import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ServiceActor } from '#core/actor.js';
import { Settings } from '../../config/settings.js';
import { PaymentListService } from '../../payments/payment-list.service.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { RequestQuery } from '../http/declared-input.js';
import {
  PAGE_SIZE_DEFAULT,
  PaymentListResponse,
  PaymentPath,
  PaymentsQuery,
  PaymentWithTimelineResponse,
} from './payments.dto.js';

/** The record of payments, for other internal services. No request costs a call to Stripe. */
@ApiTags('Internal service')
@Controller('pay/payments')
export class PaymentsController {
  constructor(
    private readonly payments: PaymentListService,
    private readonly settings: Settings,
  ) {}

  @Get()
  @Allow({ service: 'payments:read' })
  @ApiOperation({
    summary: 'List payments',
    description: 'Newest first: the payments that the service started, or all with the scope `payments:any`.',
  })
  @ApiOkResponse({ type: PaymentListResponse })
  async list(
    @CurrentActor() service: ServiceActor,
    @RequestQuery() query: PaymentsQuery,
  ): Promise<PaymentListResponse> {
    const { limit = PAGE_SIZE_DEFAULT, cursor } = query;
    const filter = query.toFilter(this.settings);
    const { items, hasMore } = await this.payments.list(service, filter, Number(limit), cursor);
    return { data: items, nextCursor: (hasMore && items.at(-1)?.paymentID) || null };
  }

  @Get(':paymentID')
  @Allow({ service: 'payments:read' })
  @ApiOperation({
    summary: 'Show a payment and its timeline',
    description: 'The id of a subscription is that of the payment that was tried last.',
  })
  @ApiOkResponse({ type: PaymentWithTimelineResponse })
  @ApiProblems('not-found')
  async show(
    @CurrentActor() service: ServiceActor,
    @Param() { paymentID }: PaymentPath,
  ): Promise<PaymentWithTimelineResponse> {
    const { payment, timeline } = await this.payments.find(service, paymentID);
    return { ...payment, timeline: [...timeline] };
  }
}
