import { Controller, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { UserActor } from '#core/actor.js';
import type { OperationRequest } from '../../operations/operation.js';
import { PortalService } from '../../portal/portal.service.js';
import { PortalResponse } from '../dto/portal.response.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { RequestBody } from '../http/declared-input.js';
import { ApiOperationHeaders, CurrentOperation } from '../http/operation.decorator.js';
import { outcomeResponse, type ResponseWithHeaders } from '../http/response-with-headers.js';
import { USER_PORTAL_EXAMPLES, UserPortalRequest } from './portal.dto.js';

/** Stripe's customer portal for the signed-in user. */
@ApiTags('Signed-in user')
@Controller('payments/portal')
export class UserPortalController {
  constructor(private readonly portal: PortalService) {}

  @Post()
  @Allow({ user: true })
  @ApiOperation({
    summary: "Open Stripe's customer portal",
    description:
      'Redirect the user to `url` at once. What the page offers is configured in the settings of the customer portal ' +
      "in Stripe's Dashboard.",
  })
  @ApiOperationHeaders()
  @ApiBody({ type: UserPortalRequest, examples: USER_PORTAL_EXAMPLES })
  @ApiCreatedResponse({ type: PortalResponse })
  @ApiProblems('url-invalid')
  async open(
    @CurrentActor() user: UserActor,
    @RequestBody() { returnUrl }: UserPortalRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<PortalResponse>> {
    const outcome = await this.portal.open(operation, user, { returnUrl });
    return outcomeResponse(outcome, (page) => PortalResponse.of(page));
  }
}
