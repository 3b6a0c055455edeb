import { Controller, Get, Param, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { PartnerActor } from '#core/actor.js';
import type { RequestContext } from '#core/request-context.js';
import { ChargesService } from '../../charges/charges.service.js';
import { Settings } from '../../config/settings.js';
import { SavedCardsService } from '../../customers/saved-cards.service.js';
import type { OperationRequest } from '../../operations/operation.js';
import { SetupIntentsService } from '../../setup-intents/setup-intents.service.js';
import { withFieldNames } from '../dto/field-names.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems, CALLS_STRIPE } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { CurrentContext } from '../http/current-context.decorator.js';
import { RequestBody, RequestQuery } from '../http/declared-input.js';
import { IdempotencyKeyRequirable } from '../http/idempotency-key.guard.js';
import { ApiOperationHeaders, CurrentOperation } from '../http/operation.decorator.js';
import { outcomeResponse, ResponseWithHeaders } from '../http/response-with-headers.js';
import { CHARGE_EXAMPLES, ChargeRequest } from './charge.dto.js';
import { PartnerUser, PartnerUserPayment } from './partner-user.dto.js';
import { PaymentMethodResponse } from './payment-method.dto.js';
import { nextPageLink, PaymentResponse, PaymentsQuery } from './payment.dto.js';
import { PartnerSetupIntentResponse } from './setup-intent.dto.js';

/** Routes for a partner's back end, for one of its users. */
@ApiTags('Partner')
@Controller('partners/user/:user_id')
export class PartnersController {
  constructor(
    private readonly setupIntents: SetupIntentsService,
    private readonly cards: SavedCardsService,
    private readonly charges: ChargesService,
    private readonly settings: Settings,
  ) {}

  @Post('setup_intent')
  @Allow({ partner: 'customers:write' })
  @ApiOperation({
    summary: 'Start saving a card',
    description:
      'Creates a SetupIntent. Confirm it in the front end with stripe.confirmCardSetup(client_secret).',
  })
  @ApiOperationHeaders()
  @ApiCreatedResponse({ type: PartnerSetupIntentResponse })
  @ApiProblems('too-many-attempts')
  async createSetupIntent(
    @CurrentActor() partner: PartnerActor,
    @Param() user: PartnerUser,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<PartnerSetupIntentResponse>> {
    const outcome = await this.setupIntents.create(operation, user.of(partner));
    return outcomeResponse(outcome, (intent) => PartnerSetupIntentResponse.of(intent));
  }

  @Get('payment_methods')
  @Allow({ partner: 'customers:read' })
  @ApiOperation({ summary: "List the user's cards", description: 'All cards, newest first.' })
  @ApiOkResponse({ type: [PaymentMethodResponse] })
  @ApiProblems(...CALLS_STRIPE)
  async paymentMethods(
    @CurrentContext() context: RequestContext,
    @CurrentActor() partner: PartnerActor,
    @Param() user: PartnerUser,
  ): Promise<PaymentMethodResponse[]> {
    const cards = await this.cards.list(context, user.of(partner));
    return cards.map((card) => PaymentMethodResponse.of(card));
  }

  @Post('payment_intent')
  @Allow({ partner: 'charges:write' })
  @IdempotencyKeyRequirable()
  @ApiOperation({
    summary: 'Charge a saved card',
    description:
      'Charges the card immediately and off-session, without any action of the user. `Location` is the URL of the ' +
      "payment. 404 for a payment method that is not attached to this user's Stripe customer.",
  })
  @ApiOperationHeaders()
  @ApiBody({ type: ChargeRequest, examples: CHARGE_EXAMPLES })
  @ApiCreatedResponse({
    description: 'Charged; the body is empty',
    headers: { Location: { description: 'The payment', schema: { type: 'string' } } },
  })
  @ApiProblems(
    'card-declined',
    'too-many-attempts',
    'authentication-required',
    'limit-exceeded',
    'not-found',
    'amount-out-of-range',
    'payment-method-unusable',
    'currency-mismatch',
    'customer-details-required',
  )
  async charge(
    @CurrentActor() partner: PartnerActor,
    @Param() user: PartnerUser,
    @RequestBody() body: ChargeRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<undefined>> {
    const command = body.toCommand(this.settings.DEFAULT_CURRENCY);
    const outcome = await withFieldNames(
      ChargeRequest.FIELD_NAMES,
      this.charges.charge(operation, user.of(partner), command),
    );
    const location = `${user.path}/payments/${outcome.result}`;
    return outcomeResponse(outcome, () => undefined, { Location: location });
  }

  @Get('payments')
  @Allow({ partner: 'charges:read' })
  @ApiOperation({
    summary: "List the user's payments",
    description:
      'Newest first. If there are more, a `Link` header with rel="next" is the URL of the next page.',
  })
  @ApiOkResponse({
    type: [PaymentResponse],
    headers: { Link: { description: 'The next page, rel="next"', schema: { type: 'string' } } },
  })
  @ApiProblems(...CALLS_STRIPE, 'not-found')
  async payments(
    @CurrentContext() context: RequestContext,
    @CurrentActor() partner: PartnerActor,
    @Param() user: PartnerUser,
    @RequestQuery() query: PaymentsQuery,
  ): Promise<ResponseWithHeaders<PaymentResponse[]>> {
    const page = await withFieldNames(
      PaymentsQuery.FIELD_NAMES,
      this.charges.payments(context, user.of(partner), query.toPage()),
    );
    const link = nextPageLink(user, query, page);
    const body = page.items.map((payment) => PaymentResponse.of(payment));
    return new ResponseWithHeaders(body, link ? { Link: link } : {});
  }

  @Get('payments/:id')
  @Allow({ partner: 'charges:read' })
  @ApiOperation({
    summary: "Show one of the user's payments",
    description:
      'As Stripe has it now. One that was completed on the page of `confirm_url` keeps its id, also if it was paid with ' +
      'another card.',
  })
  @ApiOkResponse({ type: PaymentResponse })
  @ApiProblems(...CALLS_STRIPE, 'not-found')
  async payment(
    @CurrentContext() context: RequestContext,
    @CurrentActor() partner: PartnerActor,
    @Param() user: PartnerUserPayment,
  ): Promise<PaymentResponse> {
    return PaymentResponse.of(await this.charges.payment(context, user.of(partner), user.id));
  }
}
