import { Controller, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Settings } from '../../config/settings.js';
import type { OperationRequest } from '../../operations/operation.js';
import { PortalService } from '../../portal/portal.service.js';
import { PortalResponse } from '../dto/portal.response.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { RequestBody } from '../http/declared-input.js';
import { ApiOperationHeaders, CurrentOperation } from '../http/operation.decorator.js';
import { outcomeResponse, type ResponseWithHeaders } from '../http/response-with-headers.js';
import { PORTAL_EXAMPLES } from './examples.js';
import { PortalRequest } from './portal.dto.js';

/** Stripe's customer portal, for other internal services. */
@ApiTags('Internal service')
@Controller('portal')
export class PortalController {
  constructor(
    private readonly portal: PortalService,
    private readonly settings: Settings,
  ) {}

  @Post()
  @Allow({ service: 'customers:write' })
  @ApiOperation({
    summary: "Open Stripe's customer portal for a user",
    description:
      'Redirect the user to `url` at once. What the page offers is configured in the settings of the customer portal ' +
      "in Stripe's Dashboard. 409 `invalid-state` for a `flow` that these settings do not allow, or that needs a " +
      'subscription.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: PortalRequest, examples: PORTAL_EXAMPLES })
  @ApiCreatedResponse({ type: PortalResponse })
  @ApiProblems('invalid-state', 'url-invalid')
  async open(
    @RequestBody() body: PortalRequest,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<PortalResponse>> {
    const { returnUrl, flow } = body;
    const outcome = await this.portal.open(operation, body.owner(this.settings), { returnUrl, flow });
    return outcomeResponse(outcome, (page) => PortalResponse.of(page));
  }
}
