import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { HealthCheckService } from '@nestjs/terminus';
import { DatabaseHealth } from '../../health/database.health.js';
import { StripeHealth } from '../../health/stripe.health.js';
import { AllowAnyone } from '../http/allow.decorator.js';
import { ApiProblems } from '../http/api-problems.decorator.js';

class HealthResponse {
  @ApiProperty({ example: 'ok' })
  status!: string;
}

/** For whoever starts and watches this process. */
@ApiTags('Health')
@AllowAnyone()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly database: DatabaseHealth,
    private readonly stripe: StripeHealth,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'Is the process alive?', description: 'Asks nobody else.' })
  @ApiOkResponse({ type: HealthResponse })
  live(): HealthResponse {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Can it do its work?', description: 'Asks PostgreSQL and Stripe.' })
  @ApiOkResponse({ type: HealthResponse })
  @ApiProblems('unavailable')
  async ready(): Promise<HealthResponse> {
    const { status } = await this.health.check([() => this.database.check(), () => this.stripe.check()]);
    return { status };
  }
}
