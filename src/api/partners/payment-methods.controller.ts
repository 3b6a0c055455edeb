import { Controller, Delete, HttpCode, Param, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { PartnerActor } from '#core/actor.js';
import { CardChangesService } from '../../customers/card-changes.service.js';
import type { OperationRequest } from '../../operations/operation.js';
import { withFieldNames } from '../dto/field-names.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { ApiOperationHeaders, CurrentOperation } from '../http/operation.decorator.js';
import { outcomeResponse, type ResponseWithHeaders } from '../http/response-with-headers.js';
import { PartnerUserCard } from './partner-user.dto.js';

/** Changes to the cards of a partner's user. */
@ApiTags('Partner')
@Controller('partners/user/:user_id/payment_methods')
export class PartnerPaymentMethodsController {
  constructor(private readonly cards: CardChangesService) {}

  @Delete(':id')
  @Allow({ partner: 'customers:write' })
  @HttpCode(204)
  @ApiOperation({
    summary: "Remove one of the user's cards",
    description:
      'Removes the card also if it was saved several times. Subscriptions that it paid are paid by the default card ' +
      'afterwards, or else by the newest one. 409 `invalid-state` for the last card of a user with an active subscription.',
  })
  @ApiOperationHeaders()
  @ApiNoContentResponse({ description: 'Removed' })
  @ApiProblems('not-found', 'invalid-state')
  async remove(
    @CurrentActor() partner: PartnerActor,
    @Param() card: PartnerUserCard,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<undefined>> {
    const outcome = await withFieldNames(
      PartnerUserCard.FIELD_NAMES,
      this.cards.remove(operation, card.of(partner), card.id),
    );
    return outcomeResponse(outcome, () => undefined);
  }

  @Put(':id/default')
  @Allow({ partner: 'customers:write' })
  @HttpCode(204)
  @ApiOperation({
    summary: "Make one of the user's cards the default",
    description: 'All invoices are charged to it from now on, also those of active subscriptions.',
  })
  @ApiOperationHeaders()
  @ApiNoContentResponse({ description: 'It is the default' })
  @ApiProblems('not-found', 'invalid-state')
  async makeDefault(
    @CurrentActor() partner: PartnerActor,
    @Param() card: PartnerUserCard,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<undefined>> {
    const outcome = await withFieldNames(
      PartnerUserCard.FIELD_NAMES,
      this.cards.makeDefault(operation, card.of(partner), card.id),
    );
    return outcomeResponse(outcome, () => undefined);
  }
}
