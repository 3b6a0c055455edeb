import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ChangeAuthor } from '../../access/audit-entry.js';
import { CallbackEndpoint } from '../../notifications/callback-endpoint.service.js';
import { RedeliveriesService } from '../../notifications/redeliveries.service.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems, HAS_BODY } from '../http/api-problems.decorator.js';
import { CurrentAuthor } from '../http/current-author.decorator.js';
import { RequestBody } from '../http/declared-input.js';
import { RangeRedeliveryRequest } from './endpoint.dto.js';
import { REDELIVERY_EXAMPLES } from './examples.js';
import { RedeliveryResponse } from './notification.dto.js';
import { PaymentCallbackResponse } from './payment-callback.dto.js';

/** The endpoint of `PAYMENT_CALLBACK_URL`, for those who operate the service. */
@ApiTags('Administration')
@Controller('admin/payment-callback')
export class PaymentCallbackController {
  constructor(
    private readonly callback: CallbackEndpoint,
    private readonly redeliveries: RedeliveriesService,
  ) {}

  @Get()
  @Allow({ service: 'events:read' })
  @ApiOperation({
    summary: 'Show whether `PAYMENT_CALLBACK_URL` is switched on',
    description: '404 if it is not set.',
  })
  @ApiOkResponse({ type: PaymentCallbackResponse })
  @ApiProblems('not-found')
  async show(): Promise<PaymentCallbackResponse> {
    return PaymentCallbackResponse.of(await this.callback.find());
  }

  @Post('enable')
  @HttpCode(200)
  @Allow({ service: 'events:manage' })
  @ApiOperation({
    summary: 'Switch `PAYMENT_CALLBACK_URL` on again',
    description:
      'After it was switched off because it answered 410, or nothing was delivered for five days. It gets what happens ' +
      'from now on; `redeliver` sends the rest. 404 if it is not set.',
  })
  @ApiOkResponse({ type: PaymentCallbackResponse })
  @ApiProblems('not-found')
  async enable(@CurrentAuthor() author: ChangeAuthor): Promise<PaymentCallbackResponse> {
    return PaymentCallbackResponse.of(await this.callback.enable(author));
  }

  @Post('redeliver')
  @HttpCode(202)
  @Allow({ service: 'events:manage' })
  @ApiOperation({
    summary: 'Send outcomes of payments to `PAYMENT_CALLBACK_URL` again',
    description:
      'Those that were stored in a time, also if it was switched off then, with the same ids. 404 if it is not set, 409 ' +
      '`invalid-state` if it is switched off.',
  })
  @ApiBody({ type: RangeRedeliveryRequest, examples: REDELIVERY_EXAMPLES })
  @ApiAcceptedResponse({ type: RedeliveryResponse })
  @ApiProblems(...HAS_BODY, 'not-found', 'invalid-state')
  async redeliver(@RequestBody() { since, until }: RangeRedeliveryRequest): Promise<RedeliveryResponse> {
    await this.callback.find();
    return { count: await this.redeliveries.redeliverCallbacks(new Date(since), new Date(until)) };
  }
}
