import type { RequestContext } from '#core/request-context.js';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ReadinessService } from '../../health/readiness.service.js';
import { AllowAnyone } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';
import { CurrentContext } from '../http/current-context.decorator.js';

class HealthResponse {
  @ApiProperty({ example: 'ok' })
  status!: string;
}

/** Probes for an orchestrator. */
@ApiTags('Health')
@ApiProblems('invalid-request', 'internal-error')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: ReadinessService) {}

  @Get('live')
  @AllowAnyone()
  @ApiOperation({ summary: 'Is the process alive?', description: 'Checks nothing else.' })
  @ApiOkResponse({ type: HealthResponse })
  live(): HealthResponse {
    return { status: 'ok' };
  }

  @Get('ready')
  @AllowAnyone()
  @ApiOperation({
    summary: 'Can it take requests?',
    description:
      'Checks whether PostgreSQL can be written to and Stripe answers, at most every five seconds.',
  })
  @ApiOkResponse({ type: HealthResponse })
  @ApiProblems('unavailable')
  async ready(@CurrentContext() context: RequestContext): Promise<HealthResponse> {
    const { status } = await this.readiness.check(context);
    return { status };
  }
}
