import { Controller, Get, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { UserActor } from '#core/actor.js';
import type { RequestContext } from '#core/request-context.js';
import { ChargesService } from '../../charges/charges.service.js';
import { CustomersService } from '../../customers/customers.service.js';
import type { OperationRequest } from '../../operations/operation.js';
import { SetupIntentsService } from '../../setup-intents/setup-intents.service.js';
import { withFieldNames } from '../dto/field-names.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems, CALLS_STRIPE } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { CurrentContext } from '../http/current-context.decorator.js';
import { RequestQuery } from '../http/declared-input.js';
import { ApiOperationHeaders, CurrentOperation } from '../http/operation.decorator.js';
import { outcomeResponse, type ResponseWithHeaders } from '../http/response-with-headers.js';
import { HistoryQuery, HistoryResponse } from './history.dto.js';
import { PaymentInformationResponse } from './payment-information.dto.js';
import { UserSetupIntentResponse } from './setup-intent.dto.js';

/** Routes for web apps acting for a signed-in user. */
@ApiTags('Signed-in user')
@Controller('payments')
export class UsersController {
  constructor(
    private readonly setupIntents: SetupIntentsService,
    private readonly customers: CustomersService,
    private readonly charges: ChargesService,
  ) {}

  @Post('create-setup-intent')
  @Allow({ user: true })
  @ApiOperation({
    summary: 'Start saving a card',
    description:
      "Creates a SetupIntent for the signed-in user. Pass its `clientSecret` to Stripe's front-end components, " +
      'which save the card.',
  })
  @ApiOperationHeaders()
  @ApiCreatedResponse({ type: UserSetupIntentResponse })
  @ApiProblems('too-many-attempts')
  async createSetupIntent(
    @CurrentActor() user: UserActor,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<UserSetupIntentResponse>> {
    const outcome = await this.setupIntents.create(operation, user);
    return outcomeResponse(outcome, (intent) => UserSetupIntentResponse.of(intent));
  }

  @Get('payment-information')
  @Allow({ user: true })
  @ApiOperation({
    summary: 'Show how the user pays',
    description:
      'Billing details, balance and the default card, or the newest card if there is no default. Every value is ' +
      'null for a user without a customer at Stripe.',
  })
  @ApiOkResponse({ type: PaymentInformationResponse })
  @ApiProblems(...CALLS_STRIPE)
  async paymentInformation(
    @CurrentContext() context: RequestContext,
    @CurrentActor() user: UserActor,
  ): Promise<PaymentInformationResponse> {
    return PaymentInformationResponse.of(await this.customers.paymentInformation(context, user));
  }

  @Get('get-history')
  @Allow({ user: true })
  @ApiOperation({
    summary: "List the user's charges",
    description:
      'Newest first. For the next page, send `lastItemId` as `cursorId`; for the previous page, send `firstItemId` ' +
      'with `direction=back`.',
  })
  @ApiOkResponse({ type: HistoryResponse })
  @ApiProblems(...CALLS_STRIPE, 'not-found')
  async history(
    @CurrentContext() context: RequestContext,
    @CurrentActor() user: UserActor,
    @RequestQuery() query: HistoryQuery,
  ): Promise<HistoryResponse> {
    return HistoryResponse.of(
      await withFieldNames(HistoryQuery.FIELD_NAMES, this.charges.history(context, user, query.toPage())),
    );
  }
}
