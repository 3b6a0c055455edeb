import { Controller, Get, HttpCode, Param } from '@nestjs/common';
import { ApiFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { UserActor } from '#core/actor.js';
import type { RequestContext } from '#core/request-context.js';
import { ChargesService } from '../../charges/charges.service.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems, CALLS_STRIPE } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { CurrentContext } from '../http/current-context.decorator.js';
import { RequestQuery } from '../http/declared-input.js';
import { ResponseWithHeaders } from '../http/response-with-headers.js';
import { InvoicesQuery, InvoicesResponse, ReceiptPath } from './invoices.dto.js';

/** The invoices and receipts of the signed-in user. */
@ApiTags('Signed-in user')
@Controller('payments')
export class InvoicesController {
  constructor(private readonly charges: ChargesService) {}

  @Get('invoices')
  @Allow({ user: true })
  @ApiOperation({
    summary: "List the user's invoices",
    description: 'Newest first. For the next page, send `nextCursor` as `cursor`.',
  })
  @ApiOkResponse({ type: InvoicesResponse })
  @ApiProblems(...CALLS_STRIPE, 'not-found')
  async list(
    @CurrentContext() context: RequestContext,
    @CurrentActor() user: UserActor,
    @RequestQuery() query: InvoicesQuery,
  ): Promise<InvoicesResponse> {
    return InvoicesResponse.of(await this.charges.invoices(context, user, query.toPage()));
  }

  @Get('receipts/:chargeId')
  @Allow({ user: true })
  @HttpCode(302)
  @ApiOperation({
    summary: 'Go to the receipt of a charge',
    description:
      "Redirects to Stripe's page. A script of a web page, such as Swagger UI, is not allowed to follow it there: link to " +
      '`receiptUrl` of `/payments/get-history` instead. 409 `invalid-state` for a charge that failed: it has no receipt.',
  })
  @ApiFoundResponse({
    description: 'The receipt is at `Location`; the body is empty',
    headers: { Location: { description: "Stripe's page", schema: { type: 'string' } } },
  })
  @ApiProblems(...CALLS_STRIPE, 'not-found', 'invalid-state')
  async receipt(
    @CurrentContext() context: RequestContext,
    @CurrentActor() user: UserActor,
    @Param() { chargeId }: ReceiptPath,
  ): Promise<ResponseWithHeaders<undefined>> {
    return new ResponseWithHeaders(undefined, {
      Location: await this.charges.receiptUrl(context, user, chargeId),
    });
  }
}
