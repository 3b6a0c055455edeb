import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '#core/actor.js';
import { OperationsService } from '../../operations/operations.service.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { OperationPath, OperationResponse } from './operation.dto.js';

/** For every caller: the state of a request that moves money. */
@ApiTags('Operations')
@Controller('operations')
export class OperationsController {
  constructor(private readonly operations: OperationsService) {}

  @Get(':id')
  @Allow({ user: true, partner: 'operations:read', service: 'operations:read' })
  @ApiOperation({
    summary: 'Show the state of a request that moves money',
    description:
      'Only for the caller who sent the request. Also 404 if the request was refused or failed before anything was ' +
      'sent to Stripe: then nothing was done, and nothing will be done unless it is repeated.',
  })
  @ApiOkResponse({ type: OperationResponse })
  @ApiProblems('not-found')
  async show(@CurrentActor() actor: Actor, @Param() { id }: OperationPath): Promise<OperationResponse> {
    return OperationResponse.of(await this.operations.report(actor, id));
  }
}
