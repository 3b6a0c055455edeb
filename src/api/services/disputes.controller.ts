import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ServiceActor } from '#core/actor.js';
import type { RequestContext } from '#core/request-context.js';
import { DisputesService } from '../../disputes/disputes.service.js';
import type { OperationRequest } from '../../operations/operation.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems, CALLS_STRIPE } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { CurrentContext } from '../http/current-context.decorator.js';
import { RequestBody, RequestQuery } from '../http/declared-input.js';
import { ApiOperationHeaders, CurrentOperation } from '../http/operation.decorator.js';
import { outcomeResponse, type ResponseWithHeaders } from '../http/response-with-headers.js';
import {
  DisputeListResponse,
  DisputePath,
  DisputeResponse,
  DisputesQuery,
  DisputeWithEvidenceResponse,
  EvidenceRequest,
} from './disputes.dto.js';
import { EVIDENCE_EXAMPLES } from './examples.js';
import { PAGE_SIZE_DEFAULT } from './payments.dto.js';

const WHO_SEES_IT =
  'The disputes of the payments that the service started, or of all with the scope `payments:any`';

/** Disputes of payments, for other internal services. */
@ApiTags('Internal service')
@Controller('disputes')
export class DisputesController {
  constructor(private readonly disputes: DisputesService) {}

  @Get()
  @Allow({ service: 'disputes:read' })
  @ApiOperation({ summary: 'List disputes', description: `${WHO_SEES_IT}, newest first.` })
  @ApiOkResponse({ type: DisputeListResponse })
  async list(
    @CurrentActor() service: ServiceActor,
    @RequestQuery() query: DisputesQuery,
  ): Promise<DisputeListResponse> {
    const { status, limit = PAGE_SIZE_DEFAULT, cursor } = query;
    const { items, hasMore } = await this.disputes.list(service, status, Number(limit), cursor);
    return { data: items, nextCursor: (hasMore && items.at(-1)?.disputeID) || null };
  }

  @Get(':id')
  @Allow({ service: 'disputes:read' })
  @ApiOperation({
    summary: 'Show a dispute and its evidence',
    description: 'Stripe is asked for the evidence only, which is not stored here.',
  })
  @ApiOkResponse({ type: DisputeWithEvidenceResponse })
  @ApiProblems(...CALLS_STRIPE, 'not-found')
  async show(
    @CurrentContext() context: RequestContext,
    @CurrentActor() service: ServiceActor,
    @Param() { id }: DisputePath,
  ): Promise<DisputeWithEvidenceResponse> {
    const { dispute, evidence } = await this.disputes.find(context, service, id);
    return { ...dispute, evidence };
  }

  @Post(':id/evidence')
  @Allow({ service: 'disputes:write' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Add evidence to a dispute',
    description:
      'The texts are added to those that are there, and null removes one. With `submit: true` all of them are sent to the ' +
      'bank, also without any text in this request. 409 `invalid-state` if the bank does not wait for an answer.',
  })
  @ApiOperationHeaders()
  @ApiBody({ type: EvidenceRequest, examples: EVIDENCE_EXAMPLES })
  @ApiOkResponse({ type: DisputeResponse })
  @ApiProblems('not-found', 'invalid-state')
  async addEvidence(
    @Param() { id }: DisputePath,
    @RequestBody() body: EvidenceRequest,
    @CurrentActor() actor: ServiceActor,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<DisputeResponse>> {
    const outcome = await this.disputes.addEvidence({ ...operation, actor }, body.toCommand(id));
    return outcomeResponse(outcome, (dispute) => dispute);
  }

  @Post(':id/accept')
  @Allow({ service: 'disputes:write' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Accept a dispute',
    description:
      'The dispute is lost, and the customer keeps the money. This can not be undone. 409 `invalid-state` if the bank does ' +
      'not wait for an answer.',
  })
  @ApiOperationHeaders()
  @ApiOkResponse({ type: DisputeResponse })
  @ApiProblems('not-found', 'invalid-state')
  async accept(
    @Param() { id }: DisputePath,
    @CurrentActor() actor: ServiceActor,
    @CurrentOperation() operation: OperationRequest,
  ): Promise<ResponseWithHeaders<DisputeResponse>> {
    const outcome = await this.disputes.accept({ ...operation, actor }, id);
    return outcomeResponse(outcome, (dispute) => dispute);
  }
}
