import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '#core/actor.js';
import { OperationsService } from '../../operations/operations.service.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { OperationPath, OperationResponse } from './operation.dto.js';

/** For every caller: what has become of a request that moves money. */
@ApiTags('Operations')
@Allow('user', 'partner', 'service')
@Controller('operations')
export class OperationsController {
  constructor(private readonly operations: OperationsService) {}

  @Get(':id')
  @ApiOperation({
    summary: 'Show how a request that moves money stands',
    description:
      'Only to whoever sent it. 404 too for a request that was refused, or failed, before anything was sent: nothing ' +
      'was done, and nothing will be unless it is repeated.',
  })
  @ApiOkResponse({ type: OperationResponse })
  @ApiProblems('not-found')
  async show(@CurrentActor() actor: Actor, @Param() { id }: OperationPath): Promise<OperationResponse> {
    return OperationResponse.of(await this.operations.report(actor, id));
  }
}
