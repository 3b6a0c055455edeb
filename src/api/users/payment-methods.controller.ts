import { Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { UserActor } from '#core/actor.js';
import type { RequestContext } from '#core/request-context.js';
import { CardChangesService } from '../../customers/card-changes.service.js';
import type { OperationRequest } from '../../operations/operation.js';
import { withFieldNames } from '../dto/field-names.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems, CALLS_STRIPE } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { CurrentContext } from '../http/current-context.decorator.js';
import { ApiOperationHeaders, CurrentOperation } from '../http/operation.decorator.js';
import { outcomeResponse, type ResponseWithHeaders } from '../http/response-with-headers.js';
import { UserCardPath, UserCardResponse } from './payment-method.dto.js';

/** The cards of the signed-in user. */
@ApiTags('Signed-in user')
@Controller('payments/payment-methods')
export class PaymentMethodsController {
  constructor(private readonly cards: CardChangesService) {}

  @Get()
  @Allow({ user: true })
  @ApiOperation({
    summary: "List the user's cards",
    description: 'Newest first. A card that was saved several times is listed once.',
  })
  @ApiOkResponse({ type: [UserCardResponse] })
  @ApiProblems(...CALLS_STRIPE)
  async list(
    @CurrentContext() context: RequestContext,
    @CurrentActor() user: UserActor,
  ): Promise<UserCardResponse[]> {
    const cards = await this.cards.list(context, user);
    return cards.map((card) => UserCardResponse.of(card));
  }

  @Delete(':id')
  @Allow({ user: true })
  @HttpCode(204)
  @ApiOperation({
    summary: 'Remove a card',
    description:
      'Removes the card also if it was saved several times. Subscriptions that it paid are paid by the default card ' +
      'afterwards, or else by the newest one. 409 `invalid-state` for the last card of a user with an active subscription.',
  })
  @ApiOperationHeaders()
  @ApiNoContentResponse({ description: 'Removed' })
  @ApiProblems('not-found', 'invalid-state')
  async remove(
    @CurrentActor() user: UserActor,
    @Param() { id }: UserCardPath,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<undefined>> {
    const outcome = await withFieldNames(UserCardPath.FIELD_NAMES, this.cards.remove(operation, user, id));
    return outcomeResponse(outcome, () => undefined);
  }

  @Put(':id/default')
  @Allow({ user: true })
  @HttpCode(204)
  @ApiOperation({
    summary: 'Make a card the default',
    description: 'All invoices are charged to it from now on, also those of active subscriptions.',
  })
  @ApiOperationHeaders()
  @ApiNoContentResponse({ description: 'It is the default' })
  @ApiProblems('not-found', 'invalid-state')
  async makeDefault(
    @CurrentActor() user: UserActor,
    @Param() { id }: UserCardPath,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<undefined>> {
    const outcome = await withFieldNames(
      UserCardPath.FIELD_NAMES,
      this.cards.makeDefault(operation, user, id),
    );
    return outcomeResponse(outcome, () => undefined);
  }
}
